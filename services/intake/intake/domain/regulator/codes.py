# SPDX-License-Identifier: Apache-2.0
"""The platform's codes, versioned data (data/smartsupervision.yaml), and those that the organisation chose."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from intake.domain.regulator.file import Code, Fraud, FraudKind
from intake.domain.regulator.told import ComplaintTold, ProgressTold
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import Channel, DocumentType, Favour

LONGEST_CODE = 30
Number = Annotated[int, Field(ge=0, strict=True)]
Payload = dict[str, Code]
OURS = "intake:"
"""Before a reason of ours, which the catalogue words (``regulator.why``); the platform's stand as it said them."""


class Limits(Frozen):
    """Lengths that the platform takes."""

    name: int
    text: int
    document: int
    file_bytes: int


class Phrases(Frozen):
    """By which words the platform says that what was asked is there already, or what is the matter, in lower case."""

    exists: tuple[str, ...]
    closed: tuple[str, ...]
    file_exists: tuple[str, ...]
    unknown_case: tuple[str, ...]
    signature: tuple[str, ...]


class PlatformCodes(Frozen):
    """One version of the platform's catalogues, as far as the house uses them."""

    version: str
    sources: tuple[str, ...]
    document_types: dict[DocumentType, Number]
    persons: dict[str, Number]
    channels: dict[Channel, Number]
    favours: dict[Favour, Number]
    frauds: dict[FraudKind, Number]
    marks: dict[Literal["duplicate"], Number]
    extensions: dict[Literal["once"], Number]
    states: dict[str, Number]
    creation: dict[str, Code]
    progress: dict[str, Code]
    limits: Limits
    phrases: Phrases
    catalogues: dict[str, dict[int, str]]


class Entity(Frozen):
    """The organisation as the regulator knows it."""

    type: Annotated[int, Field(ge=1, le=999, description="tipo_entidad")]
    code: Annotated[str, Field(pattern=r"^[0-9]{1,10}$", description="entidad_cod")]


class Matter(Frozen):
    """What the regulator supervises: cases of an area, of a category of routing's classification, or of both."""

    area: str | None = None
    category: str | None = None
    product: Annotated[Number, Field(description="producto_cod")]
    motive: Annotated[Number, Field(description="macro_motivo_cod")]

    @model_validator(mode="after")
    def _says_what(self) -> "Matter":
        if self.area is None and self.category is None:
            raise ValueError("a matter names an area, a category or both; name one")
        return self


class OwnCodes(Frozen):
    """The organisation's file; ``over`` takes the place of the platform's usual values, by field."""

    version: Annotated[str, Field(min_length=1)]
    entity: Entity
    municipality: Annotated[str, Field(pattern=r"^[0-9]{5}$", description="of who gave none; DIVIPOLA")]
    matters: Annotated[tuple[Matter, ...], Field(min_length=1)]
    over: dict[str, Code] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The regulator does not supervise what it is about."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """What the platform requires and the case does not say."""

    why: tuple[str, ...]


@dataclass(frozen=True)
class Codes:
    """Puts what the house says into the platform's fields, in their order: the signature is made over them."""

    platform: PlatformCodes
    own: OwnCodes
    zone: ZoneInfo

    def code_of(self, digits: str) -> str:
        """The platform's name for a case of ours: type and code of the entity and digits of its own."""
        return f"{self.own.entity.type}{self.own.entity.code}{digits}"

    def matter(self, area: str | None, category: str | None) -> Matter | None:
        """The first that fits; whoever writes the file puts the narrower before the wider."""
        for one in self.own.matters:
            if one.area in (None, area) and one.category in (None, category):
                return one
        return None

    def complaint(self, told: ComplaintTold) -> Payload | LeftOut | Incomplete:
        """The body of a creation."""
        matter = self.matter(told.area, told.category)
        if matter is None:
            return LeftOut()
        code = self.code_of(told.digits)
        if why := self._lacks(told.person, code):
            return Incomplete(why)
        place = told.municipality or self.own.municipality
        person, limits = told.person, self.platform.limits
        assert person.document_type is not None  # noqa: S101  # or it would lack
        company = "company" if person.document_type in ("NIT", "SE") else "natural"
        return {
            "tipo_entidad": self.own.entity.type,
            "entidad_cod": self.own.entity.code,
            "codigo_queja": code,
            "codigo_pais": "170",
            "departamento_cod": place[:2],
            "municipio_cod": place,
            "canal_cod": self.platform.channels[told.channel],
            "producto_cod": matter.product,
            "macro_motivo_cod": matter.motive,
            "fecha_creacion": self._moment(told.received_at),
            "nombres": (person.name or "")[: limits.name],
            "tipo_id_CF": self.platform.document_types[person.document_type],
            "numero_id_CF": person.document_number,
            "tipo_persona": self.platform.persons[company],
            **self._usual(self.platform.creation),
            "texto_queja": told.text[: limits.text],
            "anexo_queja": told.has_files,
        }

    def progress(self, told: ProgressTold) -> Payload | LeftOut:
        """The body of an update; what the platform said of a complaint of its own goes back to it as it came."""
        matter = self.matter(told.area, told.category)
        if not told.said and matter is None:
            return LeftOut()
        about = {"producto_cod": matter.product, "macro_motivo_cod": matter.motive} if matter else {}
        usual = self._usual(self.platform.progress)
        known = {name: value for name, value in told.said.items() if name in _GOES_BACK and value is not None}
        moment = self._moment(told.answered_at or told.at)
        body: dict[str, Any] = {"codigo_queja": told.code, **usual, "canal_cod": self.platform.channels[told.channel]}
        body |= about | known
        body |= {
            "estado_cod": self.platform.states["closed" if told.phase == "answered" else "in-progress"],
            "fecha_actualizacion": moment,
            "anexo_queja": told.has_files,
        }
        if told.extended:
            body["prorroga_queja"] = self.platform.extensions["once"]
        if told.phase == "answered":
            favour = self.platform.favours[told.favour] if told.favour else None
            body |= {"a_favor_de": favour, "documentacion_rta_final": True, "fecha_cierre": moment}
        return body | self._mark(told.duplicate) | self._fraud(told.fraud)

    def _mark(self, duplicate: bool) -> Payload:
        return {"marcacion": self.platform.marks["duplicate"]} if duplicate else {}

    def _fraud(self, fraud: Fraud | None) -> Payload:
        if fraud is None:
            return {}
        return {
            "tipo_fraude": self.platform.frauds[fraud.kind],
            "modalidad_fraude": fraud.modality,
            "monto_reclamado": fraud.claimed,
            "monto_reconocido": fraud.recognised,
        }

    def _usual(self, values: Mapping[str, Code]) -> Payload:
        return {name: self.own.over.get(name, value) for name, value in values.items()}

    def _lacks(self, person: Person, code: str) -> tuple[str, ...]:
        lacks = []
        if not (person.name or "").strip():
            lacks.append("name-missing")
        if person.document_type is None or not person.document_number:
            lacks.append("document-missing")
        elif person.document_type not in self.platform.document_types:
            lacks.append("document-type-unknown")
        elif len(person.document_number) > self.platform.limits.document:
            lacks.append("document-too-long")
        if len(code) > LONGEST_CODE:
            lacks.append("code-too-long")
        return tuple(OURS + one for one in lacks)

    def _moment(self, at: datetime) -> str:
        """Local, without an offset, as the platform writes its own."""
        return at.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%S")


_GOES_BACK = frozenset(
    {
        "sexo",
        "lgbtiq",
        "condicion_especial",
        "canal_cod",
        "producto_cod",
        "macro_motivo_cod",
        "tutela",
        "ente_control",
        "desistimiento_queja",
        "queja_expres",
    }
)
