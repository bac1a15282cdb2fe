# SPDX-License-Identifier: Apache-2.0
"""A submission becomes a case, joins one, or is heard of again (CNF-01, CNF-02, ICX-01)."""

from datetime import datetime
from typing import Literal

from chassis.decision import Decision, Keyed, Refused, Row
from intake.domain.adding import adding_refusal
from intake.domain.case import Case, EmergencyMark, Filed, Progress, Step
from intake.domain.filing_told import INTAKE, answer_of, case_filed, filing_rows, outcome_of
from intake.domain.letters import letter_rows
from intake.domain.links import link_rows, proposed, told
from intake.domain.membership import filing as membership
from intake.domain.person_mentions import mention_rows
from intake.domain.proposed import delivery_proposed
from intake.domain.receipt import receipt
from intake.domain.regulator.opening import new_file
from intake.domain.released import released_rows
from intake.domain.submission import FileSubmission, Outcome
from intake.domain.texts import one_line
from intake.domain.tutelas import tutela_of
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import (
    AddresseeAdded,
    EmergencyDecided,
    MessageAppended,
    PersonalMessage,
    RegulatorRequest,
    Tutela,
)


def refusal(command: FileSubmission, now: datetime) -> Refused | None:
    """Why this cannot be filed now; such a submission takes no number."""
    received = receipt(command.form.received_at, command.form.late_reason, now)
    if isinstance(received, Refused):
        return received
    tutela = _tutela(command, received)
    return tutela if isinstance(tutela, Refused) else None


def file_submission(case: Case | None, command: FileSubmission, now: datetime) -> Decision[Case] | Refused:
    """Into the case that it was resolved to."""
    if case is not None and command.submission_id in case.submissions:
        return _repeat(case, command)
    received_at = receipt(command.form.received_at, command.form.late_reason, now)
    if isinstance(received_at, Refused):
        return received_at
    if case is None:
        return _create(command, received_at, now)
    if command.proven_case and (ended := adding_refusal(case)):
        return ended
    return _append(case, command, received_at, now)


def _create(command: FileSubmission, received_at: datetime, now: datetime) -> Decision[Case] | Refused:
    if not command.number:
        raise ValueError("a case is created without its number")
    form, tutela = command.form, _tutela(command, received_at)
    if isinstance(tutela, Refused):
        return tutela
    case = Case(
        number=command.number,
        tracking_code=command.tracking_code,
        channel=command.channel,
        received_at=received_at,
        registered_at=now,
        anonymous=form.anonymous,
        participants=(form.person.email.casefold(),) if form.person.email else (),
        regulator=form.regulator,
        submissions={command.submission_id: _filed("created", command, received_at)},
        progress=Progress(steps=(Step(code="filed", at=now),)),
        person_id=command.person_id,
        links=proposed(command, INTAKE, now),
        regulator_file=new_file(command),
        mark=_mark(command, now),
        tutela=tutela,
        asks_due=now if command.official == "regulator" and form.regulator and not _has_term(form.regulator) else None,
    )
    case, lacking = membership.opened(case, command, now)
    filed = (case_filed(case, command), outcome_of(case, command))
    events: tuple[Event | Keyed, ...] = (*filed, *told(case.links), *lacking)
    rows: tuple[Row, ...] = (
        *_rows(case, command, "created", now),
        *mention_rows(case, command),
        *link_rows(command.case_id, case.number, case.links),
        *letter_rows(command, now),
    )
    return Decision(case, events, rows=rows, result=answer_of(case, command))


def _append(case: Case, command: FileSubmission, received_at: datetime, now: datetime) -> Decision[Case]:
    """What a responder proposes is no message of the person: their timeline does not show it."""
    said = delivery_proposed(command, command.proposal, received_at) if command.proposal else None
    case, checked = membership.taken(case, command, now)
    step = Step(code="documents-received" if checked else "message-appended", at=now)
    steps = case.progress.steps if said else (*case.progress.steps, step)
    filed = _filed("appended", command, received_at)
    case = case.model_copy(
        update={
            "submissions": {**case.submissions, command.submission_id: filed},
            "progress": case.progress.model_copy(update={"steps": steps}),
        }
    )
    appended = said or MessageAppended(
        actor=command.actor,
        submission_id=command.submission_id,
        channel=command.channel,
        reopens=command.reopens,
        received_at=received_at,
        authenticated=command.sender.verdict if command.sender else None,
        files=command.files,
        full_text=command.full_text,
        personal=PersonalMessage(text=command.form.text, mail=command.mail),
    )
    danger: tuple[Event, ...] = ()
    if command.emergency is not None and case.emergency is None and said is None:
        case = case.model_copy(update={"mark": _mark(command, now)})
        danger = (EmergencyDecided(actor=INTAKE, emergency=command.emergency),)
    events: tuple[Event | Keyed, ...] = (appended, *checked, *danger, outcome_of(case, command))
    return Decision(case, events, rows=_rows(case, command, "appended", now), result=answer_of(case, command))


def _has_term(request: RegulatorRequest) -> bool:
    return bool(request.due or request.business_days)


def _mark(command: FileSubmission, now: datetime) -> EmergencyMark | None:
    """SQR-03: what it speaks of, by the rules or as whoever wrote it down says."""
    if command.emergency is None:
        return None
    return EmergencyMark(
        emergency=command.emergency, at=now, by=INTAKE if command.emergency.by == "rules" else command.actor
    )


def _tutela(command: FileSubmission, received_at: datetime) -> Tutela | Refused | None:
    return tutela_of(command.form.tutela, received_at) if command.form.tutela else None


def _repeat(case: Case, command: FileSubmission) -> Decision[Case]:
    """The first outcome again; nothing else changes, but that it may have come through one more mailbox of ours."""
    first = case.submissions[command.submission_id]
    added = command.mailbox is not None and command.mailbox not in first.mailboxes
    mailboxes = (*first.mailboxes, command.mailbox) if added else first.mailboxes
    again = first.model_copy(update={"told": first.told + 1, "mailboxes": mailboxes})
    case = case.model_copy(update={"submissions": {**case.submissions, command.submission_id: again}})
    outcome = outcome_of(case, command)
    if not added:
        return Decision(case, (outcome,), result=answer_of(case, command))
    addressee = AddresseeAdded(
        actor=INTAKE, submission_id=command.submission_id, mailbox=one_line(command.mailbox or "")
    )
    return Decision(case, (addressee, outcome), result=answer_of(case, command))


def _filed(outcome: Literal["created", "appended"], command: FileSubmission, received_at: datetime) -> Filed:
    """Outcomes are counted on from those that were told while it was held."""
    first = 1 + (command.released.told if command.released else 0)
    mailboxes = (command.mailbox,) if command.mailbox else ()
    return Filed(outcome=outcome, received_at=received_at, told=first, first=first, mailboxes=mailboxes)


def _rows(case: Case, command: FileSubmission, outcome: Outcome, now: datetime) -> tuple[Row, ...]:
    received_at = case.submissions[command.submission_id].received_at
    if command.released is not None:
        return released_rows(command, command.released, outcome, case.number, received_at, now)
    return filing_rows(command, outcome, received_at, now)
