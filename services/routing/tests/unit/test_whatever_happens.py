# SPDX-License-Identifier: Apache-2.0
"""What holds for a case whatever happens to it, in whatever order."""

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from routing_story import AGENT, BOGOTA, RESPONDER, Story, checked, failed, filed, names, said, sent, unknown, waived

from chassis.decision import Decision, Refused
from routing.domain.case import Case
from routing.domain.commands import AnswerPerson, Assign, Classify, Command, DeliverDocuments
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import AnswerFiledWithRegulator, CaseFiled, Person
from ventanilla_contracts.routing import CaseEscalated, DeadlineSet

FILINGS = [
    filed(),
    filed("Felicito a la biblioteca"),
    filed("Fuga de gas en la piscina"),
    filed("Queja anónima", person=Person(), anonymous=True),
    filed("Informe", channel="regulator"),
]
STEPS = (
    "say",
    "answer",
    "hand-over",
    "sent",
    "failed",
    "unknown",
    "waived",
    "checked",
    "filed-with-regulator",
    "shorter",
    "longer",
    "compliment",
    "emergency",
    "assign",
    "deliver",
    "wait-a-day",
    "wait-a-month",
)


def wall_time(moment: datetime) -> str:
    return moment.astimezone(BOGOTA).replace(tzinfo=None).isoformat(" ")


def take(story: Story, step: str) -> None:
    """One step, if it makes sense now; a refusal is an outcome too."""
    count, last = len(story.case.answers), story.case.answer
    at = wall_time(story.now)
    events: dict[str, Event] = {
        "say": said(),
        "waived": waived(),
        "checked": checked(),
        "filed-with-regulator": AnswerFiledWithRegulator(
            actor=AGENT, authority="SSF", reference="1", filed_at=story.now, answer_id="a-0"
        ),
        **({"sent": sent(last.id, at), "failed": failed(last.id, at), "unknown": unknown(last.id, at)} if last else {}),
    }
    commands: dict[str, Command] = {
        "answer": AnswerPerson(AGENT, f"a-{count}", "Ya."),
        "hand-over": AnswerPerson(AGENT, f"a-{count}", "Ya.", delivery="handed-over"),
        "shorter": Classify(AGENT, term="documents"),
        "longer": Classify(AGENT, term="consultation"),
        "compliment": Classify(AGENT, kind="compliment"),
        "emergency": Classify(AGENT, priority="emergency"),
        "assign": Assign(AGENT, "julian-rojas"),
        "deliver": DeliverDocuments(RESPONDER, "Va."),
    }
    if step in events:
        story.hear(events[step])
    elif step in commands:
        outcome = story.try_to(commands[step])
        assert isinstance(outcome, Decision | Refused)
    elif step.startswith("wait"):
        days = 1 if step == "wait-a-day" else 30
        story.wait_until(wall_time(story.now + timedelta(days=days)))


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILINGS), st.lists(st.sampled_from(STEPS), max_size=15))
def test_a_case_is_answered_and_closed_once_and_rests_afterwards(filing: CaseFiled, steps: list[str]) -> None:
    story = Story(filing)
    for step in steps:
        take(story, step)
    told = Counter(names(story.told))
    assert told["case-answered"] <= 1
    assert told["case-closed"] <= 1
    assert story.case.open is not (told["case-answered"] + told["case-closed"] > 0)
    assert set(story.case.timers) == set(story.timers)
    assert story.case.open or not story.timers
    assert Case.model_validate(story.case.model_dump()) == story.case


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(FILINGS), st.lists(st.sampled_from(STEPS), max_size=15))
def test_everybody_is_told_once_for_each_due_date(filing: CaseFiled, steps: list[str]) -> None:
    story = Story(filing)
    for step in steps:
        take(story, step)
    term = 0
    said_in_term: Counter[tuple[int, str]] = Counter()
    due = None
    for event in story.told:
        if isinstance(event, DeadlineSet) and event.due != due:
            term, due = term + 1, event.due
        level = f" {event.level}" if isinstance(event, CaseEscalated) else ""
        if event.TYPE in ("deadline-approaching.v1", "deadline-missed.v1", "case-escalated.v1"):
            said_in_term[term, event.TYPE + level] += 1
    assert all(count == 1 for count in said_in_term.values()), said_in_term
