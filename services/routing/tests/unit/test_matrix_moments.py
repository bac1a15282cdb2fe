# SPDX-License-Identifier: Apache-2.0
"""When levels come, whom they tell, who stands in for whom, and which cases rules speak about (ICX-02, ICX-12)."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix_story import changed, matrix_of
from routing_story import AGENT, Story, filed, local, names, policy, said, sent, tutela, waived

from routing.domain.commands import AnswerPerson, Assign, Extend, ResumeClock, StopClock
from routing.domain.conditions import AtLeast
from routing.domain.matrix.absences import standing_in
from routing.domain.matrix.due_times import due_time
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.file import Level, RoutedCases
from routing.domain.matrix.matrix import EscalationMatrix
from routing.domain.matrix.moments import (
    BusinessDaysAfter,
    BusinessDaysBefore,
    HoursSinceAssignment,
    Moment,
    ShareOfTerm,
    surely_before,
)
from routing.domain.policy import Policy
from ventanilla_contracts.intake import Product
from ventanilla_contracts.routing import CaseAssigned, CaseEscalated, DeadlineSet

LEVEL_2 = "when: at-deadline\n    tell: [head]"


def under(*replacements: tuple[str, str]) -> Policy:
    return Policy(**{**vars(policy()), "matrix": with_(*replacements)})


def with_(*replacements: tuple[str, str]) -> EscalationMatrix:
    return policy().matrix.with_file(matrix_of(changed(*replacements)), 1)


def level(when: str, tell: str = "[head]") -> tuple[str, str]:
    return (LEVEL_2, f"when: {when}\n    tell: {tell}")


def told_at(story: Story, until: str) -> list[CaseEscalated]:
    return [event for event in story.wait_until(until) if isinstance(event, CaseEscalated)]


class TestMoments:
    """A general term from MONDAY counts 15 days from 3 March and is due on the 24th."""

    @pytest.mark.parametrize(
        ("when", "at", "why"),
        [
            ("{share_of_term: 0.5}", "2026-03-12 08:00", "deadline-approaching"),
            ("{share_of_term: 0.01}", "2026-03-03 08:00", "deadline-approaching"),
            ("{share_of_term: 0.99}", "2026-03-24 08:00", "deadline-approaching"),
            ("{hours_since_assignment: 4}", "2026-03-02 15:15", "assigned"),
            ("{business_days_before: 1}", "2026-03-20 08:00", "deadline-approaching"),
            ("at-deadline", "2026-03-25 00:00", "deadline-missed"),
        ],
    )
    def test_a_level_comes_at_its_moment(self, when: str, at: str, why: str) -> None:
        story = Story(filed(), policy=under(level(when)))
        assert told_at(story, at) == []
        [event] = told_at(story, at + ":01")
        assert (event.level, event.why) == (2, why)

    def test_half_of_what_a_judge_gives_is_counted_in_hours(self) -> None:
        story = Story(filed(tutela=tutela("2026-03-04 10:15")), policy=under(level("{share_of_term: 0.5}")))
        assert story.timers["level-2"].replace(microsecond=0) == local("2026-03-03 10:15")

    def test_days_on_which_the_clock_stands_still_use_nothing_of_the_term(self) -> None:
        story = Story(filed(), policy=under(level("{share_of_term: 0.5}")))
        story.ask(StopClock(AGENT, "Falta la cédula."), at="2026-03-05 09:00")
        assert told_at(story, "2026-03-20 09:00") == []
        story.ask(ResumeClock(AGENT), at="2026-03-20 09:00")
        assert story.timers["level-2"].replace(microsecond=0) == local("2026-03-30 08:00")

    def test_hours_in_which_the_clock_stands_still_do_not_count(self) -> None:
        story = Story(filed(), policy=under(level("{hours_since_assignment: 16}")))
        story.ask(StopClock(AGENT, "Falta la cédula."), at="2026-03-03 10:15")
        story.ask(ResumeClock(AGENT), at="2026-03-10 09:00")
        assert told_at(story, "2026-03-11 16:59") == []
        assert len(told_at(story, "2026-03-11 17:01")) == 1  # eight business hours before, eight after the 10th

    def test_half_of_the_term_is_told_once_also_if_the_clock_stood_still_afterwards(self) -> None:
        story = Story(filed(), policy=under(level("{share_of_term: 0.2}")))
        assert len(told_at(story, "2026-03-06 09:00")) == 1
        story.ask(StopClock(AGENT, "Falta la cédula."), at="2026-03-09 09:00")
        story.ask(ResumeClock(AGENT), at="2026-03-12 09:00")
        assert told_at(story, "2026-03-25 23:00") == []

    def test_whoever_gets_a_case_by_hand_has_the_whole_hours(self) -> None:
        story = Story(filed(), policy=under(level("{hours_since_assignment: 4}")))
        story.ask(Assign(AGENT, "julian-rojas"), at="2026-03-02 13:00")
        assert told_at(story, "2026-03-02 16:59") == []
        [event] = told_at(story, "2026-03-02 17:01")
        assert event.from_responder.id == "julian-rojas"

    @pytest.mark.parametrize(
        ("first", "second", "before"),
        [
            ("at-once", "at-deadline", True),
            ("at-once", HoursSinceAssignment(hours_since_assignment=1), True),
            (BusinessDaysBefore(business_days_before=5), BusinessDaysBefore(business_days_before=2), True),
            (BusinessDaysBefore(business_days_before=2), BusinessDaysBefore(business_days_before=5), False),
            (ShareOfTerm(share_of_term=0.5), ShareOfTerm(share_of_term=0.8), True),
            (ShareOfTerm(share_of_term=0.5), BusinessDaysBefore(business_days_before=2), False),
            (ShareOfTerm(share_of_term=0.5), "at-deadline", True),
            (HoursSinceAssignment(hours_since_assignment=2), HoursSinceAssignment(hours_since_assignment=9), True),
            (HoursSinceAssignment(hours_since_assignment=2), "at-deadline", False),
            ("at-deadline", BusinessDaysAfter(business_days_after=1), True),
            (BusinessDaysAfter(business_days_after=1), "at-deadline", False),
        ],
    )
    def test_only_what_is_sure_is_out_of_order(self, first: Moment, second: Moment, before: bool) -> None:
        assert surely_before(first, second) is before

    @settings(max_examples=60, deadline=None)
    @given(st.floats(0.01, 0.98), st.floats(0.01, 0.98))
    def test_the_more_of_the_term_the_later(self, one: float, other: float) -> None:
        case = Story(filed()).case
        assert case.deadline is not None
        shares = (ShareOfTerm(share_of_term=share) for share in sorted((one, other)))
        levels = (Level(level=1, name="a", when=share, tell=("head",)) for share in shares)
        less, more = (due_time(each, case, case.deadline, policy().calendar) for each in levels)
        assert less is not None
        assert more is not None
        assert less <= more <= case.deadline.due_at


class TestWhom:
    """By place in the area, by role, by id."""

    @pytest.mark.parametrize(
        ("tell", "told"),
        [
            ("[responder, deputy]", ["marcela-duque", "julian-rojas"]),
            ("[general-secretariat]", ["alba-montoya", "mauricio-toro"]),
            ("[legal, rosario-henao]", ["valentina-uribe", "ernesto-gaviria", "rosario-henao"]),
        ],
    )
    def test_a_level_tells(self, tell: str, told: list[str]) -> None:
        matrix = with_(level("at-deadline", tell))
        assert [one.id for one in matrix.told_at(matrix.file.levels[1], "subsidios")] == told

    def test_the_process_leader_of_the_area_is_told(self) -> None:
        leader = (", head: gloria-zapata}", ", head: gloria-zapata, process_leader: rosario-henao}")
        only = ("name: Jefatura del área\n", "name: Líder\n    if: {area: [subsidios]}\n")
        matrix = with_(leader, only, level("at-deadline", "[process-leader]"))
        assert [one.id for one in matrix.told_at(matrix.file.levels[1], "subsidios")] == ["rosario-henao"]


class TestAbsences:
    """New cases go to whoever stands in, and the observation says why."""

    AWAY = ("levels:", "absences: [{who: marcela-duque, from: 2026-03-02, to: 2026-03-06}]\nlevels:")

    @pytest.mark.parametrize(
        ("day", "responder"),
        [("2026-03-01", "marcela-duque"), ("2026-03-02", "julian-rojas"), ("2026-03-06", "julian-rojas")],
    )
    def test_the_deputy_has_what_comes_in_meanwhile(self, day: str, responder: str) -> None:
        story = Story(policy=under(self.AWAY))
        story.hear(filed(received=f"{day} 09:00"), at=f"{day} 09:00")
        assert story.only(CaseAssigned).responder.id == responder

    def test_the_observation_says_why(self) -> None:
        said = Story(filed(), policy=under(self.AWAY)).only(CaseAssigned)
        assert said.observation == "Marcela Duque no está hasta el 2026-03-06."
        assert said.rule == "by-area"

    def test_after_it_the_responder_has_new_cases_again(self) -> None:
        story = Story(policy=under(self.AWAY))
        story.hear(filed(received="2026-03-07 09:00"), at="2026-03-07 09:00")
        assert story.only(CaseAssigned).responder.id == "marcela-duque"

    def test_the_head_has_it_where_the_deputy_is_away_too(self) -> None:
        both = "absences: [{who: marcela-duque, from: 2026-03-02, to: 2026-03-06}, "
        both += "{who: julian-rojas, from: 2026-03-02, to: 2026-03-03}]\nlevels:"
        assert Story(filed(), policy=under(("levels:", both))).only(CaseAssigned).responder.id == "gloria-zapata"

    def test_an_absence_may_name_its_own_deputy(self) -> None:
        own = self.AWAY[1].replace("03-06}", "03-06, deputy: diana-castano}")
        assert Story(filed(), policy=under(("levels:", own))).only(CaseAssigned).responder.id == "diana-castano"

    def test_a_level_tells_whoever_is_there(self) -> None:
        away = "absences: [{who: gloria-zapata, from: 2026-03-20, to: 2026-03-30}]\nlevels:"
        story = Story(filed(), policy=under(("levels:", away)))
        [event] = told_at(story, "2026-03-25 00:01")
        assert [one.id for one in event.to] == ["marcela-duque"]  # her deputy in the staff file

    def test_those_who_stand_in_for_one_another_are_found_out(self) -> None:
        both = "absences: [{who: marcela-duque, from: 2026-03-02, to: 2026-03-06}]\nlevels:"
        file = with_(("levels:", both)).file
        circle = file.model_copy(
            update={
                "absences": (
                    *file.absences,
                    file.absences[0].model_copy(update={"who": "julian-rojas", "deputy": "marcela-duque"}),
                )
            }
        )
        assert standing_in(circle, "marcela-duque", "subsidios", date(2026, 3, 3), {}) == ()
        assert standing_in(circle, "marcela-duque", "subsidios", date(2026, 3, 9), {}) == ("marcela-duque",)


class TestConditions:
    """Municipality, segment, product, branch, n-th reopening."""

    RULE = "  - id: by-area"

    def rule(self, condition: str) -> tuple[str, str]:
        return (self.RULE, f"  - id: own\n    if: {{{condition}}}\n    to: rosario-henao\n{self.RULE}")

    @pytest.mark.parametrize(
        ("condition", "fits", "does_not"),
        [
            ('municipality: ["17001"]', {"municipality": "17001"}, {"municipality": "05001"}),
            ("segment: [Grandes Clientes]", {"segment": "grandes clientes"}, {"segment": "pymes"}),
            ("product: [NEV-340]", {"product": Product(code="nev 340", lot="1")}, {"product": Product(lot="NEV-340")}),
            ("product: [Nevera]", {"product_reference": "NEVERA"}, {"product_reference": "Estufa"}),
            (
                "branch: [norte]",
                {"service_point": "punto-norte", "kind_stated": "claim"},
                {"service_point": "punto-centro"},
            ),
        ],
    )
    def test_a_rule_asks(self, condition: str, fits: dict[str, Any], does_not: dict[str, Any]) -> None:
        text = "Reclamo por la cita médica"
        assert Story(filed(text, **fits), policy=under(self.rule(condition))).only(CaseAssigned).rule == "own"
        assert Story(filed(text, **does_not), policy=under(self.rule(condition))).only(CaseAssigned).rule == "by-area"
        assert Story(filed(text), policy=under(self.rule(condition))).only(CaseAssigned).rule == "by-area"

    def answered(self, story: Story, n: int) -> None:
        at = f"2026-03-{2 + 2 * n:02} 12:00"
        story.ask(AnswerPerson(AGENT, f"a-{n}", "Ya."), at=at)
        story.hear(sent(f"a-{n}", at), at)
        story.hear(waived(), at)

    def test_whoever_comes_back_for_the_second_time_is_seen_by_somebody_else(self) -> None:
        story = Story(filed(), policy=under(self.rule("reopening: {at_least: 2}")))
        for n, rule in ((1, "by-area"), (2, "own")):
            self.answered(story, n)
            at = f"2026-03-{3 + 2 * n:02} 09:00"
            story.hear(said(at=at, reopens=True), at)
            assert story.case.assignment is not None
            assert (story.case.reopenings, story.case.assignment.rule) == (n, rule)

    def test_a_reopened_case_stays_with_whom_a_person_gave_it(self) -> None:
        story = Story(filed(), policy=under(self.rule("reopening: {at_least: 1}")))
        story.ask(Assign(AGENT, "diana-castano"))
        self.answered(story, 1)
        story.hear(said(at="2026-03-05 09:00", reopens=True), "2026-03-05 09:00")
        assert story.case.assignment is not None
        assert story.case.assignment.responder.id == "diana-castano"

    @pytest.mark.parametrize(("n", "holds"), [(0, False), (1, False), (2, True), (3, True)])
    def test_so_often_or_more_often(self, n: int, holds: bool) -> None:
        assert RoutedCases(reopening=AtLeast(at_least=2)).hold({"reopening": n}) is holds

    def test_a_rule_that_asks_for_more_reopenings_is_taken_by_one_that_asks_for_fewer(self) -> None:
        few, many = (RoutedCases(reopening=AtLeast(at_least=n)) for n in (1, 3))
        assert (few.include(many), many.include(few), few.include(RoutedCases())) == (True, False, False)

    def test_a_case_says_what_the_conditions_ask(self) -> None:
        assert set(facts_of_case(Story(filed()).case)) | {"branch"} == set(RoutedCases.model_fields)


def test_an_extended_term_is_watched_over_by_its_own_halves() -> None:
    story = Story(filed(), policy=under(level("{share_of_term: 0.5}")))
    assert len(told_at(story, "2026-03-12 08:01")) == 1
    told = story.ask(Extend(AGENT, date(2026, 4, 13), "Falta un peritaje."), at="2026-03-16 09:00")
    assert "deadline-extended" in names(told)
    assert any(isinstance(event, DeadlineSet) for event in told)
    assert len(told_at(story, "2026-04-13 12:00")) == 1
