# SPDX-License-Identifier: Apache-2.0
"""A case comes in: in one decision it is classified, assigned and given its deadline (CNF-02, 06, 07, 08; ICX-03)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid5

from chassis.decision import Decision, Insert, Received
from routing.domain.answering.ended import say_answered
from routing.domain.answering.records import Answer
from routing.domain.answering.rejecting import note_clarified
from routing.domain.assigning import assign_by_matrix, say_classified
from routing.domain.case import Case
from routing.domain.classifying.learned import classified, known
from routing.domain.classifying.proposal import FiledWithProposal
from routing.domain.clock.clock import set_deadline, start_timers
from routing.domain.clock.stopping import note_reply
from routing.domain.closing import close_compliment
from routing.domain.handling import Handling
from routing.domain.matrix.escalation import escalate_at_once
from routing.domain.policy import ROUTING, Policy
from routing.domain.reopening import reopen
from routing.domain.urgent import weighed
from ventanilla_contracts.envelope import NAMESPACE
from ventanilla_contracts.intake import CaseFiled, MessageAppended, PersonCorrected, PersonField

_FIELDS: Mapping[PersonField, tuple[str, ...]] = {
    "name": ("name",),
    "document": ("document_type", "document_number"),
    "email": ("email",),
    "phone": ("phone",),
    "address": ("address",),
    "municipality": (),
}
ENDED_ELSEWHERE = ("withdrawn", "transferred", "rejected")
"""What the person says of such a case is as good as filing it again (CPACA arts. 17, 19)."""
MESSAGES = "messages"
"""Collection of what persons said after the filing; rows of their own, so that a busy case stays small."""


def on_case_filed(policy: Policy, came: FiledWithProposal, now: datetime) -> Decision[Case]:
    """The state, and what the other services are told."""
    filed = came.received.event
    handling = Handling(Case.filed(came.received.subject, filed), now)
    handling.note(filed, filed.registered_at)
    proposal = known(policy, came.proposal) if came.proposal else None
    calm = classified(policy, filed, proposal)
    about = weighed(policy, handling.case, calm)
    handling.change(calm=calm if about != calm else None, proposal=proposal if calm.model else None)
    say_classified(handling, about, ROUTING)
    assign_by_matrix(handling, policy)
    set_deadline(handling, policy, "filed")
    if about.kind == "compliment":
        close_compliment(handling, policy)
    elif filed.answered_on_spot is not None:
        escalate_at_once(handling, policy)
        _take_over_answer(handling, filed, filed.answered_on_spot.at)
    else:
        start_timers(handling, policy)
        escalate_at_once(handling, policy)
    return handling.decision()


def on_message_appended(
    policy: Policy, case: Case, received: Received[MessageAppended], now: datetime
) -> Decision[Case]:
    """The person said more: it is kept with the case, and its files, the whole of a long text too, with the case's."""
    handling, event = Handling(case, now), received.event
    files = (*event.files, *((event.full_text,) if event.full_text else ()))
    row = {
        "case": case.id,
        "at": event.received_at,
        "channel": event.channel,
        "text": event.personal.text,
        "files": [file.model_dump() for file in files],
    }
    handling.keep(Insert(MESSAGES, received.id, row))
    handling.note(event, event.received_at)
    handling.change(messages=case.messages + 1, files=(*case.files, *files))
    note_clarified(handling, event.received_at)
    taken_back = note_reply(handling, policy, event.received_at)
    if not taken_back and ((event.reopens and case.status == "closed") or case.status in ENDED_ELSEWHERE):
        reopen(handling, policy, event.received_at)
    return handling.decision()


def on_person_corrected(_: Policy, case: Case, received: Received[PersonCorrected], now: datetime) -> Decision[Case]:
    """Whoever answers sees the data that hold now, and the answer goes there."""
    handling, event = Handling(case, now), received.event
    says, named = event.personal.person, [name for field in event.fields for name in _FIELDS[field]]
    handling.note(event, received.time)
    handling.change(person=case.person.model_copy(update={name: getattr(says, name) for name in named}))
    if "municipality" in event.fields:
        handling.change(municipality=event.municipality)
    return handling.decision()


def _take_over_answer(handling: Handling, filed: CaseFiled, at: datetime) -> None:
    """CNF-02: solved on the spot is registered as answered at that time, by whoever filed it."""
    given = Answer(
        id=str(uuid5(NAMESPACE, f"{handling.case.id}/answer-on-the-spot")),
        text=filed.personal.answer_on_spot or "",
        delivery="handed-over",
        by=filed.actor,
        approved_at=at,
    )
    handling.change(answers=(given,))
    say_answered(handling, given.id, at, "handed-over", filed.actor)
