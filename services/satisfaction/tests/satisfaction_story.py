# SPDX-License-Identifier: Apache-2.0
"""Events as other services tell them, about invented people."""

from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from chassis.clock import parse_instant
from chassis.decision import Decision, Received, Refused
from satisfaction.domain.attempts import RecordAttempt
from satisfaction.domain.check import Check, Outcome, Result
from satisfaction.domain.decide import CheckRules
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import CaseFiled, Person, PersonalFiling, RegulatorRequest
from ventanilla_contracts.routing import CaseAnswered, CaseClassified, CaseClosed, CaseReopened
from ventanilla_contracts.vocabulary import CloseReason, Kind

BOGOTA = ZoneInfo("America/Bogota")
ROUTING = Actor(id="routing", role="service")
CALLER = Actor(id="paula", role="caller")
ANSWERED = parse_instant("2026-03-09T11:02:33-05:00")
RULES = CheckRules(BOGOTA, frozenset({"subsidios"}))


def filed(
    number: str = "CAJA-2026-000001-1",
    *,
    phone: str | None = "+573000000655",
    anonymous: bool = False,
    regulator: bool = False,
    at: datetime = ANSWERED,
) -> CaseFiled:
    return CaseFiled(
        actor=Actor(id="citizen", role="citizen"),
        case_number=number,
        submission_id="s",
        channel="regulator" if regulator else "web",
        received_at=at - timedelta(days=3),
        registered_at=at - timedelta(days=3),
        anonymous=anonymous,
        regulator=RegulatorRequest(authority="SSF", reference="1") if regulator else None,
        personal=PersonalFiling(
            person=Person(name="Duván Quintero", phone=phone), subject="Cobro doble", text="…", tracking_code="A"
        ),
    )


def classified(kind: Kind = "complaint", area: str = "recreation") -> CaseClassified:
    return CaseClassified(
        actor=ROUTING,
        area=area,
        area_name=area.title(),
        attribute="accuracy",
        regulator_category="x",
        kind=kind,
        term="general",
        priority="normal",
        by="rules",
    )


def answered(at: datetime = ANSWERED) -> CaseAnswered:
    due = at.astimezone(BOGOTA).date()
    return CaseAnswered(actor=ROUTING, answer_id="a", answered_at=at, delivery="email", due=due, in_time=True)


def closed(reason: CloseReason) -> CaseClosed:
    return CaseClosed(actor=ROUTING, reason=reason)


def reopened(reason: Literal["answer-bounced", "person-replied"] = "answer-bounced") -> CaseReopened:
    return CaseReopened(actor=ROUTING, reason=reason, answer_id="a")


def called(
    result: Result = "not-contacted", outcome: Outcome | None = None, at: str | None = None, summary: str = ""
) -> RecordAttempt:
    return RecordAttempt(CALLER, result, outcome, summary, parse_instant(at) if at else None)


def tell(*events: Event, check: Check | None = None, rules: CheckRules = RULES) -> tuple[Check, list[Event]]:
    """The check after these events, and what was said about it."""
    said: list[Event] = []
    for event in events:
        decision = rules(check, Received(event, "id", "case-1", ANSWERED, event.TOPIC), ANSWERED)
        assert isinstance(decision, Decision)
        check, said = decision.state, [*said, *(one for one in decision.events if isinstance(one, Event))]
    assert check is not None
    return check, said


def ask(check: Check | None, command: object, now: datetime | None = None) -> Decision[Check] | Refused:
    return RULES(check, command, now or ANSWERED + timedelta(days=60))


def to_call(kind: Kind = "complaint") -> Check:
    """A check on the call list."""
    check, _ = tell(filed(), classified(kind), answered())
    assert check.status == "pending"
    return check
