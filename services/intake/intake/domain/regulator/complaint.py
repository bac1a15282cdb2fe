# SPDX-License-Identifier: Apache-2.0
"""A complaint as the platform hands it over (moment 1), as a form of the house.

Nothing of it is refused: what cannot be kept where it belongs, a document that cannot be right, stands in the text.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chassis.decision import Refused
from intake.domain.forms import checked_person
from intake.domain.municipalities import Municipalities
from intake.domain.regulator.codes import PlatformCodes
from intake.domain.regulator.file import Code
from intake.domain.texts import one_line, readable
from ventanilla_contracts.intake import Person, RegulatorRequest, SubmissionForm
from ventanilla_contracts.vocabulary import DocumentType

KEPT = (
    "tipo_entidad",
    "entidad_cod",
    "canal_cod",
    "producto_cod",
    "macro_motivo_cod",
    "sexo",
    "lgbtiq",
    "condicion_especial",
    "tutela",
    "ente_control",
    "escalamiento_DCF",
    "replica",
    "desistimiento_queja",
    "queja_expres",
    "anexo_queja",
)
"""Codes that are kept with the case, since updates give them back."""

SAID = ("texto_queja", "argumento_replica", "replica", "desistimiento_queja", "escalamiento_DCF", "tutela")
"""What makes it another submission when it comes again with another value: the person, or the platform, says more."""

_LONGEST = {"name": 500, "email": 254, "phone": 20, "address": 500, "document_number": 15}


@dataclass(frozen=True, slots=True)
class PlatformComplaint:
    """``code`` is empty where the platform gave none: then it cannot be acknowledged."""

    code: str
    form: SubmissionForm
    said: Mapping[str, Code]
    content_hash: str
    has_files: bool


def platform_complaint(
    item: Mapping[str, Any],
    authority: str,
    platform: PlatformCodes,
    places: Municipalities,
    words: Mapping[str, str],
    zone: ZoneInfo,
) -> PlatformComplaint:
    """``words`` are the catalogue's for what stands in the text beside the complaint's own words."""
    code = _text(item, "codigo_queja")
    person, beside = _person(item, platform)
    text = "\n\n".join([one for one in (_text(item, "texto_queja"), _reply(item, words)) if one]) or words["no-text"]
    if beside:
        text += "\n\n" + "\n".join(f"{words.get(name, name)}: {value}" for name, value in beside.items())
    place = _text(item, "municipio_cod")
    form = SubmissionForm(
        person=person,
        anonymous=person == Person(),
        subject=one_line(_text(item, "producto_nombre") or words["subject"]),
        text=readable(text)[:60_000],
        municipality=place if place.isdigit() and len(place) == 5 and places.refusal(place) is None else None,
        regulator=RegulatorRequest(authority=authority, reference=code[:100] or words["no-code"]),
        received_at=_moment(_text(item, "fecha_creacion"), zone),
        late_reason=words["late"],
    )
    kept = {name: item[name] for name in KEPT if isinstance(item.get(name), (str, int, bool))}
    return PlatformComplaint(code, form, {**kept, "codigo_queja": code}, _hash(item), _yes(item.get("anexo_queja")))


def platform_person(item: Mapping[str, Any], platform: PlatformCodes) -> Person | None:
    """Of moment 4; None without a document that can be right, by which alone it is somebody's."""
    parts = (_text(item, "nombre"), _text(item, "apellidos") or _text(item, "apellido"))
    name = " ".join(one for one in (_text(item, "nombres") or parts[0], parts[1]) if one)
    person, _ = _person({**item, "nombres": name}, platform)
    return person if person.document_number else None


def _person(item: Mapping[str, Any], platform: PlatformCodes) -> tuple[Person, dict[str, str]]:
    """The person, and what is wrong with their data as the platform wrote it."""
    types = {number: name for name, number in platform.document_types.items()}
    type_: DocumentType | None = types.get(_number(item, "tipo_id_CF"))
    said: dict[str, Any] = {
        "name": _text(item, "nombres") or _text(item, "razon_social"),
        "email": _text(item, "correo"),
        "phone": _text(item, "telefono"),
        "address": _text(item, "direccion"),
        "document_number": _text(item, "numero_id_CF"),
    }
    good: dict[str, Any] = {}
    beside: dict[str, str] = {}
    for name, value in said.items():
        alone = {name: value, **({"document_type": type_} if name == "document_number" else {})}
        if not value:
            continue
        if len(value) > _LONGEST[name] or isinstance(checked := checked_person(Person(**alone)), Refused):
            beside[name] = value
        else:
            good |= {key: one for key, one in checked.model_dump().items() if one}
    return Person(**good), beside


def _reply(item: Mapping[str, Any], words: Mapping[str, str]) -> str:
    argument = _text(item, "argumento_replica")
    return f"{words['reply']}: {argument}" if argument else ""


def _moment(written: str, zone: ZoneInfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _hash(item: Mapping[str, Any]) -> str:
    said = json.dumps([str(item.get(name)) for name in ("codigo_queja", *SAID)], ensure_ascii=False)
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def _text(item: Mapping[str, Any], name: str) -> str:
    """Without halves of characters, which no store takes."""
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return ""
    return str(value).encode("utf-8", "replace").decode().strip()


def _number(item: Mapping[str, Any], name: str) -> int:
    text = _text(item, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _yes(value: object) -> bool:
    """The platform writes yes as true, 1 or "true", and no as false, 2, 0 or "false"."""
    return value is True or str(value).strip().lower() in ("1", "true", "si", "sí")
