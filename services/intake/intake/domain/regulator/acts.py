# SPDX-License-Identifier: Apache-2.0
"""What became of something that was sent to the regulator's platform, and what people do about it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chassis.decision import Decision, Refused
from intake.domain.case import Case, Step, Uploaded
from intake.domain.filing_told import INTAKE
from intake.domain.regulator.file import Dispatch, Fraud, Operation, RegulatorFile, Says
from intake.domain.regulator.owed import looked_for, with_file
from intake.domain.steps import with_step
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import AnswerFiledWithRegulator, PersonField
from ventanilla_contracts.vocabulary import Favour

UNKNOWN_THERE = "intake:unknown-there"
_TOLD_OF_PERSONS = frozenset({"name", "document", "municipality"})


@dataclass(frozen=True, slots=True)
class NoteDispatch:
    """The gateway says how the sending of this version ended; ``code``: the platform's name for the case.

    ``missing``: the platform does not know the case after all, so that it has to be created again.
    """

    operation: Operation
    version: int
    outcome: Literal["sent", "refused", "left-out", "missing"]
    why: tuple[str, ...] = ()
    code: str | None = None


@dataclass(frozen=True, slots=True)
class DecideFavour:
    """A person says in whose favour the answer is, without which nothing can be closed at the platform.

    ``fraud``: what they found, if it was one; None takes back what was said of it.
    """

    actor: Actor
    favour: Favour
    fraud: Fraud | None = None


@dataclass(frozen=True, slots=True)
class RetryDispatch:
    """A person has mended what the regulator refused: it is sent again."""

    actor: Actor


def note_dispatch(case: Case | None, command: NoteDispatch, now: datetime) -> Decision[Case] | Refused:
    """What was sent in an older version leaves the newer one owed."""
    if case is None or case.regulator_file is None:
        return Refused("case-unknown", kind="not-found")
    file = case.regulator_file
    dispatch = file.dispatch(command.operation)
    if dispatch is None or dispatch.state in ("sent", "by-hand"):
        return Decision(case)
    if command.outcome == "missing":
        return Decision(with_file(case, _again_from_the_start(file, now), now))
    if command.outcome == "sent" and command.operation == "create":
        return Decision(with_file(case, _created(file, dispatch, command, now), now))
    if dispatch.version != command.version:
        return Decision(case)
    ended = dispatch.model_copy(update={"state": command.outcome, "at": now, "why": command.why})
    noted = _noted(case, looked_for(file.model_copy(update={command.operation: ended})))
    closes = command.outcome == "sent" and dispatch.says.phase == "answered" and file.from_platform
    return _filed(noted, file, now) if closes else Decision(noted)


def _created(file: RegulatorFile, dispatch: Dispatch, command: NoteDispatch, now: datetime) -> RegulatorFile:
    """What an older version told is not known any more: then an update tells all."""
    says = dispatch.says if dispatch.version == command.version else Says()
    sent = dispatch.model_copy(update={"state": "sent", "at": now, "why": (), "says": says})
    return file.model_copy(update={"create": sent, "code": command.code or file.code})


def _again_from_the_start(file: RegulatorFile, now: datetime) -> RegulatorFile:
    """The platform's own complaint cannot be created by us: somebody must look."""
    if file.create is None:
        lost = (
            file.update.model_copy(update={"state": "refused", "at": now, "why": (UNKNOWN_THERE,)})
            if file.update
            else None
        )
        return file.model_copy(update={"update": lost})
    again = file.create.model_copy(update={"state": "pending", "at": now, "version": file.create.version + 1})
    return file.model_copy(update={"create": again})


def _filed(case: Case, file: RegulatorFile, now: datetime) -> Decision[Case]:
    """The platform took the answer to its complaint: that ends the case (CNF-05); a desk that was first stays first."""
    if case.to_upload is None or case.regulator is None:
        return Decision(case)
    uploaded = Uploaded(
        answer_id=case.to_upload.answer_id, reference=file.code or case.regulator.reference, filed_at=now
    )
    filed = AnswerFiledWithRegulator(
        actor=INTAKE,
        authority=case.regulator.authority,
        reference=uploaded.reference,
        filed_at=now,
        answer_id=uploaded.answer_id,
        means="platform",
    )
    progress = with_step(case.progress, Step(code="filed-with-regulator", at=now))
    return Decision(case.model_copy(update={"uploaded": uploaded, "to_upload": None, "progress": progress}), (filed,))


def uploaded_by_hand(case: Case, now: datetime) -> Case:
    """A person uploaded the answer to the platform: the gateway owes nothing more."""
    file = case.regulator_file
    if file is None or not file.from_platform:
        return case
    version = file.update.version + 1 if file.update else 1
    by_hand = Dispatch(version=version, says=Says(phase="answered"), state="by-hand", at=now)
    return _noted(case, looked_for(file.model_copy(update={"update": by_hand})))


def person_corrected(case: Case, fields: Collection[PersonField], now: datetime) -> Case:
    """A creation that was refused, or is on its way, goes out with the data that hold now."""
    file = case.regulator_file
    if file is None or file.create is None or _TOLD_OF_PERSONS.isdisjoint(fields):
        return case
    if file.create.state not in ("refused", "pending"):
        return case
    again = file.create.model_copy(update={"version": file.create.version + 1})
    if file.create.state == "refused":
        again = _again(file.create, now)
    return _noted(case, looked_for(file.model_copy(update={"create": again})))


def decide_favour(case: Case | None, command: DecideFavour, now: datetime) -> Decision[Case] | Refused:
    """It may be corrected as long as the platform has not taken the closing."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    file = case.regulator_file
    if file is None or file.update is None or file.update.says.phase != "answered":
        return Refused("favour-not-asked", values={"number": case.number})
    if file.update.state in ("sent", "by-hand"):
        return Refused("regulator-has-it", values={"number": case.number})
    decided = with_file(case, file.model_copy(update={"favour": command.favour, "fraud": command.fraud}), now)
    return Decision(decided, result={"case_number": case.number})


def retry_dispatch(case: Case | None, now: datetime) -> Decision[Case] | Refused:
    """What was refused, or left out, goes out once more; nothing is sent twice that was taken."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    file = case.regulator_file
    again = {name: _again(one, now) for name in ("create", "update") if file and (one := getattr(file, name))}
    if file is None or all(getattr(file, name) == one for name, one in again.items()):
        return Refused("nothing-to-send-again", values={"number": case.number})
    return Decision(_noted(case, looked_for(file.model_copy(update=again))), result={"case_number": case.number})


def _again(dispatch: Dispatch, now: datetime) -> Dispatch:
    if dispatch.state not in ("refused", "left-out"):
        return dispatch
    return dispatch.model_copy(update={"state": "pending", "at": now, "version": dispatch.version + 1, "why": ()})


def _noted(case: Case, file: RegulatorFile) -> Case:
    return case.model_copy(update={"regulator_file": file})
