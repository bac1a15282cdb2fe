# SPDX-License-Identifier: Apache-2.0
"""What a changed matrix would have made of past cases: who has them, which escalations move (ICX-02)."""

from collections.abc import Sequence
from typing import Any

import pytest
from matrix_story import changed, matrix_of, past_case
from routing_story import AGENT, Story, filed, local, policy, sent, waived

from routing.domain.commands import AnswerPerson
from routing.domain.matrix.comparing import LevelCounts, Tally, level_changes
from routing.domain.matrix.foreseen import Foreseen, ForeseenLevel, PastCase, foreseen
from routing.domain.matrix.matrix import EscalationMatrix
from ventanilla_contracts.routing import CaseEscalated

NOW = "2026-05-01 00:00"
AT_DEADLINE = "when: at-deadline\n    tell: [head]"
JULIAN = ("responder: marcela-duque, deputy: julian-rojas", "responder: julian-rojas, deputy: marcela-duque")


def with_(*replacements: tuple[str, str]) -> EscalationMatrix:
    return policy().matrix.with_file(matrix_of(changed(*replacements)), 2)


def by(matrix: EscalationMatrix, case: PastCase, now: str = NOW) -> Foreseen:
    return foreseen(case, matrix, policy().calendar, local(now))


def answered(at: str, **fields: Any) -> PastCase:
    story = Story(filed(**fields))
    story.wait_until(at)
    story.ask(AnswerPerson(AGENT, "a-1", "Ya."), at=at)
    story.hear(sent("a-1", at), at)
    story.hear(waived(), at)
    return past_case(story.case)


def levels(*told: tuple[int, str, str, str]) -> Foreseen:
    """Of level, name, moment, whom."""
    found = (ForeseenLevel(level=n, name=name, at=local(at), to=(to,)) for n, name, at, to in told)
    return Foreseen(area="salud", responder="diana-castano", copies=(), levels=tuple(found))


def test_what_is_foreseen_by_the_version_in_force_is_what_happened() -> None:
    story = Story(filed())
    told = [event for event in story.wait_until(NOW) if isinstance(event, CaseEscalated)]
    found = by(policy().matrix, past_case(story.case))
    assert [(one.level, one.to) for one in found.levels] == [
        (event.level, tuple(ref.id for ref in event.to)) for event in told
    ]
    assert story.case.assignment is not None
    assert (found.area, found.responder) == (story.case.assignment.area, story.case.assignment.responder.id)
    assert [one.at for one in found.levels] == [one.due_time for one in story.case.told]


@pytest.mark.parametrize(
    ("at", "reached"), [("2026-03-24 09:00", []), ("2026-03-25 09:00", [2]), ("2026-03-26 09:00", [2, 3])]
)
def test_levels_end_when_the_case_was_answered(at: str, reached: list[int]) -> None:
    assert [one.level for one in by(policy().matrix, answered(at)).levels] == reached


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("name: Secretaría general", "name: Secretaría"), {"same": 3}),
        ((AT_DEADLINE, "when: {business_days_before: 3}\n    tell: [head]"), {"same": 2, "earlier": 1}),
        (("business_days_after: 2", "business_days_after: 4"), {"same": 2, "later": 1}),
        ((AT_DEADLINE, "when: at-deadline\n    tell: [deputy]"), {"same": 2, "to-others": 1}),
        (("if: {priority: [emergency]}\n    when: at-once", "when: at-once"), {"same": 3, "new": 1}),
        (("business_days_after: 5", "business_days_after: 90"), {"same": 2, "gone": 1}),
    ],
)
def test_each_level_changes_in_one_way(change: tuple[str, str], expected: dict[str, int]) -> None:
    case = past_case(Story(filed()).case)
    found = [one.change for one in level_changes(by(policy().matrix, case), by(with_(change), case))]
    assert {change: found.count(change) for change in found} == expected


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ([(1, "a", "2026-03-02 08:00", "x")], [(2, "a", "2026-03-02 08:00", "x")], {"a": "same"}),
        ([(1, "a", "2026-03-02 08:00", "x")], [(1, "b", "2026-03-02 08:00", "y")], {"b": "to-others"}),
        (
            [(1, "a", "2026-03-02 08:00", "x")],
            [(1, "b", "2026-03-01 08:00", "y"), (2, "a", "2026-03-02 08:00", "x")],
            {"a": "same", "b": "new"},
        ),
        (
            [(1, "a", "2026-03-02 08:00", "x"), (2, "b", "2026-03-03 08:00", "y")],
            [(1, "b", "2026-03-01 08:00", "y")],
            {"b": "earlier", "a": "gone"},
        ),
    ],
)
def test_a_level_is_found_again_by_its_name_then_by_its_number(
    before: Sequence[Any], after: Sequence[Any], changes: dict[str, str]
) -> None:
    assert {one.name: one.change for one in level_changes(levels(*before), levels(*after))} == changes


def test_cases_are_counted_by_who_would_have_had_them() -> None:
    tally, after = Tally(), with_(JULIAN)
    for n in range(7):
        case = past_case(Story(filed(case_number=f"CAJA-2026-{n:06}-1")).case)
        tally.add(case.case_number, by(policy().matrix, case), by(after, case))
    tally.add(
        "other", *(by(matrix, answered("2026-03-03 09:00", text="Queja por la cita")) for matrix in (after, after))
    )
    assert (tally.cases, tally.assigned_otherwise) == (8, 7)
    [move] = tally.moves()
    assert (move.from_responder, move.to_responder, move.cases) == ("marcela-duque", "julian-rojas", 7)
    assert move.examples == tuple(f"CAJA-2026-{n:06}-1" for n in range(5))
    held = {one.id: (one.before, one.after) for one in tally.held("responder")}
    assert (held["marcela-duque"], held["julian-rojas"]) == ((7, 0), (0, 7))
    assert tally.levels()[0] == LevelCounts(level=2, name="Jefatura del área", same=7)


def test_absences_of_the_day_on_which_a_case_came_in_count() -> None:
    away = ("levels:", "absences: [{who: marcela-duque, from: 2026-03-01, to: 2026-03-06}]\nlevels:")
    assert by(with_(away), past_case(Story(filed()).case)).responder == "julian-rojas"


def test_nothing_that_a_person_said_is_read() -> None:
    assert not {"text", "subject", "person", "messages", "answers", "history"} & set(PastCase.model_fields)
