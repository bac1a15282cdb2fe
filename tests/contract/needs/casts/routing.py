# SPDX-License-Identifier: Apache-2.0
"""Routing under the sample organisation; agents and responders ask what the story says they asked."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml
from tests.contract.needs.stage import Asked, Cast, Stage
from tests.contract.needs.told import Told

from chassis.decision import Decision, Received, Refused
from chassis.i18n import catalogue
from chassis.staff import Member, Staff
from chassis.subjects import Aggregate
from routing.consumers import CASES, cases_under
from routing.domain.answering.commands import (
    ApproveDraft,
    AskClarification,
    MarkOmbudsman,
    NoteOmbudsmanDecision,
    Reject,
    Review,
    SaveDraft,
    WidenOmbudsman,
)
from routing.domain.answering.rules import Answering
from routing.domain.case import Case
from routing.domain.classifying.classification import Classifier
from routing.domain.classifying.proposal import FiledWithProposal, Guess, Proposal
from routing.domain.commands import (
    AnswerPerson,
    Assign,
    Classify,
    ClockCommand,
    Command,
    DeliverDocuments,
    Extend,
    ExtendStop,
    RequestDocuments,
    ResumeClock,
    StopClock,
    Transfer,
    Withdraw,
)
from routing.domain.matrix.matrix import EscalationMatrix
from routing.domain.policy import Observations, Policy
from routing.organisation.legal_data import load_calendar, load_terms, load_words
from routing.organisation.policy_files import house_of, read_answering, read_classification, read_matrix, read_slas
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled
from ventanilla_contracts.routing import (
    AnswerApproved,
    AnswerDrafted,
    AnswerReturned,
    AnswerReviewed,
    AnswerReviewRequested,
    CaseAssigned,
    CaseClassified,
    CaseRejected,
    CaseTransferred,
    CaseWithdrawn,
    ClarificationRequested,
    ClockResumed,
    ClockStopExtended,
    ClockStopped,
    DeadlineExtended,
    DocumentsDelivered,
    DocumentsRequested,
    OmbudsmanAsked,
    OmbudsmanDecided,
    OmbudsmanTermWidened,
    PartialAnswerApproved,
    PersonalWords,
)


def sample_staff() -> Staff:
    """The invented people of the demonstrations."""
    people = yaml.safe_load((files("chassis") / "staff_demo.yaml").read_text("utf-8"))
    return Staff(Member(**one, email=f"{one['id'].replace('-', '.')}@caja.example") for one in people)


def sample_policy() -> Policy:
    staff, classification, texts = sample_staff(), read_classification(), catalogue("routing")
    areas = {area.id: area.name for area in classification.areas}
    calendar = load_calendar()
    return Policy(
        classifier=Classifier(classification),
        matrix=EscalationMatrix(read_matrix(staff, classification), house_of(staff), areas),
        terms=load_terms(),
        calendar=calendar,
        slas=read_slas(classification),
        answering=Answering(read_answering(staff), house_of(staff).people),
        words={"es": load_words("es", calendar), "en": load_words("en", calendar)},
        observations=Observations(
            compliment=texts.t("observations.compliment"),
            not_contacted=texts.t("observations.not-contacted"),
            tutela_source=texts.find("observations.tutela-source") or "",
            regulator_source=texts.find("observations.regulator-source") or "",
        ),
    )


MODEL = Proposal(
    model="2026-02-27-5e1f09ac",
    guesses={
        "area": Guess(value="recreacion", confidence=0.31, words=("cancha",)),
        "attribute": Guess(value="kindness", confidence=0.91),
        "kind": Guess(value="compliment", confidence=0.97),
        "term": Guess(value="consultation", confidence=0.98),
        "priority": Guess(value="normal", confidence=0.99),
    },
)
"""What a model proposes for every filing: of some fields it is sure enough, of others it may not decide."""


def asked_of_a_model(aggregate: Aggregate) -> Aggregate:
    """The cases, each filing with a proposal as the service's hook hands it in."""

    def decide(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
        match message:
            case Received(event=CaseFiled()):
                return aggregate.decide(case, FiledWithProposal(message, MODEL), now)
        return aggregate.decide(case, message, now)

    return replace(aggregate, decide=decide)


def _asks(stage: Stage, told: Told) -> Iterator[Asked]:
    command = _command(stage, told)
    if command is not None:
        yield Asked(CASES, told.envelope.subject, command)


def _command(stage: Stage, told: Told) -> Command | None:
    match told.event:
        case CaseClassified(by="person") as event:
            return Classify(event.actor, kind=event.kind, term="documents", priority=event.priority)
        case CaseAssigned() as event:
            return Assign(event.actor, event.responder.id, event.observation)
        case DocumentsRequested() as event:
            text = event.personal.text
            responder = event.responder.id if event.responder.id in sample_policy().matrix.people else None
            return RequestDocuments(event.actor, event.request_id, event.due, text, responder, event.files or None)
        case DocumentsDelivered() as event:
            responder = stage.state(CASES, told.envelope.subject).assignment.responder
            actor = Actor(id=responder.id, role="responder")
            return DeliverDocuments(actor, event.personal.text, event.request_id, event.files, event.personal.plan)
        case AnswerApproved() as event:
            delivery: Literal["handed-over"] | None = "handed-over" if event.delivery == "handed-over" else None
            return AnswerPerson(event.actor, event.answer_id, event.personal.text, event.files, delivery)
    return _about_the_answer(stage, told) or _about_the_clock(told)


def _about_the_answer(stage: Stage, told: Told) -> Command | None:
    match told.event:
        case AnswerDrafted() as event:
            return SaveDraft(event.actor, _revision(stage, told), f"Borrador {event.revision}", partial=event.partial)
        case AnswerReviewRequested() as event:
            return Review(event.actor, "ask", event.revision)
        case AnswerReturned() as event:
            return Review(event.actor, "return", event.revision, event.personal.text)
        case AnswerReviewed() as event:
            return Review(event.actor, "pass", event.revision)
    return _about_what_is_sent(stage, told)


def _about_what_is_sent(stage: Stage, told: Told) -> Command | None:
    match told.event:
        case PartialAnswerApproved() as event if not _revision(stage, told):
            return AnswerPerson(event.actor, event.answer_id, event.personal.text, event.files, partial=True)
        case PartialAnswerApproved() as event:
            return ApproveDraft(event.actor, event.answer_id, _revision(stage, told))
        case ClarificationRequested() as event:
            return AskClarification(event.actor, event.personal.text)
        case OmbudsmanAsked() as event:
            said = event.personal
            return MarkOmbudsman(event.actor, event.reference, event.received_on, said.text, said.email)
        case OmbudsmanTermWidened() as event:
            return WidenOmbudsman(event.actor, event.reference, event.due, event.personal.text)
        case OmbudsmanDecided() as event:
            decided, text = (event.decided_on, event.favour), event.personal.text
            return NoteOmbudsmanDecision(event.actor, event.reference, *decided, text, event.files)
        case CaseRejected() as event:
            return Reject(event.actor, event.reason, event.personal.text, event.earlier_case_number)
    return None


def _revision(stage: Stage, told: Told) -> int:
    draft = stage.state(CASES, told.envelope.subject).draft
    return draft.revision if draft else 0


def _about_the_clock(told: Told) -> ClockCommand | None:
    match told.event:
        case ClockStopped() as event:
            return StopClock(event.actor, event.personal.text)
        case ClockStopExtended() as event:
            return ExtendStop(event.actor)
        case ClockResumed(because="completed") as event:
            return ResumeClock(event.actor, event.completed_on)
        case DeadlineExtended() as event:
            return Extend(event.actor, event.due, event.personal.text)
        case CaseWithdrawn(personal=PersonalWords() as words) as event:
            return Withdraw(event.actor, event.reason, words.text)
        case CaseTransferred() as event:
            return Transfer(event.actor, event.to_name, event.personal.text, event.to_email)
    return None


def routing() -> Cast:
    return Cast("routing", (asked_of_a_model(cases_under(cache(sample_policy))),), _asks)
