# SPDX-License-Identifier: Apache-2.0
"""Documents asked from several, each with a day, one reminder and one end of their own (CNF-10)."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routing_story import AGENT, BOGOTA, RESPONDER, Story, filed, local, names, said

from routing.domain.answering.commands import Reject
from routing.domain.commands import (
    AnswerPerson,
    AskedOf,
    Classify,
    Command,
    DeliverDocuments,
    Extend,
    RequestDocuments,
    StopClock,
)
from routing.domain.urgency import task_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import (
    DocumentsApproaching,
    DocumentsDelivered,
    DocumentsOverdue,
    DocumentsRequested,
    PlannedAction,
)

JULIAN = Actor(id="julian-rojas", role="responder")
PLAN = (PlannedAction(what="Pagar", who="Tesorería", until=date(2026, 3, 16)),)


def asked(*others: AskedOf, due: date = date(2026, 3, 12), at: str = "2026-03-03 09:00") -> Story:
    story = Story(filed())
    story.ask(RequestDocuments(AGENT, "r-1", due, "El extracto.", others=others), at=at)
    return story


def both() -> Story:
    return asked(AskedOf("r-2", JULIAN.id, date(2026, 3, 17)))


def test_several_are_asked_at_once_each_with_a_day_of_their_own() -> None:
    story = both()
    requests = [event for event in story.told if isinstance(event, DocumentsRequested)]
    assert [(one.request_id, one.responder.id, one.due.isoformat()) for one in requests] == [
        ("r-1", RESPONDER.id, "2026-03-12"),
        ("r-2", JULIAN.id, "2026-03-17"),
    ]
    assert {name: at for name, at in story.timers.items() if name.startswith("documents")} == {
        "documents-reminder/r-1": local("2026-03-10 08:00"),
        "documents-overdue/r-1": local("2026-03-13 00:00"),
        "documents-reminder/r-2": local("2026-03-13 08:00"),
        "documents-overdue/r-2": local("2026-03-18 00:00"),
    }


@pytest.mark.parametrize(
    ("other", "code"),
    [
        (AskedOf("r-2", "nadie", date(2026, 3, 17)), "unknown-member"),
        (AskedOf("r-2", JULIAN.id, date(2026, 3, 1)), "day-is-past"),
    ],
)
def test_one_that_cannot_be_asked_leaves_all_unasked(other: AskedOf, code: str) -> None:
    story = Story(filed())
    command = RequestDocuments(AGENT, "r-1", date(2026, 3, 12), "El extracto.", others=(other,))
    assert story.ask_in_vain(command).code == code
    assert story.case.requests == ()


def test_each_is_reminded_once_and_said_to_be_overdue_once() -> None:
    story = both()
    told = [event for event in story.wait_until("2026-04-30 08:00") if event.TYPE.startswith("documents")]
    assert [(type(event), event.request_id) for event in told] == [  # type: ignore[attr-defined]
        (DocumentsApproaching, "r-1"),
        (DocumentsOverdue, "r-1"),
        (DocumentsApproaching, "r-2"),
        (DocumentsOverdue, "r-2"),
    ]
    assert isinstance(told[0], DocumentsApproaching)
    assert told[0].business_days_left == 2
    assert isinstance(told[1], DocumentsOverdue)
    assert [one.id for one in told[1].copies] == [AGENT.id]


def test_who_delivers_is_told_nothing_and_the_others_still_are() -> None:
    story = both()
    story.ask(DeliverDocuments(RESPONDER, "Va.", plan=PLAN))
    assert story.only(DocumentsDelivered).personal.plan == PLAN
    assert story.case.deliveries[0].plan == PLAN
    told = [event for event in story.wait_until("2026-03-18 08:00") if event.TYPE.startswith("documents")]
    assert [event.request_id for event in told] == ["r-2", "r-2"]  # type: ignore[attr-defined]
    assert task_of(story.case) == "documents-overdue"


def test_no_reminder_goes_out_together_with_the_request() -> None:
    story = asked(due=date(2026, 3, 4))
    assert names(story.wait_until("2026-03-04 20:00")) == []
    assert names(story.wait_until("2026-03-05 08:00")) == ["documents-overdue"]


def test_while_the_term_stands_still_the_house_goes_on_working() -> None:
    story = asked()
    story.ask(StopClock(AGENT, "Falta el certificado."))
    assert names(story.wait_until("2026-03-13 08:00")) == ["documents-approaching", "documents-overdue"]


def test_a_new_due_date_of_the_case_does_not_remind_again() -> None:
    story = asked()
    assert names(story.wait_until("2026-03-11 08:00")) == ["documents-approaching"]
    story.ask(Extend(AGENT, date(2026, 4, 8), "Falta el concepto."))
    assert [name for name in names(story.wait_until("2026-03-20 08:00")) if name.startswith("documents")] == [
        "documents-overdue"
    ]


def test_what_was_pending_when_the_case_ended_is_asked_of_nobody_when_it_opens_again() -> None:
    story = asked()
    story.ask(Reject(AGENT, "disrespectful", "Insultos."))
    story.hear(said("Le explico.", "2026-03-05 09:00"), at="2026-03-05 09:00")
    assert story.case.open
    told = names(story.wait_until("2026-03-20 08:00"))
    assert [name for name in told if name.startswith("documents")] == []


STEPS = ("deliver", "answer", "classify", "extend", "stop", "reject", "say", "wait-1", "wait-3", "wait-9")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_whatever_happens_each_request_is_told_once_and_never_of_a_case_that_is_over(steps: list[str]) -> None:
    story = both()
    for n, step in enumerate(steps):
        before = story.case.open, len(story.told)
        _take(story, step, n)
        if not before[0] and not story.case.open:
            assert [name for name in names(story.told[before[1] :]) if name.startswith("documents-")] == []
    told = Counter(
        (event.TYPE, event.request_id)
        for event in story.told
        if isinstance(event, DocumentsApproaching | DocumentsOverdue)
    )
    assert all(count == 1 for count in told.values()), told


def _take(story: Story, step: str, n: int) -> None:
    commands: dict[str, Command] = {
        "deliver": DeliverDocuments(RESPONDER, "Va."),
        "answer": AnswerPerson(AGENT, f"a-{n}", "Ya.", delivery="handed-over"),
        "classify": Classify(AGENT, term="documents" if n % 2 else "general"),
        "extend": Extend(AGENT, date(2026, 4, 8), "Falta el concepto."),
        "stop": StopClock(AGENT, "Falta."),
        "reject": Reject(AGENT, "disrespectful", "Insultos."),
    }
    if step in commands:
        story.try_to(commands[step])
    elif step == "say":
        at = story.now.astimezone(BOGOTA).replace(tzinfo=None).isoformat(" ")
        story.hear(said("Más.", at, reopens=True))
    else:
        days = timedelta(days=int(step.removeprefix("wait-")))
        story.wait_until((story.now + days).astimezone(BOGOTA).replace(tzinfo=None).isoformat(" "))
