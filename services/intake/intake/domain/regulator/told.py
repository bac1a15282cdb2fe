# SPDX-License-Identifier: Apache-2.0
"""What the house tells the regulator, in its own words; codes.py puts it into the platform's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath

from intake.domain.case import Case
from intake.domain.numbers import parse_case_number
from intake.domain.regulator.file import Code, Fraud, Phase, RegulatorFile
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import Person, SubmissionForm
from ventanilla_contracts.vocabulary import Channel, Favour

LONGEST_NAME = 150
"""Of a file (the platform's limit)."""

FINAL_ANSWER = "RESP_FINAL_SFC"
"""Without a file whose name has this the platform closes nothing."""

FRAUD_INQUIRY = "INV_FRAUDE_SFC"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintTold:
    """A case as it was filed and is classified (moment 2)."""

    digits: str
    received_at: datetime
    person: Person
    municipality: str | None
    channel: Channel
    area: str | None
    category: str | None
    text: str
    has_files: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressTold:
    """How far a case is (moment 3); ``at`` is now, ``answered_at`` of a closing. ``said``: see RegulatorFile.

    ``duplicate``: of a closing, that the case says again what another one says; ``extended``: its answer takes longer.
    """

    code: str
    phase: Phase
    at: datetime
    answered_at: datetime | None
    favour: Favour | None
    channel: Channel
    area: str | None
    category: str | None
    has_files: bool
    said: Mapping[str, Code] = field(default_factory=dict)
    fraud: Fraud | None = None
    duplicate: bool = False
    extended: bool = False


def complaint_told(case: Case, file: RegulatorFile, form: SubmissionForm, files: tuple[FileRef, ...]) -> ComplaintTold:
    return ComplaintTold(
        digits=own_digits(case.number),
        received_at=case.received_at,
        person=person_now(case, form.person),
        municipality=case.corrected.get("municipality", form.municipality),
        channel=case.channel,
        area=file.area,
        category=file.category,
        text=form.text,
        has_files=bool(files),
    )


def person_now(case: Case, filed: Person) -> Person:
    """As was filed, but what was corrected since."""
    known = {name: value for name, value in case.corrected.items() if name in Person.model_fields}
    return filed.model_copy(update=known)


def progress_told(case: Case, file: RegulatorFile, code: str, now: datetime) -> ProgressTold:
    """As the latest version of the update says."""
    if file.update is None:
        raise ValueError("nothing is owed")
    says = file.update.says
    closing = says.phase == "answered"
    return ProgressTold(
        code=code,
        phase=says.phase,
        at=now,
        answered_at=(file.answered_at or now) if closing else None,
        favour=says.favour,
        channel=case.channel,
        area=file.area,
        category=file.category,
        has_files=closing or bool(file.said.get("anexo_queja")),
        said=file.said,
        fraud=says.fraud,
        duplicate=closing and is_duplicate(case),
        extended=says.extended,
    )


def is_duplicate(case: Case) -> bool:
    """Whether an agent confirmed that it says again what another case says."""
    return any(link.relation == "duplicate" and link.status == "confirmed" for link in case.links)


def own_digits(number: str) -> str:
    """Of a case number year and count, which no other case of the house has: 2026000001."""
    parsed = parse_case_number(number)
    if parsed is None:
        raise ValueError("not a case number")
    return f"{parsed.year:04d}{parsed.n:06d}"


def inquiry_name(code: str, name: str) -> str:
    """Of the file without which the platform takes no fraud; its type stays."""
    kind = PurePosixPath(name).suffix
    return f"{code}_{FRAUD_INQUIRY}{kind if len(kind) <= 10 else ''}"


def final_answer_name(code: str) -> str:
    return f"{code}_{FINAL_ANSWER}.pdf"


def shortened(name: str) -> str:
    """A file's name within the platform's limit, its type kept."""
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, kind = name.rpartition(".")
    if not dot or len(kind) > 10:
        return name[:LONGEST_NAME]
    return f"{stem[: LONGEST_NAME - len(kind) - 1]}.{kind}"
