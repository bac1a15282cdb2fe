# SPDX-License-Identifier: Apache-2.0
"""What is told and kept of a submission that was filed: its events, its outcome, its rows."""

from datetime import datetime

from chassis.decision import Insert, Keyed, Row
from intake.domain.case import Case
from intake.domain.membership.checklist import as_told
from intake.domain.submission import FileSubmission, Outcome, consent_of, outcome_told, row_of
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import (
    AnsweredOnSpot,
    CaseFiled,
    PersonalCreated,
    PersonalFiling,
    SubmissionAppended,
    SubmissionCreated,
)

INTAKE = Actor(id="intake", role="service")


def case_filed(case: Case, command: FileSubmission) -> CaseFiled:
    """The submission that made the case."""
    form = command.form
    return CaseFiled(
        actor=command.actor,
        case_number=case.number,
        submission_id=command.submission_id,
        channel=command.channel,
        received_at=case.received_at,
        registered_at=case.registered_at,
        anonymous=form.anonymous,
        authenticated=command.sender.verdict if command.sender else None,
        kind_stated=form.kind,
        area_stated=form.area,
        service_point=form.service_point,
        municipality=form.municipality,
        segment=form.segment,
        regulator=form.regulator,
        emergency=case.emergency,
        tutela=case.tutela,
        product_reference=form.product_reference,
        product=form.product,
        membership=as_told(case.membership) if case.membership else None,
        files=command.files,
        full_text=command.full_text,
        answered_on_spot=AnsweredOnSpot(at=case.received_at) if form.answer_on_spot else None,
        archive_place=form.archive_place,
        personal=PersonalFiling(
            person=form.person,
            subject=form.subject,
            text=form.text,
            tracking_code=case.tracking_code,
            mail=command.mail,
            answer_on_spot=form.answer_on_spot,
            consent=consent_of(command, case.received_at),
            social=form.social,
        ),
    )


def outcome_of(case: Case, command: FileSubmission) -> Keyed:
    """As often as it was told now; what was held has its outcome from a person."""
    filed = case.submissions[command.submission_id]
    actor = command.actor if command.released else INTAKE
    event: Event
    if filed.outcome == "created":
        event = SubmissionCreated(
            actor=actor,
            channel=command.channel,
            external_id=command.external_id,
            received_at=filed.received_at,
            repeat=filed.repeated,
            case_id=command.case_id,
            case_number=case.number,
            same_external_id_as=command.same_external_id_as,
            personal=PersonalCreated(tracking_code=case.tracking_code),
        )
    else:
        event = SubmissionAppended(
            actor=actor,
            channel=command.channel,
            external_id=command.external_id,
            received_at=filed.received_at,
            repeat=filed.repeated,
            case_id=command.case_id,
            case_number=case.number,
        )
    return Keyed(event, command.submission_id, filed.told)


def answer_of(case: Case, command: FileSubmission) -> dict[str, object]:
    """What whoever filed it hears: the code only with the case that it made."""
    filed = case.submissions[command.submission_id]
    told = outcome_told(command, filed.outcome, repeat=filed.repeated, number=case.number)
    return told | ({"tracking_code": case.tracking_code} if filed.outcome == "created" else {})


def filing_rows(command: FileSubmission, outcome: Outcome, received_at: datetime, now: datetime) -> tuple[Row, ...]:
    """Rows that must be new: each submission is filed once, each external id has one first submission."""
    filed = Insert("submission_cases", command.submission_id, row_of(command, outcome, received_at, now))
    if command.external_key is None or command.same_external_id_as is not None:
        return (filed,)
    return (filed, Insert("external_ids", command.external_key, {"submission_id": command.submission_id}))
