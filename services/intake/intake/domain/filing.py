# SPDX-License-Identifier: Apache-2.0
"""A submission becomes a case, joins one, or is heard of again (CNF-01, CNF-02, ICX-01)."""

from datetime import datetime

from chassis.decision import Decision, Insert, Keyed, Refused, Row
from intake.domain.case import Case, Filed, Progress, Step
from intake.domain.letters import letter_rows
from intake.domain.links import link_rows, proposed, told
from intake.domain.receipt import receipt
from intake.domain.submission import FileSubmission, Outcome, outcome_told, row_of
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import (
    AnsweredOnSpot,
    CaseFiled,
    MessageAppended,
    PersonalCreated,
    PersonalFiling,
    PersonalMessage,
    SubmissionAppended,
    SubmissionCreated,
)

INTAKE = Actor(id="intake", role="service")


def refusal(command: FileSubmission, now: datetime) -> Refused | None:
    """Why this cannot be filed now; such a submission takes no number."""
    received = receipt(command.form.received_at, command.form.late_reason, now)
    return received if isinstance(received, Refused) else None


def file_submission(case: Case | None, command: FileSubmission, now: datetime) -> Decision[Case] | Refused:
    """Into the case that it was resolved to."""
    if case is not None and command.submission_id in case.submissions:
        return _repeat(case, command)
    received_at = receipt(command.form.received_at, command.form.late_reason, now)
    if isinstance(received_at, Refused):
        return received_at
    if case is None:
        return _create(command, received_at, now)
    return _append(case, command, received_at, now)


def _create(command: FileSubmission, received_at: datetime, now: datetime) -> Decision[Case]:
    if not command.number:
        raise ValueError("a case is created without its number")
    form = command.form
    case = Case(
        number=command.number,
        tracking_code=command.tracking_code,
        channel=command.channel,
        received_at=received_at,
        registered_at=now,
        anonymous=form.anonymous,
        participants=(form.person.email.casefold(),) if form.person.email else (),
        regulator=form.regulator,
        submissions={command.submission_id: Filed(outcome="created", received_at=received_at)},
        progress=Progress(steps=(Step(code="filed", at=now),)),
        links=proposed(command, INTAKE, now),
    )
    events: tuple[Event | Keyed, ...] = (_case_filed(case, command), _outcome(case, command, 1), *told(case.links))
    rows: tuple[Row, ...] = (
        *filing_rows(command, "created", received_at, now),
        *link_rows(command.case_id, case.number, case.links),
        *letter_rows(command, now),
    )
    return Decision(case, events, rows=rows, result=_told(case, command))


def _append(case: Case, command: FileSubmission, received_at: datetime, now: datetime) -> Decision[Case]:
    steps = (*case.progress.steps, Step(code="message-appended", at=now))
    filed = Filed(outcome="appended", received_at=received_at)
    case = case.model_copy(
        update={
            "submissions": {**case.submissions, command.submission_id: filed},
            "progress": case.progress.model_copy(update={"steps": steps}),
        }
    )
    appended = MessageAppended(
        actor=command.actor,
        submission_id=command.submission_id,
        channel=command.channel,
        received_at=received_at,
        files=command.files,
        full_text=command.full_text,
        personal=PersonalMessage(text=command.form.text, mail=command.mail),
    )
    events = (appended, _outcome(case, command, 1))
    return Decision(case, events, rows=filing_rows(command, "appended", received_at, now), result=_told(case, command))


def _repeat(case: Case, command: FileSubmission) -> Decision[Case]:
    """The first outcome again: nothing changes but that it was told once more."""
    first = case.submissions[command.submission_id]
    again = first.model_copy(update={"told": first.told + 1})
    case = case.model_copy(update={"submissions": {**case.submissions, command.submission_id: again}})
    return Decision(case, (_outcome(case, command, again.told),), result=_told(case, command))


def _told(case: Case, command: FileSubmission) -> dict[str, object]:
    filed = case.submissions[command.submission_id]
    told = outcome_told(command, filed.outcome, repeat=filed.told > 1, number=case.number)
    return told | ({"tracking_code": case.tracking_code} if filed.outcome == "created" else {})


def _case_filed(case: Case, command: FileSubmission) -> CaseFiled:
    form = command.form
    return CaseFiled(
        actor=command.actor,
        case_number=case.number,
        submission_id=command.submission_id,
        channel=command.channel,
        received_at=case.received_at,
        registered_at=case.registered_at,
        anonymous=form.anonymous,
        kind_stated=form.kind,
        area_stated=form.area,
        service_point=form.service_point,
        municipality=form.municipality,
        segment=form.segment,
        regulator=form.regulator,
        product_reference=form.product_reference,
        files=command.files,
        full_text=command.full_text,
        answered_on_spot=AnsweredOnSpot(at=case.received_at) if form.answer_on_spot else None,
        personal=PersonalFiling(
            person=form.person,
            subject=form.subject,
            text=form.text,
            tracking_code=case.tracking_code,
            mail=command.mail,
            answer_on_spot=form.answer_on_spot,
        ),
    )


def _outcome(case: Case, command: FileSubmission, seq: int) -> Keyed:
    filed = case.submissions[command.submission_id]
    event: Event
    if filed.outcome == "created":
        event = SubmissionCreated(
            actor=INTAKE,
            channel=command.channel,
            external_id=command.external_id,
            received_at=filed.received_at,
            repeat=seq > 1,
            case_id=command.case_id,
            case_number=case.number,
            same_external_id_as=command.same_external_id_as,
            personal=PersonalCreated(tracking_code=case.tracking_code),
        )
    else:
        event = SubmissionAppended(
            actor=INTAKE,
            channel=command.channel,
            external_id=command.external_id,
            received_at=filed.received_at,
            repeat=seq > 1,
            case_id=command.case_id,
            case_number=case.number,
        )
    return Keyed(event, command.submission_id, seq)


def filing_rows(command: FileSubmission, outcome: Outcome, received_at: datetime, now: datetime) -> tuple[Row, ...]:
    """Rows that must be new: each submission is filed once, each external id has one first submission."""
    filed = Insert("submission_cases", command.submission_id, row_of(command, outcome, received_at, now))
    if command.external_key is None or command.same_external_id_as is not None:
        return (filed,)
    return (filed, Insert("external_ids", command.external_key, {"submission_id": command.submission_id}))
