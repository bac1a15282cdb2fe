# SPDX-License-Identifier: Apache-2.0
"""Intake; persons file what the story says they filed, and the desk uploads."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Literal

from tests.contract.needs.casts.membership import membership_asked, of_membership
from tests.contract.needs.stage import Asked, Cast, Stage
from tests.contract.needs.story import whole_story
from tests.contract.needs.told import Told

from intake.consumers import CASES, SUBMISSIONS
from intake.domain.emergency_marks import DecideEmergency
from intake.domain.links import SettleLink, link_id
from intake.domain.ordered_terms import RegisterTutela, TellRegulatorDue
from intake.domain.person_reach import CorrectCasePerson
from intake.domain.sender import SenderCheck
from intake.domain.splitting import SplitCase
from intake.domain.submission import FileSubmission, LetterReport, Proposal, Related, SetAside
from intake.domain.upload import FileAnswerWithRegulator
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import (
    AddresseeAdded,
    AnswerFiledWithRegulator,
    CaseFiled,
    CaseLinked,
    CaseSplit,
    DeliveryProposed,
    DeliveryReportReceived,
    Emergency,
    EmergencyDecided,
    MembershipForm,
    MessageAppended,
    PersonCorrected,
    PossibleDuplicateFound,
    SubmissionCreated,
    SubmissionForm,
    SubmissionHeld,
    SubmissionIgnored,
    SubmissionOutcome,
    SubmissionRejected,
    TermOrdered,
    Tutela,
    TutelaForm,
)

CITIZEN = Actor(id="citizen", role="citizen")
SET_ASIDE: Mapping[type[SubmissionOutcome], Literal["held", "ignored", "rejected"]] = {
    SubmissionHeld: "held",
    SubmissionIgnored: "ignored",
    SubmissionRejected: "rejected",
}


def _asks(stage: Stage, told: Told) -> Iterator[Asked]:
    subject = told.envelope.subject
    if isinstance(told.event, CaseFiled):
        yield _filed(subject, told.event)
        return
    if (command := _of_a_case(subject, told.event) or of_membership(stage, subject, told.event)) is not None:
        yield Asked("cases", subject, command)
        return
    match told.event:
        case SubmissionCreated():
            again = next(one for one in whole_story() if _is_filing(one, subject))
            assert isinstance(again.event, CaseFiled)
            yield _filed(again.envelope.subject, again.event)
        case SubmissionIgnored(reason="delivery-report") as event:
            report = next(one for one in whole_story() if isinstance(one.event, DeliveryReportReceived))
            yield Asked("cases", report.envelope.subject, _reporting(report, _set_aside(subject, event)))
        case SubmissionHeld() | SubmissionIgnored() | SubmissionRejected() as event:
            yield Asked("submissions", subject, _set_aside(subject, event))


def _is_message(told: Told, submission_id: str) -> bool:
    return isinstance(told.event, MessageAppended) and told.event.submission_id == submission_id


def _of_a_case(subject: str, event: Event) -> object | None:
    match event:
        case CaseLinked():
            return SettleLink(event.actor, subject, link_id(subject, event.other_case_id), event.status)
        case MessageAppended():
            return _appending(subject, event)
        case DeliveryProposed():
            return _proposing(subject, event)
        case AddresseeAdded():
            appended = next(one.event for one in whole_story() if _is_message(one, event.submission_id))
            assert isinstance(appended, MessageAppended)
            return replace(_appending(subject, appended), mailbox=event.mailbox)
        case PersonCorrected():
            return _correcting(event)
        case AnswerFiledWithRegulator():
            return FileAnswerWithRegulator(event.actor, event.reference, event.filed_at, event.files)
    return _urgent(event)


def _urgent(event: Event) -> object | None:
    match event:
        case EmergencyDecided():
            return DecideEmergency(event.actor, event.emergency.matter if event.emergency else None, event.reason)
        case TermOrdered(tutela=None, regulator_due=due) if due is not None:
            return TellRegulatorDue(event.actor, due)
        case TermOrdered(tutela=tutela) if tutela is not None:
            return RegisterTutela(event.actor, _tutela_form(tutela))
    return None


def _is_filing(told: Told, submission_id: str) -> bool:
    return isinstance(told.event, CaseFiled) and told.event.submission_id == submission_id


def _filed(case_id: str, event: CaseFiled) -> Asked:
    """A submission does it, or an agent who splits another case."""
    for told in whole_story():
        if isinstance(told.event, CaseSplit) and told.event.new_case_id == case_id:
            split, old = told.event, told.envelope.subject
            filing = _filing(case_id, event)
            return Asked("cases", old, SplitCase(split.actor, old, split.submission_id, split.reason, filing))
    return Asked("cases", case_id, _filing(case_id, event))


def _related(case_id: str) -> tuple[Related, ...]:
    """What the story says that a case began to be linked with."""
    mine = [told.event for told in whole_story() if told.envelope.subject == case_id]
    scores = {one.other_case_id: one.score for one in mine if isinstance(one, PossibleDuplicateFound)}
    proposed = [one for one in mine if isinstance(one, CaseLinked) and one.status == "proposed"]
    return tuple(
        Related(one.other_case_id, one.other_case_number, one.relation, scores.get(one.other_case_id))
        for one in proposed
    )


def _outcome(submission_id: str) -> SubmissionOutcome:
    """What the story says became of a submission: only there stands its external id."""
    events = [one.event for one in whole_story() if one.envelope.subject == submission_id]
    return next(event for event in events if isinstance(event, SubmissionOutcome))


def _filing(case_id: str, event: CaseFiled) -> FileSubmission:
    personal, outcome = event.personal, _outcome(event.submission_id)
    return FileSubmission(
        submission_id=event.submission_id,
        channel=event.channel,
        external_id=outcome.external_id,
        external_key=event.submission_id,
        content_hash="0" * 64,
        actor=event.actor,
        tracking_code=personal.tracking_code,
        sender=SenderCheck(verdict=event.authenticated) if event.authenticated else None,
        form=SubmissionForm(
            person=personal.person,
            anonymous=event.anonymous,
            subject=personal.subject,
            text=personal.text,
            kind=event.kind_stated,
            area=event.area_stated,
            service_point=event.service_point,
            municipality=event.municipality,
            segment=event.segment,
            regulator=event.regulator,
            product_reference=event.product_reference,
            product=event.product,
            membership=MembershipForm(kind=event.membership.kind) if event.membership else None,
            tutela=_tutela_form(event.tutela) if event.tutela else None,
            received_at=event.received_at,
            late_reason="it waited in the channel",
            answer_on_spot=personal.answer_on_spot,
            data_consent=personal.consent is not None or None,
            archive_place=event.archive_place,
            social=personal.social,
        ),
        files=event.files,
        full_text=event.full_text,
        mail=personal.mail,
        case_id=case_id,
        number=event.case_number,
        related=_related(case_id),
        regulator_scope="all",
        emergency=event.emergency,
        membership=membership_asked(event.membership, event.files) if event.membership else None,
        same_external_id_as=outcome.same_external_id_as if isinstance(outcome, SubmissionCreated) else None,
    )


def _tutela_form(tutela: Tutela) -> TutelaForm:
    """As it was written down: hours, or a date and hour."""
    return TutelaForm(
        court=tutela.court,
        reference=tutela.reference,
        answer_by=None if tutela.hours else tutela.answer_by,
        hours=tutela.hours,
    )


def _appending(case_id: str, event: MessageAppended) -> FileSubmission:
    return FileSubmission(
        submission_id=event.submission_id,
        channel=event.channel,
        external_id=_outcome(event.submission_id).external_id,
        external_key=None,
        content_hash="0" * 64,
        actor=event.actor,
        tracking_code="",
        form=SubmissionForm(text=event.personal.text, received_at=event.received_at),
        files=event.files,
        full_text=event.full_text,
        reopens=event.reopens,
        mail=event.personal.mail,
        case_id=case_id,
        emergency=_spoken_of(case_id, event),
    )


def _spoken_of(case_id: str, appended: MessageAppended) -> Emergency | None:
    """The danger that the story says a message speaks of: it is told with it."""
    mine = [told for told in whole_story() if told.envelope.subject == case_id]
    at = next(told.envelope.time for told in mine if told.event == appended)
    said = (told.event for told in mine if told.envelope.time == at)
    return next((one.emergency for one in said if isinstance(one, EmergencyDecided)), None)


def _correcting(event: PersonCorrected) -> CorrectCasePerson:
    return CorrectCasePerson(
        actor=event.actor,
        correction=event.correction,
        fields=event.fields,
        person=event.personal.person,
        municipality=event.municipality,
        before_email="duvan.quintero@correo.example",
    )


def _reporting(told: Told, mail: FileSubmission) -> FileSubmission:
    """The mail that the case hears of; it tells both, that one ignored and what it reports."""
    event, case_id = told.event, told.envelope.subject
    assert isinstance(event, DeliveryReportReceived)
    report = LetterReport(
        case_id=case_id,
        letter=event.letter,
        message_id=event.message_id.strip("<>"),
        action=event.action,
        status=event.status,
        recipient=event.personal.recipient,
        diagnostic=event.personal.diagnostic,
    )
    return replace(mail, reports=(report,), case_id=case_id)


def _proposing(case_id: str, event: DeliveryProposed) -> FileSubmission:
    return FileSubmission(
        submission_id=event.submission_id,
        channel="email",
        external_id="<from-the-house@cajaejemplo.example>",
        external_key=None,
        content_hash="0" * 64,
        actor=CITIZEN,
        tracking_code="",
        form=SubmissionForm(text=event.personal.text, received_at=event.received_at),
        files=event.files,
        full_text=event.full_text,
        mail=event.personal.mail,
        proposal=Proposal(event.responder, (case_id,)),
        case_id=case_id,
    )


def _set_aside(submission_id: str, event: SubmissionHeld | SubmissionIgnored | SubmissionRejected) -> FileSubmission:
    return FileSubmission(
        submission_id=submission_id,
        channel=event.channel,
        external_id=event.external_id,
        external_key=submission_id,
        content_hash="0" * 64,
        actor=CITIZEN,
        tracking_code="",
        form=SubmissionForm(text="", received_at=event.received_at),
        set_aside=SetAside(SET_ASIDE[type(event)], event.reason),
    )


def intake() -> Cast:
    return Cast("intake", (CASES, SUBMISSIONS), _asks)
