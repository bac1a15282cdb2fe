# SPDX-License-Identifier: Apache-2.0
"""The follow-up of the answers to the ombudsman: a row for each request, and what it says (ICX-08, F153)."""

from datetime import date, datetime

import pytest
from routing_story import AGENT, Story, filed, local, policy

from routing.domain.answering.commands import MarkOmbudsman, NoteOmbudsmanDecision, WidenOmbudsman
from routing.domain.answering.ombudsman_follow_up import AskedOfCase, FollowedUp, follow_up
from routing.domain.commands import AnswerPerson

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
IN_HAND = AnswerPerson(AGENT, "a-1", "Ya se pagó.", delivery="handed-over")


def mark(day: str, reference: str) -> MarkOmbudsman:
    return MarkOmbudsman(AGENT, reference, date.fromisoformat(day), "¿Por qué no se pagó?")


def asked(day: str = "2026-03-03", reference: str = "DCF-0815") -> Story:
    """Due on the 13th."""
    story = Story(filed())
    story.ask(mark(day, reference), at=f"{day} 09:00")
    return story


def rows(story: Story, first: date = MARCH[0], last: date = MARCH[1], now: datetime | None = None) -> list[FollowedUp]:
    cases = [AskedOfCase(case_number=story.case.case_number, requests=story.case.ombudsman)]
    return follow_up(cases, first, last, policy().calendar, now or story.now)


@pytest.mark.parametrize(
    ("answered_at", "outcome", "days"),
    [
        ("2026-03-03 16:00", "in-time", 0),
        ("2026-03-04 09:00", "in-time", 1),
        ("2026-03-07 09:00", "in-time", 3),  # a Saturday
        ("2026-03-13 23:59:59.999", "in-time", 8),
        ("2026-03-16 09:00", "late", 9),
        ("2026-03-24 09:00", "late", 14),  # over the holiday of the 23rd
    ],
)
def test_an_answer_took_so_many_business_days(answered_at: str, outcome: str, days: int) -> None:
    story = asked()
    story.ask(IN_HAND, at=answered_at)
    [row] = rows(story)
    assert (row.outcome, row.business_days, row.answered_on) == (outcome, days, date.fromisoformat(answered_at[:10]))
    assert (row.case_number, row.reference, row.received_on, row.due) == (
        "CAJA-2026-000001-1",
        "DCF-0815",
        date(2026, 3, 3),
        date(2026, 3, 13),
    )


@pytest.mark.parametrize(("now", "outcome"), [("2026-03-13 23:59:59.999", "waiting"), ("2026-03-14 00:00", "overdue")])
def test_while_there_is_none_it_waits_or_is_overdue(now: str, outcome: str) -> None:
    [row] = rows(asked(), now=local(now))
    assert (row.outcome, row.answered_on, row.business_days) == (outcome, None, None)


def test_it_says_until_when_it_was_widened_and_why_and_is_judged_by_that() -> None:
    story = asked()
    for day, why in (("2026-03-18", "Falta un extracto."), ("2026-03-20", "Falta otro.")):
        story.ask(WidenOmbudsman(AGENT, "DCF-0815", date.fromisoformat(day), why), at="2026-03-05 09:00")
    [row] = rows(story, now=local("2026-03-19 09:00"))
    assert (row.due, row.last_day, row.outcome) == (date(2026, 3, 13), date(2026, 3, 20), "waiting")
    assert [(one.due, one.text) for one in row.widened] == [
        (date(2026, 3, 18), "Falta un extracto."),
        (date(2026, 3, 20), "Falta otro."),
    ]
    story.ask(IN_HAND, at="2026-03-20 16:00")
    assert [one.outcome for one in rows(story)] == ["in-time"]


def test_it_says_what_was_decided() -> None:
    story = asked()
    story.ask(IN_HAND, at="2026-03-05 09:00")
    assert rows(story)[0].decision is None
    story.ask(NoteOmbudsmanDecision(AGENT, "DCF-0815", date(2026, 3, 9), "partly", "Disculpas."), at="2026-03-09 09:00")
    decision = rows(story)[0].decision
    assert decision is not None
    assert (decision.favour, decision.decided_on) == ("partly", date(2026, 3, 9))


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-03-01", "2026-03-31", ["A", "B"]),
        ("2026-03-03", "2026-03-03", ["A"]),
        ("2026-03-04", "2026-03-09", ["B"]),
        ("2026-03-04", "2026-03-08", []),
    ],
)
def test_a_period_is_by_the_day_of_receipt_both_ends_included(first: str, last: str, expected: list[str]) -> None:
    story = asked("2026-03-03", "A")
    story.ask(mark("2026-03-09", "B"), at="2026-03-09 09:00")
    found = rows(story, date.fromisoformat(first), date.fromisoformat(last))
    assert [one.reference for one in found] == expected


def test_requests_of_all_cases_stand_in_the_order_of_their_receipt() -> None:
    later, sooner = asked("2026-03-09", "A"), asked("2026-03-03", "B")
    cases = [AskedOfCase(case_number=n, requests=one.case.ombudsman) for n, one in (("1", later), ("2", sooner))]
    found = follow_up(cases, *MARCH, policy().calendar, later.now)
    assert [(one.case_number, one.reference) for one in found] == [("2", "B"), ("1", "A")]
