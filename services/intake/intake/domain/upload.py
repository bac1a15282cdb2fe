# SPDX-License-Identifier: Apache-2.0
"""The desk upload that ends a regulator request (CNF-05)."""

from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Decision, Refused
from intake.domain.case import Case, Step, Uploaded
from intake.domain.receipt import CLOCKS_DIFFER
from intake.domain.steps import with_step
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import AnswerFiledWithRegulator


@dataclass(frozen=True, slots=True)
class FileAnswerWithRegulator:
    """A person uploaded the approved answer; ``reference`` is the number that the platform gave to the upload."""

    actor: Actor
    reference: str
    filed_at: datetime
    files: tuple[FileRef, ...] = ()


def file_answer(case: Case | None, command: FileAnswerWithRegulator, now: datetime) -> Decision[Case] | Refused:
    """Only an answer that routing approved for the regulator can have been uploaded; the same again changes nothing."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if case.regulator is None:
        return Refused("not-a-regulator-request", values={"number": case.number})
    if case.uploaded is not None:
        return _again(case, case.uploaded, command)
    if case.to_upload is None:
        return Refused("answer-not-approved", values={"number": case.number}, allowed=("approve",))
    if refused := _refusal(case, command, now):
        return refused
    uploaded = Uploaded(
        answer_id=case.to_upload.answer_id, reference=command.reference.strip(), filed_at=min(command.filed_at, now)
    )
    filed = AnswerFiledWithRegulator(
        actor=command.actor,
        authority=case.regulator.authority,
        reference=uploaded.reference,
        filed_at=uploaded.filed_at,
        answer_id=uploaded.answer_id,
        files=command.files,
    )
    progress = with_step(case.progress, Step(code="filed-with-regulator", at=uploaded.filed_at))
    case = case.model_copy(update={"uploaded": uploaded, "to_upload": None, "progress": progress})
    return Decision(case, (filed,), result=_told(case, uploaded))


def _refusal(case: Case, command: FileAnswerWithRegulator, now: datetime) -> Refused | None:
    if not command.reference.strip():
        return Refused("upload-reference-missing", kind="invalid", field="$.reference")
    if command.filed_at > now + CLOCKS_DIFFER:
        return Refused("filed-in-future", kind="invalid", field="$.filed_at")
    if command.filed_at < case.received_at:
        return Refused("filed-before-received", kind="invalid", field="$.filed_at")
    return None


def _again(case: Case, uploaded: Uploaded, command: FileAnswerWithRegulator) -> Decision[Case] | Refused:
    if uploaded.reference == command.reference.strip():
        return Decision(case, result=_told(case, uploaded))
    return Refused("already-filed-with-regulator", values={"number": case.number, "reference": uploaded.reference})


def _told(case: Case, uploaded: Uploaded) -> dict[str, object]:
    return {"case_number": case.number, "reference": uploaded.reference, "filed_at": uploaded.filed_at.isoformat()}
