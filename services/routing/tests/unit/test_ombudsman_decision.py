# SPDX-License-Identifier: Apache-2.0
"""What the ombudsman decided, once they had an answer: noted once of each of their requests (ICX-08)."""

from datetime import date

import pytest
from routing_story import AGENT, PDF, Story, bounced, filed, local, names, sent, waived

from routing.domain.allowed import allowed
from routing.domain.answering.commands import MarkOmbudsman, NoteOmbudsmanDecision
from routing.domain.commands import AnswerPerson
from ventanilla_contracts.routing import OmbudsmanDecided
from ventanilla_contracts.vocabulary import Favour

SAYS = "La entidad debe presentar disculpas."
IN_HAND = AnswerPerson(AGENT, "a-1", "Ya se pagó.", delivery="handed-over")
BY_MAIL = AnswerPerson(AGENT, "a-1", "Ya se pagó.")


def mark(reference: str = "DCF-0815") -> MarkOmbudsman:
    return MarkOmbudsman(AGENT, reference, date(2026, 3, 3), "¿Por qué no se pagó?")


def decision(day: str = "2026-03-12", reference: str = "DCF-0815", favour: Favour = "partly") -> NoteOmbudsmanDecision:
    return NoteOmbudsmanDecision(AGENT, reference, date.fromisoformat(day), favour, SAYS, (PDF,))


def answered(*references: str) -> Story:
    """On 6 March; the case is closed, and it is the 12th."""
    story = Story(filed())
    for reference in references or ("DCF-0815",):
        story.ask(mark(reference), at="2026-03-03 09:00")
    story.ask(IN_HAND, at="2026-03-06 09:00")
    story.hear(waived())
    story.wait_until("2026-03-12 09:00")
    return story


@pytest.mark.parametrize("favour", ["person", "partly", "organisation"])
def test_it_is_kept_and_told_and_moves_nothing(favour: Favour) -> None:
    story = answered()
    before = story.case
    assert names(story.ask(decision(favour=favour))) == ["ombudsman-decided"]
    said = story.only(OmbudsmanDecided)
    assert (said.reference, said.decided_on, said.favour) == ("DCF-0815", date(2026, 3, 12), favour)
    assert (said.files, said.personal.text) == ((PDF,), SAYS)
    kept = story.case.ombudsman[0].decision
    assert kept is not None
    assert (kept.favour, kept.text, kept.files, kept.noted_at) == (favour, SAYS, (PDF,), local("2026-03-12 09:00"))
    assert (story.case.status, story.case.deadline, story.case.timers) == ("closed", before.deadline, before.timers)
    assert (story.case.history[-1].what, story.case.history[-1].facts["favour"]) == ("ombudsman-decided", favour)


@pytest.mark.parametrize("day", ["2026-03-05", "2026-03-13"])
def test_it_was_decided_between_the_answer_and_today(day: str) -> None:
    refused = answered().ask_in_vain(decision(day))
    assert (refused.code, refused.kind, refused.field) == ("not-since-the-answer", "invalid", "decided_on")
    assert refused.values == {"since": "2026-03-06", "today": "2026-03-12"}


@pytest.mark.parametrize("day", ["2026-03-06", "2026-03-12"])
def test_the_days_of_the_answer_and_today_are_between(day: str) -> None:
    assert names(answered().ask(decision(day))) == ["ombudsman-decided"]


@pytest.mark.parametrize("asked", [True, False])
def test_before_an_answer_there_is_none(*, asked: bool) -> None:
    story = Story(filed())
    if asked:
        story.ask(mark(), at="2026-03-03 09:00")
    assert story.ask_in_vain(decision()).code == "ombudsman-not-answered"
    assert "ombudsman-decision" not in allowed(story.case)


def test_once_of_each_request() -> None:
    story = answered("DCF-0815", "DCF-0999")
    story.ask(decision())
    assert "ombudsman-decision" in allowed(story.case)
    refused = story.ask_in_vain(decision(reference="dcf-0815"))
    assert (refused.code, refused.kind) == ("ombudsman-decided", "conflict")
    story.ask(decision(reference="dcf-0999"))
    assert [one.decision is not None for one in story.case.ombudsman] == [True, True]
    refused = story.ask_in_vain(decision(reference="DCF-0999"))
    assert (refused.code, "ombudsman-decision" in refused.allowed) == ("ombudsman-decided", False)


def test_of_one_that_waits_there_is_none_although_another_was_answered() -> None:
    story = answered()
    story.ask(MarkOmbudsman(AGENT, "DCF-0999", date(2026, 3, 12), "¿Y marzo?"), at="2026-03-12 10:00")
    assert story.ask_in_vain(decision(reference="DCF-0999")).code == "ombudsman-not-answered"
    assert story.ask_in_vain(decision(reference="DCF-1")).code == "unknown-ombudsman-request"


def test_who_decided_waits_for_nothing_although_the_answer_came_back_from_the_person() -> None:
    story = Story(filed())
    story.ask(mark(), at="2026-03-03 09:00")
    story.ask(mark("DCF-0999"), at="2026-03-03 09:00")
    story.ask(BY_MAIL, at="2026-03-06 09:00")
    story.hear(sent("a-1", "2026-03-06 09:05"), at="2026-03-06 09:05")
    story.ask(decision("2026-03-06"), at="2026-03-06 10:00")
    story.hear(bounced("a-1", "2026-03-06 11:00"), at="2026-03-06 11:00")
    assert [one.answer_id for one in story.case.ombudsman] == ["a-1", None]
