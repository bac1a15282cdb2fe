# SPDX-License-Identifier: Apache-2.0
"""A form as a browser sends it, and what is wrong with it in words that stand beside each field."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import UploadFile

from chassis.web.door import door_of, locale_of
from chassis.web.problems import Problem
from chassis.web.validation import field_errors
from ventanilla_contracts.intake import MembershipForm, Person, SubmissionForm

_OWN_FIELDS = (
    "kind",
    "subject",
    "text",
    "service_point",
    "product_reference",
    "late_reason",
    "answer_on_spot",
    "municipality",
    "segment",
    "archive_place",
    "emergency",
)
_NAMED_WHOLE = ("tutela", "product", "fraud", "documents")
"""Parts of a form whose fields have names of their own on the pages: ``tutela_court``."""


@dataclass(frozen=True)
class Posted:
    """``values`` as typed, to be shown again; ``kept`` are tokens of files that were sent before.

    ``membership`` is what a page of its own made of its fields.
    """

    values: Mapping[str, str]
    uploads: tuple[UploadFile, ...]
    kept: tuple[str, ...] = ()
    membership: MembershipForm | None = None

    def of(self, names: Collection[str]) -> "Posted":
        """Only these fields of it."""
        return Posted({name: value for name, value in self.values.items() if name in names}, self.uploads, self.kept)

    def form(self, zone: ZoneInfo) -> SubmissionForm:
        """Empty fields are absent; who stays anonymous gives no data. Raises ValidationError."""
        anonymous = "anonymous" in self.values
        person = {} if anonymous else {name: value for name in Person.model_fields if (value := self._typed(name))}
        fields = {name: value for name in _OWN_FIELDS if (value := self._typed(name))}
        return SubmissionForm.model_validate(
            {
                "text": "",
                **fields,
                "person": person,
                "anonymous": anonymous,
                "data_consent": "data_consent" in self.values,
                "received_at": self.moment("received_at", zone),
                "regulator": self._regulator(),
                "social": self._social(),
                "tutela": self.tutela(zone),
                "membership": self.membership,
                "product": self._part("product", ("code", "lot", "serial")),
                "contact_confirmed": "contact_confirmed" in self.values,
            }
        )

    def moment(self, name: str, zone: ZoneInfo) -> datetime | str | None:
        """A local date and time as browsers give it; what is none stays as typed, for the form to refuse."""
        typed = self._typed(name)
        try:
            moment = datetime.fromisoformat(typed) if typed else None
        except ValueError:
            return typed
        return moment.replace(tzinfo=zone) if moment and moment.tzinfo is None else moment

    def tutela(self, zone: ZoneInfo) -> dict[str, object] | None:
        """What is typed of one; None where nothing is."""
        found: dict[str, object] = dict(self._part("tutela", ("court", "reference", "hours")) or {})
        moment = self.moment("tutela_answer_by", zone)
        if not found and moment is None:
            return None
        return {"court": "", "reference": "", **found, "answer_by": moment}

    def _part(self, part: str, names: Collection[str]) -> dict[str, str] | None:
        return {name: value for name in names if (value := self._typed(f"{part}_{name}"))} or None

    def _typed(self, name: str) -> str:
        return self.values.get(name, "").strip().replace("\r\n", "\n")

    def _social(self) -> dict[str, str] | None:
        found = {name: value for name in ("network", "handle", "link") if (value := self._typed(name))}
        return {"network": "", **found} if found else None

    def _regulator(self) -> dict[str, str] | None:
        found = {name: self._typed(name) for name in ("authority", "reference")}
        due = self._typed("due")
        return {**found, **({"due": due} if due else {})} if due or any(found.values()) else None


async def posted(request: Request) -> Posted:
    """What the browser sent. Raises HTTPException for what is no form."""
    form = await request.form(max_files=200)
    values = {name: value for name, value in form.items() if isinstance(value, str)}
    uploads = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    kept = [one for one in form.getlist("kept") if isinstance(one, str)]
    return Posted(values, tuple(uploads), tuple(kept))


def faults(request: Request, error: ValidationError | Problem) -> dict[str, str]:
    """What is wrong, by the name of the field in the page."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    if isinstance(error, ValidationError):
        kinds = error.errors(include_url=False)
        found = field_errors(kinds, texts, locale)
        picked = texts.t("form.moment", locale)  # on a page it comes from the field's calendar
        return {
            _name(one.field): f"{one.message}: {picked if kind['type'].startswith('datetime') else one.expected}."
            for one, kind in zip(found, kinds, strict=True)
        }
    keys = {one.field: one.expected if one.expected.startswith("identity.") else one.message for one in error.errors}
    return {_name(field): texts.t(key, locale, **error.values) for field, key in keys.items()}


def _name(path: str) -> str:
    *parts, name = path.removeprefix("$").strip(".").split(".")
    part = parts[-1] if parts and parts[-1] in _NAMED_WHOLE else ""
    return (f"{part}_{name}" if part else name) or "text"
