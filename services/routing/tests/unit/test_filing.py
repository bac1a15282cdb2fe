# SPDX-License-Identifier: Apache-2.0
"""What follows from a filing, in one decision (CNF-02, CNF-06, CNF-07, CNF-08, ICX-03, SQR-03)."""

from datetime import date, datetime, timedelta

import pytest
from routing_story import AGENT, ANA, FIRE, PDF, Story, filed, local, names, said

from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import AddresseeAdded, AnsweredOnSpot, Person, PersonalCorrection, PersonCorrected
from ventanilla_contracts.routing import (
    CaseAnswered,
    CaseAssigned,
    CaseClassified,
    CaseClosed,
    CaseEscalated,
    DeadlineSet,
)

TAKEN_IN = ["case-classified", "case-assigned", "deadline-set"]


def test_a_case_is_classified_assigned_and_given_its_deadline_in_one_decision() -> None:
    story = Story()
    assert names(story.hear(filed())) == TAKEN_IN
    assert (story.case.status, story.case.open) == ("assigned", True)
    assert story.only(CaseClassified).by == "rules"
    assert story.only(CaseAssigned).responder.id == "marcela-duque"


def test_the_deadline_explains_itself() -> None:
    said = Story(filed())
    deadline = said.only(DeadlineSet)
    assert (deadline.due, deadline.anchor, deadline.term) == (date(2026, 3, 24), date(2026, 3, 2), "general")
    assert deadline.because == "filed"
    assert sum(day.counted for day in deadline.trace) == 15
    assert deadline.trace[0].reason == "anchor"
    assert deadline.trace[-1].date == deadline.due


def test_the_term_ends_with_the_local_day() -> None:
    deadline = Story(filed()).only(DeadlineSet)
    assert deadline.due_at == local("2026-03-25 00:00") - timedelta(milliseconds=1)


def test_the_timers_watch_over_reminder_deadline_and_every_level() -> None:
    timers = Story(filed()).timers
    assert timers["reminder"] == local("2026-03-19 08:00")
    assert timers["deadline"] == local("2026-03-25 00:00")
    assert list(timers) == ["reminder", "deadline", "level-2", "level-3", "level-4"]
    assert timers["deadline"] < timers["level-2"] < timers["level-3"] < timers["level-4"]


def test_a_compliment_closes_at_once_with_its_observation() -> None:
    story = Story()
    told = story.hear(filed("Felicito a la biblioteca"))
    assert names(told) == [*TAKEN_IN, "case-closed"]
    assert story.only(CaseAssigned).observation == "Felicitación: no requiere documentos."
    closed = story.only(CaseClosed)
    assert (closed.reason, closed.observation) == ("compliment", "Felicitación: no requiere documentos.")
    assert story.timers == {}
    assert (story.case.status, story.case.open) == ("closed", False)


def test_the_area_hears_of_a_compliment() -> None:
    assigned = Story(filed("Felicito a la biblioteca")).only(CaseAssigned)
    assert [assigned.responder.id, *[one.id for one in assigned.copies]] == ["felipe-arango", "beatriz-lozano"]


@pytest.mark.parametrize(("at", "in_time"), [("2026-03-02 10:20", True), ("2026-03-25 00:00", False)])
def test_what_was_solved_on_the_spot_is_answered_at_that_time(at: str, in_time: bool) -> None:
    spot = AnsweredOnSpot(at=local(at))
    event = filed(channel="in-person", answered_on_spot=spot, answer_on_spot="Se le explicó.", actor=AGENT)
    story = Story()
    assert names(story.hear(event)) == [*TAKEN_IN, "case-answered"]
    answered = story.only(CaseAnswered)
    assert (answered.answered_at, answered.in_time, answered.delivery) == (local(at), in_time, "handed-over")
    assert answered.actor == AGENT
    assert (story.case.status, story.timers) == ("answered", {})


def test_the_answer_on_the_spot_has_the_same_id_at_every_try() -> None:
    event = filed(answered_on_spot=AnsweredOnSpot(at=local("2026-03-02 10:20")))
    assert Story(event).only(CaseAnswered).answer_id == Story(event).only(CaseAnswered).answer_id


def test_an_emergency_is_escalated_in_the_same_decision() -> None:
    story = Story()
    assert names(story.hear(filed("Fuga de gas en la piscina", emergency=FIRE))) == [*TAKEN_IN, "case-escalated"]
    escalated = story.only(CaseEscalated)
    assert (escalated.level, escalated.why) == (1, "emergency")
    assert [one.id for one in escalated.to] == ["gustavo-parra", "hernan-quintero"]
    assert "level-1" not in story.timers


@pytest.mark.parametrize(
    ("registered", "told"),
    [
        ("2026-03-19 07:59", []),
        ("2026-03-20 15:00", ["deadline-approaching"]),
        ("2026-03-24 23:59", ["deadline-approaching"]),
        ("2026-03-25 00:00", ["deadline-missed"]),
    ],
)
def test_a_case_that_comes_in_late_is_reminded_at_once_and_never_after_its_due_date(
    registered: str, told: list[str]
) -> None:
    story = Story()
    story.hear(filed(registered_at=local(registered)), at=registered)
    assert names(story.wait_until(registered)) == told


def test_a_case_that_comes_in_after_its_due_date_goes_through_the_levels_in_order() -> None:
    story = Story()
    story.hear(filed(registered_at=local("2026-04-10 09:00")), at="2026-04-10 09:00")
    assert names(story.wait_until("2026-04-10 09:00")) == ["deadline-missed", *["case-escalated"] * 3]
    assert story.case.escalated == (2, 3, 4)


def test_what_the_person_says_later_is_kept_and_tells_nobody() -> None:
    story = Story(filed())
    assert story.hear(said(), at="2026-03-04 09:00") == ()
    assert story.case.messages == 1
    assert story.case.files == (PDF,)
    assert story.case.status == "assigned"
    [row] = story.rows
    assert row.document["text"] == "¿Qué pasó con mi caso?"  # type: ignore[union-attr]


def test_a_message_to_a_closed_case_is_kept_too() -> None:
    story = Story(filed("Felicito a la biblioteca"), said())
    assert (story.case.messages, story.case.status) == (1, "closed")


def test_a_further_mailbox_stands_in_the_history_and_changes_nothing_else() -> None:
    before = Story(filed()).case
    added = AddresseeAdded(actor=Actor(id="intake", role="service"), submission_id="s-1", mailbox="pqrs@caja.example")
    story = Story(filed(), added)
    last = story.case.history[-1]
    assert (last.what, last.facts) == ("addressee-added", {"mailbox": "pqrs@caja.example"})
    told = {"history": (), "version": 0}
    assert story.case.model_copy(update=told) == before.model_copy(update=told)


def test_a_corrected_person_is_answered_where_they_can_be_reached_now() -> None:
    story = Story(filed())
    before = story.case.person
    told = PersonCorrected(
        actor=AGENT,
        correction="p/1",
        fields=("name", "email", "municipality"),
        municipality="05001",
        personal=PersonalCorrection(
            person=Person(name="Ana Ríos", email="buena@correo.example", phone="+573009999999")
        ),
    )
    assert story.hear(told, at="2026-03-04 09:00") == ()
    assert story.case.person == before.model_copy(update={"name": "Ana Ríos", "email": "buena@correo.example"})
    assert story.case.municipality == "05001"
    assert story.case.history[-1].what == "person-corrected"


def test_a_case_is_filed_once() -> None:
    with pytest.raises(ValueError, match="once"):
        Story(filed(), filed())


def test_nothing_is_decided_about_a_case_that_is_not_filed() -> None:
    with pytest.raises(ValueError, match="nothing is known"):
        Story(said())


def test_the_history_says_who_did_what_and_when() -> None:
    story = Story(filed(), said())
    lines = [(one.what, one.actor.id, one.at) for one in story.case.history]
    at: datetime = local("2026-03-02 10:15")
    assert lines == [
        ("case-filed", "citizen", at),
        ("case-classified", "routing", at),
        ("case-assigned", "routing", at),
        ("deadline-set", "routing", at),
        ("message-appended", "citizen", local("2026-03-04 09:00")),
    ]


def test_the_state_survives_being_stored() -> None:
    case = Story(filed(), said()).case
    assert type(case).model_validate(case.model_dump()) == case
    assert case.person == ANA
