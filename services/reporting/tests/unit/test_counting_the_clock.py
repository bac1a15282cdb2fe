# SPDX-License-Identifier: Apache-2.0
"""Time that the clock stood still makes no case late; withdrawals and transfers are counted as such (ICX-04)."""

from datetime import date, timedelta
from typing import Any, Literal

import pytest
from reporting_story import MARCH_2, by_measure, classified, cube, deadline, filed, missed, reopened, tell

from reporting.domain.facts import FOREVER
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.routing import (
    CaseRejected,
    CaseTransferred,
    CaseWithdrawn,
    ClockStopped,
    DocumentsOverdue,
    PartialAnswerApproved,
    PersonalAnswer,
    PersonalWords,
)

AGENT = Actor(id="catalina-ospina", role="agent")
DAY_8 = MARCH_2 + timedelta(days=8)


def stopped() -> ClockStopped:
    until = date(2026, 4, 10)
    values: dict[str, Any] = {"since": DAY_8.date(), "until": until, "until_at": DAY_8, "days_left": 9, "trace": ()}
    source: dict[str, Any] = {"rule": "r", "source": "s", "calendar_version": "c"}
    return ClockStopped(actor=AGENT, **values, **source, personal=PersonalWords(text="Falta algo."))


def withdrawn() -> CaseWithdrawn:
    return CaseWithdrawn(actor=AGENT, reason="not-completed", source="s")


def transferred() -> CaseTransferred:
    words = PersonalWords(text="Es su competencia.")
    return CaseTransferred(
        actor=AGENT, to_name="Alcaldía", due=date(2026, 3, 9), in_time=True, source="s", personal=words
    )


def rejected() -> CaseRejected:
    return CaseRejected(actor=AGENT, reason="disrespectful", source="s", personal=PersonalWords(text="Insultos."))


def test_while_the_clock_stands_still_nothing_is_due() -> None:
    fact, _ = tell(filed(), classified(), deadline(), stopped())
    assert fact.due == FOREVER
    fact, _ = tell(deadline(), fact=fact)
    assert fact.due < FOREVER


@pytest.mark.parametrize(
    ("event", "measure"), [(withdrawn(), "withdrawn"), (transferred(), "transferred"), (rejected(), "rejected")]
)
def test_what_ends_without_an_answer_is_counted_as_such_and_owed_no_more(event: Any, measure: str) -> None:
    fact, rows = tell(filed(), classified(), deadline(), event)
    assert {name: n for name, n in by_measure(cube(rows)).items() if n} == {"received": 1, measure: 1}
    assert fact.open_until == fact.unanswered_until < FOREVER


@pytest.mark.parametrize("reason", ["person-replied", "replied-in-time"])
def test_a_withdrawal_that_was_taken_back_does_not_count(reason: Literal["person-replied", "replied-in-time"]) -> None:
    fact, rows = tell(filed(), classified(), deadline(), withdrawn())
    fact, more = tell(reopened(reason), fact=fact)
    assert {name: n for name, n in by_measure(cube([*rows, *more])).items() if n} == {"received": 1}
    assert (fact.open_until, fact.unanswered_until) == (FOREVER, FOREVER)


def test_what_was_missed_before_stays_so() -> None:
    _, rows = tell(filed(), classified(), deadline(), missed(), withdrawn())
    assert by_measure(cube(rows))["missed"] == 1


def test_a_rejection_that_the_person_replied_to_does_not_count() -> None:
    fact, rows = tell(filed(), classified(), deadline(), rejected())
    _, more = tell(reopened("person-replied"), fact=fact)
    assert {name: n for name, n in by_measure(cube([*rows, *more])).items() if n} == {"received": 1}


def test_a_part_of_an_answer_is_counted_and_is_no_answer() -> None:
    words = PersonalAnswer(text="Una parte.", to="ana@correo.example")
    part = PartialAnswerApproved(actor=AGENT, answer_id="p-1", delivery="email", personal=words)
    fact, rows = tell(filed(), classified(), deadline(), part)
    assert {name: n for name, n in by_measure(cube(rows)).items() if n} == {"received": 1, "answered_in_part": 1}
    assert fact.unanswered_until == FOREVER


def test_documents_that_did_not_come_in_time_are_counted() -> None:
    marcela = StaffRef(id="m", name="Marcela", email="m@caja.example")
    late = DocumentsOverdue(actor=AGENT, request_id="r-1", responder=marcela, due=DAY_8.date())
    _, rows = tell(filed(), classified(), deadline(), late)
    assert by_measure(cube(rows))["documents_overdue"] == 1
