# SPDX-License-Identifier: Apache-2.0
"""Events as other services tell them, and a cube of sums as the store keeps it."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from chassis.clock import parse_instant
from chassis.decision import Add, Received, Row
from reporting.domain.counting import CaseCounting
from reporting.domain.facts import CaseFact
from ventanilla_contracts.envelope import Actor, Event, StaffRef
from ventanilla_contracts.intake import CaseFiled, Person, PersonalFiling
from ventanilla_contracts.notifications import (
    DeliveryBounced,
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    PersonalDelivery,
)
from ventanilla_contracts.routing import (
    CaseAnswered,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    CaseReopened,
    DeadlineApproaching,
    DeadlineMissed,
    DeadlineSet,
)
from ventanilla_contracts.satisfaction import (
    CheckCompleted,
    CheckScheduled,
    CheckWaived,
    ContactAttempted,
    PersonalSummary,
)
from ventanilla_contracts.vocabulary import Channel, CheckOutcome, Kind

BOGOTA = ZoneInfo("America/Bogota")
COUNT = CaseCounting(BOGOTA)
MARCH_2 = parse_instant("2026-03-02T10:15:00-05:00")
DUE = date(2026, 3, 24)
ACTOR = Actor(id="x", role="service")
SOMEBODY = StaffRef(id="ana", name="Ana", email="ana@caja.example")

Cell = tuple[tuple[str, str | None], ...]
Cube = Counter[tuple[Cell, str]]


def filed(at: datetime = MARCH_2, channel: Channel = "web", service_point: str | None = None) -> CaseFiled:
    return CaseFiled(
        actor=ACTOR,
        case_number="CAJA-2026-000001-1",
        submission_id="s",
        channel=channel,
        received_at=at,
        registered_at=at,
        service_point=service_point,
        personal=PersonalFiling(person=Person(), subject="", text="…", tracking_code="A"),
    )


def classified(kind: Kind = "claim", area: str = "recreation") -> CaseClassified:
    return CaseClassified(
        actor=ACTOR,
        area=area,
        area_name=area.title(),
        attribute="accuracy",
        regulator_category="x",
        kind=kind,
        term="general",
        priority="normal",
        by="rules",
    )


def deadline(due: date = DUE) -> DeadlineSet:
    at = datetime(due.year, due.month, due.day, tzinfo=BOGOTA) + timedelta(hours=23)
    return DeadlineSet(
        actor=ACTOR,
        due=due,
        due_at=at,
        term="general",
        anchor=due,
        rule="r",
        source="s",
        calendar_version="1",
        because="filed",
        trace=(),
    )


def approaching() -> DeadlineApproaching:
    return DeadlineApproaching(actor=ACTOR, due=DUE, responder=SOMEBODY, business_days_left=2)


def missed() -> DeadlineMissed:
    return DeadlineMissed(actor=ACTOR, due=DUE, responder=SOMEBODY)


def escalated() -> CaseEscalated:
    return CaseEscalated(
        actor=ACTOR, level=2, level_name="Jefe", from_responder=SOMEBODY, to=(SOMEBODY,), why="missed", due=DUE
    )


def answered(at: datetime = MARCH_2 + timedelta(days=7), *, in_time: bool = True) -> CaseAnswered:
    return CaseAnswered(actor=ACTOR, answer_id="a", answered_at=at, delivery="email", due=DUE, in_time=in_time)


def closed() -> CaseClosed:
    return CaseClosed(actor=ACTOR, reason="check-completed")


def sent() -> DeliverySent:
    return DeliverySent(
        actor=ACTOR,
        letter_id="l",
        kind="answer",
        message_id="m",
        personal=PersonalDelivery(to=()),
        sent_at=MARCH_2,
        attempt=1,
    )


def failed() -> DeliveryFailed:
    return DeliveryFailed(
        actor=ACTOR,
        letter_id="l",
        kind="answer",
        message_id="m",
        personal=PersonalDelivery(to=()),
        failed_at=MARCH_2,
        attempt=1,
        reason="550",
    )


def bounced() -> DeliveryBounced:
    to = PersonalDelivery(to=())
    return DeliveryBounced(
        actor=ACTOR, letter_id="l", kind="answer", message_id="m", personal=to, bounced_at=MARCH_2, reason="550"
    )


def reopened(
    reason: Literal["answer-bounced", "person-replied", "replied-in-time"] = "answer-bounced",
) -> CaseReopened:
    return CaseReopened(actor=ACTOR, reason=reason, answer_id="a")


def unknown() -> DeliveryUnknown:
    return DeliveryUnknown(
        actor=ACTOR, letter_id="l", kind="answer", message_id="m", personal=PersonalDelivery(to=()), since=MARCH_2
    )


def scheduled() -> CheckScheduled:
    return CheckScheduled(actor=ACTOR, check_id="c", kind="claim")


def waived() -> CheckWaived:
    return CheckWaived(actor=ACTOR, reason="anonymous")


def called() -> ContactAttempted:
    return ContactAttempted(
        actor=ACTOR,
        check_id="c",
        number=1,
        at=MARCH_2,
        day=MARCH_2.date(),
        result="not-contacted",
        personal=PersonalSummary(),
    )


def checked(outcome: CheckOutcome = "satisfied") -> CheckCompleted:
    return CheckCompleted(actor=ACTOR, check_id="c", outcome=outcome, attempts=(), personal=PersonalSummary())


def tell(*events: Event, at: datetime = MARCH_2, fact: CaseFact | None = None) -> tuple[CaseFact, list[Row]]:
    """The fact after these events, all of them said at one moment, and the rows that they wrote."""
    rows: list[Row] = []
    for event in events:
        decision = COUNT(fact, Received(event, "id", "case-1", at, event.TOPIC), at)
        fact, rows = decision.state, [*rows, *decision.rows]
    assert fact is not None
    return fact, rows


def cube(rows: Iterable[Row]) -> Cube:
    """What the rows add up to, by cell and measure, without what is zero."""
    sums: Cube = Counter()
    for row in rows:
        assert isinstance(row, Add)
        labels = {name: None if value is None else str(value) for name, value in row.labels.items()}
        cell = tuple(sorted((name, value) for name, value in labels.items() if name != "area_name"))
        for measure, amount in row.amounts.items():
            sums[cell, measure] += amount
    return Counter({key: amount for key, amount in sums.items() if amount})


def by_measure(sums: Cube) -> dict[str, int]:
    """The cube without its cells."""
    found: Counter[str] = Counter()
    for (_, measure), amount in sums.items():
        found[measure] += amount
    return dict(found)
