# SPDX-License-Identifier: Apache-2.0
"""What cannot wait: emergencies (SQR-03), tutelas (ICX-15), requests of regulators with their own term (CNF-03)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from routing_story import AGENT, FIRE, Story, checked, filed, local, names, policy, sent, tutela

from routing.domain.answering.rules import no_rules
from routing.domain.case import FIRST, LAST, SECOND, Case
from routing.domain.commands import AnswerPerson, Classify
from routing.domain.urgency import urgency_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import (
    AnsweredOnSpot,
    Emergency,
    EmergencyDecided,
    RegulatorRequest,
    TermOrdered,
)
from ventanilla_contracts.routing import CaseAnswered, CaseAssigned, CaseClassified, CaseEscalated, DeadlineSet

ADVISER = Actor(id="yuliana-cordoba", role="adviser")
SSF = RegulatorRequest(authority="SSF", reference="2-2026-004518")
JUDGE = "2026-03-04 10:15"


def decided(emergency: Emergency | None, reason: str = "") -> EmergencyDecided:
    return EmergencyDecided(actor=ADVISER, emergency=emergency, reason=reason)


def ordered(answer_by: str = JUDGE) -> TermOrdered:
    return TermOrdered(actor=AGENT, tutela=tutela(answer_by))


def test_an_emergency_goes_to_its_area_first_in_the_queue_and_keeps_its_term() -> None:
    story = Story(filed("Se incendia la piscina", emergency=FIRE))
    said = story.only(CaseClassified)
    assert (said.area, said.priority, said.term) == ("seguridad-y-ambiente", "emergency", "general")
    assert said.rules[0] == "emergency-marked"
    assert story.case.place == FIRST
    assert story.only(DeadlineSet).due == date(2026, 3, 24)


def test_an_emergency_is_never_closed_with_thanks() -> None:
    story = Story(filed("Felicito a los bomberos; sigue el incendio", emergency=FIRE))
    assert (story.case.status, story.case.open) == ("assigned", True)
    assert story.only(CaseClassified).kind == "petition"


def test_a_mark_that_comes_later_moves_the_case_and_one_that_goes_brings_it_back() -> None:
    story = Story(filed())
    calm = story.case.classification
    told = names(story.hear(decided(FIRE)))
    assert told == ["case-classified", "case-assigned", "case-escalated"]
    assert story.case.assignment is not None
    assert (story.case.assignment.area, story.case.place) == ("seguridad-y-ambiente", FIRST)
    assert names(story.hear(decided(None, "Era un simulacro"))) == ["case-classified", "case-assigned"]
    assert (story.case.classification, story.case.place) == (calm, LAST)
    assert story.case.assignment.responder.id == "marcela-duque"
    assert names(story.hear(decided(FIRE)))[-1] == "case-escalated"  # told once more
    assert set(story.timers) == {"reminder", "deadline", "level-2", "level-3", "level-4"}


def test_the_same_mark_again_tells_nobody() -> None:
    story = Story(filed("Incendio", emergency=FIRE))
    assert story.hear(decided(FIRE)) == ()


def test_what_a_person_said_of_the_case_holds_when_the_mark_goes() -> None:
    story = Story(filed(emergency=FIRE))
    story.ask(Classify(AGENT, area="salud"))
    assert story.case.place == FIRST
    story.hear(decided(None, "No había fuego"))
    about = story.case.classification
    assert about is not None
    assert (about.area, about.priority, about.by) == ("salud", "normal", "person")


def test_of_a_case_that_is_answered_those_who_are_told_of_emergencies_hear() -> None:
    story = Story(filed())
    story.ask(AnswerPerson(AGENT, "a-1", "Ya se pagó."))
    story.hear(sent("a-1", "2026-03-03 09:00"))
    story.hear(checked())
    assert story.case.status == "closed"
    assert names(story.hear(decided(FIRE))) == ["case-escalated"]
    assert story.only(CaseEscalated).why == "emergency"
    assert (story.case.status, story.timers) == ("closed", {})


def test_of_an_emergency_that_was_answered_on_the_spot_they_hear_too() -> None:
    spot = AnsweredOnSpot(at=local("2026-03-02 10:20"))
    story = Story()
    told = story.hear(filed("Huele a gas", emergency=FIRE, answered_on_spot=spot, answer_on_spot="Se evacuó."))
    assert names(told)[-2:] == ["case-escalated", "case-answered"]


def test_the_judges_date_and_hour_are_the_term() -> None:
    story = Story(filed("Acción de tutela", tutela=tutela(JUDGE)))
    said = story.only(DeadlineSet)
    assert (said.due_at, said.due, said.term, said.rule) == (local(JUDGE), date(2026, 3, 4), "ordered", "tutela")
    assert "17001310500120260012300" in said.source
    assert [day.date for day in said.trace] == [date(2026, 3, day) for day in (2, 3, 4)]
    assert story.only(CaseClassified).term == "ordered"
    assert story.case.place == SECOND
    assert story.timers["deadline"] == local(JUDGE) + timedelta(milliseconds=1)
    assert story.timers["reminder"] == local("2026-03-03 10:15")


@pytest.mark.parametrize(("at", "in_time"), [("2026-03-04 10:15", True), ("2026-03-04 10:16", False)])
def test_an_answer_to_a_judge_is_in_time_to_the_hour(at: str, in_time: bool) -> None:
    story = Story(filed("Acción de tutela", tutela=tutela(JUDGE)), policy=replace(policy(), answering=no_rules()))
    story.ask(AnswerPerson(AGENT, "a-1", "Se autoriza."))
    story.hear(sent("a-1", at))
    assert story.only(CaseAnswered).in_time is in_time


@pytest.mark.parametrize(
    ("at", "word"), [("2026-03-03 12:00", "soon"), ("2026-03-04 10:15", "today"), ("2026-03-04 10:16", "overdue")]
)
def test_a_tutela_is_overdue_from_its_hour_on(at: str, word: str) -> None:
    story = Story(filed("Acción de tutela", tutela=tutela(JUDGE)))
    assert urgency_of(story.case, local(at), policy().calendar).word == word


def test_a_tutela_about_an_emergency_is_the_legal_teams_and_told_to_who_attends_to_emergencies() -> None:
    story = Story(filed("Acción de tutela", tutela=tutela(JUDGE), emergency=FIRE))
    said = story.only(CaseAssigned)
    assert (said.area, said.rule) == ("juridica", "emergency-tutelas")
    assert {"elena-cardona", "gustavo-parra"} <= {one.id for one in said.copies}


def test_a_tutela_that_is_registered_later_gets_the_judges_term_and_the_legal_team() -> None:
    story = Story(filed())
    assert names(story.hear(ordered())) == ["case-classified", "case-assigned", "deadline-set"]
    assert story.case.deadline is not None
    assert (story.case.deadline.due_at, story.case.deadline.because) == (local(JUDGE), "ordered")
    assert story.case.assignment is not None
    assert story.case.assignment.area == "juridica"
    assert names(story.hear(ordered("2026-03-06 17:00"))) == ["deadline-set"]
    assert story.timers["deadline"] == local("2026-03-06 17:00") + timedelta(milliseconds=1)


def test_whoever_classifies_a_tutela_anew_does_not_move_the_judges_date() -> None:
    story = Story(filed("Acción de tutela", tutela=tutela(JUDGE)))
    story.ask(Classify(AGENT, area="salud", term="consultation"))
    assert story.case.deadline is not None
    assert story.case.deadline.due_at == local(JUDGE)


def test_a_term_that_comes_after_the_answer_changes_nothing_but_the_record() -> None:
    story = Story(filed())
    story.ask(AnswerPerson(AGENT, "a-1", "Ya se pagó."))
    story.hear(sent("a-1", "2026-03-03 09:00"))
    assert story.hear(ordered()) == ()
    assert story.case.tutela is not None
    assert story.timers == {}


@pytest.mark.parametrize(
    ("own", "due"),
    [
        ({"due": date(2026, 3, 13)}, date(2026, 3, 13)),
        ({"business_days": 5}, date(2026, 3, 9)),
        ({"business_days": 16}, date(2026, 3, 25)),  # over the holiday of 23 March
        ({}, date(2026, 3, 24)),
    ],
)
def test_a_regulators_own_term_comes_before_the_general_one(own: dict[str, object], due: date) -> None:
    request = SSF.model_copy(update=own)
    story = Story(filed("Informe", channel="regulator", regulator=request))
    said = story.only(DeadlineSet)
    assert (said.due, said.trace[-1].date) == (due, due)
    assert said.due_at == policy().calendar.end_of_day_utc(due)
    assert said.rule == ("regulator" if own else said.rule)
    assert story.case.place == LAST


def test_a_regulators_term_that_an_agent_read_later_holds_from_the_receipt() -> None:
    story = Story(filed("Informe", channel="regulator", regulator=SSF))
    told = story.hear(TermOrdered(actor=AGENT, regulator_due=date(2026, 3, 10)), at="2026-03-03 08:00")
    assert names(told) == ["case-classified", "deadline-set"]
    assert story.case.deadline is not None
    assert (story.case.deadline.due, story.case.deadline.rule) == (date(2026, 3, 10), "regulator")
    assert story.case.regulator is not None
    assert story.case.regulator.due == date(2026, 3, 10)


def test_a_case_that_was_stored_before_places_were_is_read_as_an_ordinary_one() -> None:
    stored = Story(filed()).case.model_dump(mode="json", exclude={"place"})
    assert Case.model_validate(stored).place == LAST
