# SPDX-License-Identifier: Apache-2.0
"""What people do with a case: correct, assign, ask for documents, deliver them (CNF-06, 07, 10); what is refused."""

from datetime import date

import pytest
from routing_story import AGENT, PDF, RESPONDER, STRANGER, Story, filed, local, names, said, sent, waived

from routing.domain.allowed import allowed
from routing.domain.cases import decide
from routing.domain.commands import AnswerPerson, Assign, Classify, Command, DeliverDocuments, RequestDocuments
from routing.domain.urgency import task_of, urgency_of
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.routing import (
    CaseAssigned,
    CaseClassified,
    DeadlineSet,
    DocumentsDelivered,
    DocumentsRequested,
)

REQUEST = RequestDocuments(AGENT, "r-1", date(2026, 3, 10), "¿Por qué no se pagó?")
DELIVERY = DeliverDocuments(RESPONDER, "Se corrigió. Plan: verificar al recibir.", "r-1", (PDF,))
ANSWER = AnswerPerson(AGENT, "a-1", "Ya se pagó.")
EVERY = (Classify(AGENT, priority="high"), Assign(AGENT, "julian-rojas"), REQUEST, DELIVERY, ANSWER)


def test_a_correction_assigns_anew_and_counts_from_the_same_receipt() -> None:
    story = Story(filed())
    told = story.ask(Classify(AGENT, area="vivienda", kind="petition", term="documents"), at="2026-03-04 16:00")
    assert names(told) == ["case-classified", "case-assigned", "deadline-set"]
    classified, assigned, deadline = told
    assert isinstance(classified, CaseClassified)
    assert (classified.by, classified.rules, classified.actor) == ("person", (), AGENT)
    assert classified.area_name == "Vivienda"
    assert isinstance(assigned, CaseAssigned)
    assert assigned.responder.id == "natalia-velez"
    assert isinstance(deadline, DeadlineSet)
    assert (deadline.because, deadline.anchor, deadline.due) == ("reclassified", date(2026, 3, 2), date(2026, 3, 16))
    assert story.timers["deadline"] == local("2026-03-17 00:00")
    assert story.case.status == "assigned"


def test_a_correction_that_moves_neither_responder_nor_term_only_says_what_it_is() -> None:
    story = Story(filed())
    assert names(story.ask(Classify(AGENT, attribute="accuracy"))) == ["case-classified"]


def test_a_correction_to_a_compliment_closes_the_case() -> None:
    story = Story(filed())
    assert names(story.ask(Classify(AGENT, kind="compliment")))[-1] == "case-closed"
    assert (story.case.status, story.timers) == ("closed", {})


def test_a_correction_to_an_emergency_escalates_at_once() -> None:
    story = Story(filed())
    assert names(story.ask(Classify(AGENT, priority="emergency")))[-1] == "case-escalated"
    assert "case-escalated" not in names(story.ask(Classify(AGENT, attribute="accuracy")))


def test_a_correction_may_turn_a_petition_to_the_general_secretariat() -> None:
    story = Story(filed("Buenos días"))
    story.ask(Classify(AGENT, legal_support=True))
    assert story.case.assignment is not None
    assert story.case.assignment.area == "secretaria-general"


@pytest.mark.parametrize("field", ["area", "attribute", "regulator_category"])
def test_a_correction_to_what_does_not_exist_is_refused(field: str) -> None:
    refused = Story(filed()).ask_in_vain(Classify(AGENT, **{field: "marte"}))  # type: ignore[arg-type]
    assert (refused.code, refused.field) == ("unknown-choice", field)
    assert "marte" in str(refused.values["value"])


def test_a_person_may_give_the_case_to_another_responder() -> None:
    story = Story(filed())
    [assigned] = story.ask(Assign(AGENT, "julian-rojas", "Vacaciones"))
    assert isinstance(assigned, CaseAssigned)
    assert (assigned.responder.id, assigned.rule, assigned.observation) == ("julian-rojas", "by-a-person", "Vacaciones")


def test_nobody_can_be_given_a_case_who_is_not_staff() -> None:
    assert Story(filed()).ask_in_vain(Assign(AGENT, "nadie")).code == "unknown-member"


def test_documents_are_asked_from_the_responder_with_the_persons_file() -> None:
    story = Story(filed(files=(PDF,)))
    [asked] = story.ask(REQUEST)
    assert isinstance(asked, DocumentsRequested)
    assert (asked.responder.id, asked.files, asked.due) == ("marcela-duque", (PDF,), date(2026, 3, 10))
    assert story.case.status == "in-progress"


def test_what_the_person_sent_later_goes_along_too() -> None:
    story = Story(filed(), said())
    [asked] = story.ask(REQUEST)
    assert isinstance(asked, DocumentsRequested)
    assert asked.files == (PDF,)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (RequestDocuments(AGENT, "r-1", date(2026, 3, 1), "¿?"), "day-is-past"),
        (RequestDocuments(AGENT, "r-1", date(2026, 3, 10), "¿?", "nadie"), "unknown-member"),
        (DELIVERY, "unknown-request"),
        (DeliverDocuments(STRANGER, "no es mío"), "not-the-responder"),
    ],
)
def test_what_makes_no_sense_is_refused(command: Command, code: str) -> None:
    assert Story(filed()).ask_in_vain(command).code == code


def test_the_day_may_be_today() -> None:
    Story(filed()).ask(RequestDocuments(AGENT, "r-1", date(2026, 3, 2), "¿?"))


def test_the_responder_delivers_and_it_is_a_task_to_answer() -> None:
    story = Story(filed())
    story.ask(REQUEST)
    [delivered] = story.ask(DELIVERY, at="2026-03-06 11:00")
    assert isinstance(delivered, DocumentsDelivered)
    assert (delivered.responder.id, delivered.request_id, delivered.files) == ("marcela-duque", "r-1", (PDF,))
    assert story.case.requests[0].delivered_at == local("2026-03-06 11:00")
    assert task_of(story.case) == "documents-delivered"


@pytest.mark.parametrize("member", ["julian-rojas", "gloria-zapata"])
def test_deputy_and_head_stand_in_for_the_responder(member: str) -> None:
    story = Story(filed())
    assert names(story.ask(DeliverDocuments(Actor(id=member, role="head"), "Va."))) == ["documents-delivered"]


def test_whoever_was_asked_may_deliver_without_naming_the_request() -> None:
    story = Story(filed())
    story.ask(RequestDocuments(AGENT, "r-1", date(2026, 3, 10), "¿Horario?", "camila-restrepo"))
    story.ask(DeliverDocuments(STRANGER, "De 8 a 5."))
    assert story.case.requests[0].delivered_at is not None


@pytest.mark.parametrize("command", EVERY)
def test_a_closed_case_takes_no_command(command: Command) -> None:
    refused = Story(filed("Felicito a la biblioteca")).ask_in_vain(command)
    assert (refused.code, refused.kind, refused.allowed) == ("already-closed", "conflict", ("mark-ombudsman",))


@pytest.mark.parametrize("command", EVERY)
def test_an_answered_case_takes_no_command(command: Command) -> None:
    story = Story(filed())
    story.ask(ANSWER)
    story.hear(sent("a-1", "2026-03-05 10:00"))
    assert story.ask_in_vain(command).code == "already-answered"
    story.hear(waived())
    assert allowed(story.case) == ("keep-copy", "mark-ombudsman")


def test_while_an_answer_is_on_its_way_there_is_no_second_one() -> None:
    story = Story(filed())
    story.ask(ANSWER)
    refused = story.ask_in_vain(ANSWER)
    assert (refused.code, refused.allowed) == (
        "answer-on-its-way",
        ("assign", "request-documents", "deliver-documents", "keep-copy", "mark-ombudsman"),
    )


def test_a_command_about_an_unknown_case_is_not_found() -> None:
    story = Story(filed())
    assert decide(story.policy, None, ANSWER, story.now).kind == "not-found"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("at", "word", "days"),
    [
        ("2026-03-02 10:00", "in-time", 15),
        ("2026-03-19 08:00", "soon", 2),
        ("2026-03-20 23:59", "soon", 1),
        ("2026-03-24 23:59", "today", 0),
        ("2026-03-25 00:00", "overdue", 1),
        ("2026-03-30 08:00", "overdue", 4),
    ],
)
def test_urgency_counts_business_days(at: str, word: str, days: int) -> None:
    story = Story(filed())
    found = urgency_of(story.case, local(at), story.policy.calendar)
    assert (found.word, found.days) == (word, days)
