# SPDX-License-Identifier: Apache-2.0
"""What the ombudsman of the financial consumer asked in a period, and how much of it was answered in time (ICX-08)."""

from datetime import date, timedelta
from typing import Any

import pytest
from reporting_story import MARCH_2, answered, by_measure, classified, cube, deadline, filed, reopened, tell

from chassis.decision import Add
from reporting.domain.indicators import Figures, indicators
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import (
    OmbudsmanAsked,
    OmbudsmanDecided,
    OmbudsmanTermWidened,
    PersonalQuestion,
    PersonalWords,
)
from ventanilla_contracts.vocabulary import Favour

AGENT = Actor(id="catalina-ospina", role="agent")
DAY = timedelta(days=1)


def asked(due_in: int) -> OmbudsmanAsked:
    return OmbudsmanAsked(
        actor=AGENT,
        reference=f"DCF-{due_in}",
        received_on=date(2026, 3, 2),
        due=date(2026, 3, 2) + due_in * DAY,
        due_at=MARCH_2 + due_in * DAY,
        source="s",
        personal=PersonalQuestion(text="?"),
    )


def widened(due_in: int, to: int) -> OmbudsmanTermWidened:
    """What was due in so many days is due later."""
    return OmbudsmanTermWidened(
        actor=AGENT,
        reference=f"DCF-{due_in}",
        due_before=date(2026, 3, 2) + due_in * DAY,
        due=date(2026, 3, 2) + to * DAY,
        due_at=MARCH_2 + to * DAY,
        source="s",
        personal=PersonalWords(text="?"),
    )


@pytest.mark.parametrize(("to", "in_time"), [((5,), 0), ((6,), 0), ((7,), 1), ((6, 7), 1)])
def test_in_time_is_by_the_last_day_that_they_gave(to: tuple[int, ...], in_time: int) -> None:
    """Answered on the seventh day, to two of whom one gave more time."""
    more = [widened(4, days) for days in to]
    _, rows = tell(filed(), classified(), deadline(), asked(4), asked(3), *more, answered())
    counted = by_measure(cube(rows))
    assert (counted["ombudsman_answered"], counted.get("ombudsman_in_time", 0)) == (2, in_time)


@pytest.mark.parametrize(
    ("due", "in_time", "late"), [((), 0, 0), ((8,), 1, 0), ((7,), 1, 0), ((6,), 0, 1), ((-1,), 0, 1), ((-1, 8), 1, 1)]
)
def test_an_answer_is_one_to_all_that_they_wait_for(due: tuple[int, ...], in_time: int, late: int) -> None:
    _, rows = tell(filed(), classified(), deadline(), *(asked(days) for days in due), answered())
    counted = by_measure(cube(rows))
    assert counted.get("ombudsman_asked", 0) == len(due)
    assert counted.get("ombudsman_answered", 0) == in_time + late
    assert counted.get("ombudsman_in_time", 0) == in_time


def test_an_answer_that_came_back_answered_nobody() -> None:
    fact, rows = tell(filed(), classified(), deadline(), asked(8), answered())
    fact, more = tell(reopened("answer-bounced").model_copy(update={"answer_id": answered().answer_id}), fact=fact)
    counted = by_measure(cube([*rows, *more]))
    assert {name: n for name, n in counted.items() if n} == {"received": 1, "ombudsman_asked": 1}
    _, last = tell(widened(8, 9), answered(), fact=fact)
    assert by_measure(cube([*rows, *more, *last]))["ombudsman_answered"] == 1


def test_who_replies_has_not_taken_the_answer_to_the_ombudsman_back() -> None:
    fact, rows = tell(filed(), classified(), deadline(), asked(8), answered())
    fact, more = tell(reopened("person-replied"), asked(9), answered(), fact=fact)
    counted = by_measure(cube([*rows, *more]))
    assert (counted["ombudsman_asked"], counted["ombudsman_answered"], counted["answered"]) == (2, 2, 1)


def decided(due_in: int, favour: Favour) -> OmbudsmanDecided:
    return OmbudsmanDecided(
        actor=AGENT,
        reference=f"DCF-{due_in}",
        decided_on=date(2026, 3, 20),
        favour=favour,
        personal=PersonalWords(text="?"),
    )


def test_decisions_count_by_outcome_on_their_day() -> None:
    told = [asked(days) for days in (5, 6, 7)]
    outcomes = [decided(5, "partly"), decided(6, "organisation"), decided(7, "partly")]
    _, rows = tell(filed(), classified(), deadline(), *told, answered(), *outcomes)
    counted = by_measure(cube(rows))
    assert (counted.get("ombudsman_for_person", 0), counted["ombudsman_partly"]) == (0, 2)
    assert counted["ombudsman_for_organisation"] == 1
    added = [row for row in rows if isinstance(row, Add) and "ombudsman_partly" in row.amounts]
    assert {row.labels["day"] for row in added} == {"2026-03-20"}
    found: dict[str, Any] = {one.id: one.value for one in indicators(Figures(cases={"claim": counted}))}
    assert [found[f"ombudsman-{outcome}"] for outcome in ("for-person", "partly", "for-organisation")] == [0, 2, 1]


def test_an_answer_that_came_back_after_the_decision_was_one_to_the_ombudsman() -> None:
    fact, rows = tell(filed(), classified(), deadline(), asked(8), asked(9), answered(), decided(8, "person"))
    _, more = tell(reopened("answer-bounced").model_copy(update={"answer_id": answered().answer_id}), fact=fact)
    counted = by_measure(cube([*rows, *more]))
    assert (counted["ombudsman_answered"], counted["ombudsman_in_time"], counted["ombudsman_for_person"]) == (1, 1, 1)


def test_the_share_is_of_what_was_answered() -> None:
    amounts = {"ombudsman_asked": 5, "ombudsman_answered": 4, "ombudsman_in_time": 3}
    found = {one.id: one for one in indicators(Figures(cases={"claim": amounts}))}
    assert (found["ombudsman-asked"].value, found["ombudsman-answered"].value) == (5, 4)
    assert (found["ombudsman-in-time"].value, found["ombudsman-in-time"].denominator) == (75.0, 4)
    assert {one.id: one.value for one in indicators(Figures())}["ombudsman-in-time"] is None
