# SPDX-License-Identifier: Apache-2.0
"""Which cases are reported to the regulator, and what it is owed after each event (moments 2 and 3).

One version of an operation takes the place of the one before it: what the platform hears is what holds when it is sent.
"""

from datetime import datetime

from chassis.decision import Received
from intake.domain.case import Case
from intake.domain.regulator.file import Dispatch, DispatchState, GivenAnswer, Phase, RegulatorFile, Says
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.routing import (
    AnswerApproved,
    CaseAnswered,
    CaseClassified,
    CaseReopened,
    DeadlineExtended,
)

REPORTED_KINDS = frozenset({"complaint", "claim"})
NEEDS_A_PERSON = frozenset({"refused", "undecided"})
SETTLED = frozenset({"sent", "by-hand"})


def is_reported(case: Case, file: RegulatorFile) -> bool:
    """What came from the platform always; requests of authorities never, they have a desk of their own (CNF-05).

    Of what came to the house all that is classified, or complaints and claims; whether the regulator supervises what
    they are about is in the codes, which are asked when it is sent. Who gives no data cannot be named to it.
    """
    if file.from_platform:
        return True
    if case.regulator is not None or case.anonymous or file.kind is None:
        return False
    return file.scope == "all" or file.kind in REPORTED_KINDS


def follow_for_regulator(case: Case, received: Received[Event], now: datetime) -> Case:
    """The case with what is owed since this event; unchanged where the house reports nothing."""
    file = case.regulator_file
    return case if file is None else with_file(case, _heard(file, received), now)


def _heard(file: RegulatorFile, received: Received[Event]) -> RegulatorFile:
    changes: dict[str, object] = {}
    match received.event:
        case CaseClassified() as event:
            changes = {"area": event.area, "category": event.regulator_category, "kind": event.kind}
        case AnswerApproved() as event:
            text, files = event.personal.text, event.files
            given = GivenAnswer(answer_id=event.answer_id, approved_at=received.time, text=text, files=files)
            changes = {"answer": given}
        case DeadlineExtended():
            changes = {"extended": True}
        case CaseAnswered() as event:
            changes = {"answered_at": event.answered_at}
        case CaseReopened():
            changes = {"answered_at": None, "favour": None, "fraud": None}
    return file.model_copy(update=changes) if changes else file


def with_file(case: Case, file: RegulatorFile, now: datetime) -> Case:
    """The case with this file, and in it what is owed now."""
    if is_reported(case, file):
        file = _update_owed(case, _create_owed(file, now), now)
    elif not (file.create and file.create.state in SETTLED):
        file = file.model_copy(update={"create": None, "update": None})
    return case.model_copy(update={"regulator_file": looked_for(file)})


def looked_for(file: RegulatorFile) -> RegulatorFile:
    """With since when there is something to send, or something for a person to do; an update waits for its creation."""
    create, update = file.create, file.update
    there = file.from_platform or (create is not None and create.state in SETTLED)
    pending = [one.at for one in (create, update if there else None) if one and one.state == "pending"]
    attention = [one.at for one in (create, update if there else None) if one and one.state in NEEDS_A_PERSON]
    since = {"pending_since": min(pending, default=None), "attention_since": min(attention, default=None)}
    return file.model_copy(update=since)


def _create_owed(file: RegulatorFile, now: datetime) -> RegulatorFile:
    """Once; as long as it is not there a correction of the classification is sent in it."""
    if file.from_platform or (file.create and file.create.state in SETTLED):
        return file
    says = Says(area=file.area, category=file.category)
    if file.create is not None and file.create.says == says:
        return file
    return file.model_copy(update={"create": _next(file.create, says, "pending", now)})


def _update_owed(case: Case, file: RegulatorFile, now: datetime) -> RegulatorFile:
    """Where something holds that neither the creation nor the last update told."""
    if file.update and file.update.state == "by-hand":
        return file
    last = file.update or file.create
    told, says = last.says if last else Says(), _says(case, file)
    if says == told:
        return file
    state: DispatchState = "undecided" if says.phase == "answered" and says.favour is None else "pending"
    return file.model_copy(update={"update": _next(file.update, says, state, now)})


def _says(case: Case, file: RegulatorFile) -> Says:
    """The platform's own words for what a complaint of its own is about are kept: ours are no news to it."""
    phase = _phase(case, file)
    answer_id = file.answer.answer_id if phase == "answered" and file.answer else None
    favour, fraud = (file.favour, file.fraud) if phase == "answered" else (None, None)
    says = Says(phase=phase, answer_id=answer_id, favour=favour, fraud=fraud, extended=file.extended)
    if file.from_platform:
        return says
    return says.model_copy(update={"area": file.area, "category": file.category})


def _phase(case: Case, file: RegulatorFile) -> Phase:
    """Answered: for the platform's own complaints once the answer is approved, which is to be filed there; for ours
    once it reached the person."""
    approved_for_it = case.to_upload is not None or case.uploaded is not None
    if approved_for_it if file.from_platform else file.answered_at is not None:
        return "answered"
    return "in-progress" if case.progress.status in ("in-progress", "reopened", "suspended", "answered") else "open"


def _next(before: Dispatch | None, says: Says, state: DispatchState, now: datetime) -> Dispatch:
    return Dispatch(version=before.version + 1 if before else 1, says=says, state=state, at=now)
