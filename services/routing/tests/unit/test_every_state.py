# SPDX-License-Identifier: Apache-2.0
"""Each command in each state of a case: carried out, or refused with which code; and what is said to be allowed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import get_args

import pytest
from routing_story import AGENT, PDF, Story, failed, filed, proposed, said, sent, tutela, waived

from chassis.decision import Refused
from routing.domain.allowed import allowed
from routing.domain.answering.commands import (
    ApproveDraft,
    AskClarification,
    KeepCopy,
    MarkOmbudsman,
    NoteOmbudsmanDecision,
    Reject,
    Review,
    SaveDraft,
    WidenOmbudsman,
)
from routing.domain.asked import ASKED
from routing.domain.case import Case
from routing.domain.cases import decide, with_needs
from routing.domain.commands import (
    AnswerPerson,
    Assign,
    Classify,
    Command,
    DeliverDocuments,
    Extend,
    ExtendStop,
    RequestDocuments,
    ResumeClock,
    StopClock,
    TakeDelivery,
    Transfer,
    Withdraw,
)
from routing.domain.versions import OnVersion
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.vocabulary import CaseStatus

ANDRES = Actor(id="andres-mejia", role="agent")
VALENTINA = Actor(id="valentina-uribe", role="legal")
LEGAL = "Reclamo: mi abogado pide que paguen la cuota monetaria"
LATER = "2026-03-05 10:00"
WIDTH = 20
"""Of the names of states in the table."""

UNCLEAR = AskClarification(AGENT, "¿Qué pago es?")
RUDE = Reject(AGENT, "disrespectful", "Solo contiene insultos.")
STOP = StopClock(AGENT, "Falta el certificado.")
LONGER = Extend(AGENT, date(2026, 4, 1), "Hay que verificar.")
WITHDRAWN = Withdraw(AGENT, "asked-by-the-person", "Lo pidió por teléfono.")
ELSEWHERE = Transfer(AGENT, "Superintendencia del Subsidio Familiar", "Es competente.")
OMBUDSMAN = MarkOmbudsman(AGENT, "DCF-2026-0001", date(2026, 3, 2), "¿Qué se respondió?")
ANSWER = AnswerPerson(AGENT, "a-1", "Ya se pagó.")
IN_HAND = replace(ANSWER, delivery="handed-over")
DECIDED = NoteOmbudsmanDecision(AGENT, OMBUDSMAN.reference, OMBUDSMAN.received_on, "person", "Pague.")
DRAFT = SaveDraft(AGENT, 0, "Ya se pagó.")
ASK, PASS = Review(AGENT, "ask", 1), Review(VALENTINA, "pass", 1)
RETURN = Review(VALENTINA, "return", 1, "Falta el artículo.")
SENT = sent("a-1", LATER)

COMMANDS: Mapping[str, Callable[[Case], Command]] = {
    "classify": lambda _: Classify(AGENT, priority="high"),
    "assign": lambda _: Assign(AGENT, "julian-rojas"),
    "request-documents": lambda _: RequestDocuments(AGENT, "r-9", date(2026, 3, 10), "¿Qué pasó?"),
    "deliver-documents": lambda case: DeliverDocuments(_responder(case), "Se corrigió."),
    "take-delivery": lambda case: TakeDelivery(AGENT, case.proposals[0].id if case.proposals else "none"),
    "draft": lambda case: SaveDraft(AGENT, _revision(case), "Ya se pagó."),
    "review": lambda case: _next_review(case),
    "approve": lambda case: ApproveDraft(ANDRES, "a-9", _revision(case)),
    "answer": lambda _: AnswerPerson(AGENT, "a-9", "Ya se pagó."),
    "keep-copy": lambda _: KeepCopy(AGENT, None, (PDF,)),
    "ask-clarification": lambda _: UNCLEAR,
    "reject": lambda _: RUDE,
    "mark-ombudsman": lambda _: replace(OMBUDSMAN, reference="DCF-2026-0002"),
    "widen-ombudsman": lambda _: WidenOmbudsman(AGENT, "DCF-2026-0001", date(2026, 3, 20), "Falta un extracto."),
    "ombudsman-decision": lambda _: DECIDED,
    "stop-clock": lambda _: STOP,
    "extend-stop": lambda _: ExtendStop(AGENT),
    "resume-clock": lambda _: ResumeClock(AGENT),
    "extend": lambda _: LONGER,
    "withdraw": lambda _: WITHDRAWN,
    "transfer": lambda _: ELSEWHERE,
}
"""Each such that nothing but the state of the case can be against it."""

STORIES: Mapping[str, tuple[Event | Command, ...]] = {
    "assigned": (filed(),),
    "delivery proposed": (filed(), proposed()),
    "draft": (filed(), DRAFT),
    "legal": (filed(LEGAL),),
    "legal, draft": (filed(LEGAL), DRAFT),
    "legal, asked": (filed(LEGAL), DRAFT, ASK),
    "legal, returned": (filed(LEGAL), DRAFT, ASK, RETURN),
    "legal, passed": (filed(LEGAL), DRAFT, ASK, PASS),
    "stopped": (filed(), STOP),
    "stopped longer": (filed(), STOP, ExtendStop(AGENT)),
    "extended": (filed(), LONGER),
    "to be made clear": (filed(), UNCLEAR),
    "tutela": (filed("Acción de tutela", tutela=tutela("2026-03-09 10:15")),),
    "regulator": (filed("Informe", channel="regulator"),),
    "ombudsman": (filed(), OMBUDSMAN),
    "ombudsman answered": (filed(), OMBUDSMAN, IN_HAND),
    "ombudsman decided": (filed(), OMBUDSMAN, IN_HAND, DECIDED),
    "partly answered": (filed(), AnswerPerson(AGENT, "p-1", "Una parte.", partial=True)),
    "on its way": (filed(), ANSWER),
    "not delivered": (filed(), ANSWER, failed("a-1", LATER)),
    "answered": (filed(), ANSWER, SENT),
    "closed": (filed(), ANSWER, SENT, waived()),
    "compliment": (filed("Felicito a la biblioteca"),),
    "rejected": (filed(), RUDE),
    "withdrawn": (filed(), WITHDRAWN),
    "transferred": (filed(), ELSEWHERE),
    "reopened": (filed(), ANSWER, SENT, waived(), said("No.", "2026-03-06 09:00", reopens=True)),
}
MARKS = {
    "+": None,
    "dlv": "no-delivery-proposed",
    "drf": "nothing-drafted",
    "rvw": "review-missing",
    "psd": "review-passed",
    "oth": "answer-needs-another",
    "ans": "nothing-answered",
    "way": "answer-on-its-way",
    "asd": "clarification-asked",
    "aut": "asked-by-an-authority",
    "run": "clock-is-running",
    "stp": "clock-is-stopped",
    "ext": "already-extended",
    "ord": "term-is-ordered",
    "omb": "ombudsman-waits",
    "now": "ombudsman-not-waiting",
    "noa": "ombudsman-not-answered",
    "dcd": "ombudsman-decided",
    "-an": "already-answered",
    "-cl": "already-closed",
    "-rj": "already-rejected",
    "-wd": "already-withdrawn",
    "-tr": "already-transferred",
}
"""What the table says; + is carried out."""
TABLE = """
                    cls asg req del tak drf rev app ans cpy clr rej omb wid dcn stp mor res ext wdr tra
assigned            +   +   +   +   dlv +   drf drf +   ans +   +   +   now noa +   run run +   +   +
delivery proposed   +   +   +   +   +   +   drf drf +   ans +   +   +   now noa +   run run +   +   +
draft               +   +   +   +   dlv +   +   +   +   ans +   +   +   now noa +   run run +   +   +
legal               +   +   +   +   dlv +   drf drf oth ans +   +   +   now noa +   run run +   +   +
legal, draft        +   +   +   +   dlv +   +   rvw oth ans +   +   +   now noa +   run run +   +   +
legal, asked        +   +   +   +   dlv +   +   rvw oth ans +   +   +   now noa +   run run +   +   +
legal, returned     +   +   +   +   dlv +   +   rvw oth ans +   +   +   now noa +   run run +   +   +
legal, passed       +   +   +   +   dlv +   psd +   oth ans +   +   +   now noa +   run run +   +   +
stopped             +   +   +   +   dlv +   drf drf +   ans stp +   +   now noa stp +   +   stp +   +
stopped longer      +   +   +   +   dlv +   drf drf +   ans stp +   +   now noa stp ext +   stp +   +
extended            +   +   +   +   dlv +   drf drf +   ans +   +   +   now noa +   run run ext +   +
to be made clear    +   +   +   +   dlv +   drf drf +   ans asd +   +   now noa +   run run +   +   +
tutela              +   +   +   +   dlv +   drf drf oth ans aut aut +   now noa ord run run ord +   +
regulator           +   +   +   +   dlv +   drf drf +   ans aut aut +   now noa +   run run +   +   +
ombudsman           +   +   +   +   dlv +   drf drf +   ans omb omb +   +   noa omb run run omb omb omb
ombudsman answered  -an -an -an -an -an -an -an -an -an +   -an -an +   now +   -an -an -an -an -an -an
ombudsman decided   -an -an -an -an -an -an -an -an -an +   -an -an +   now dcd -an -an -an -an -an -an
partly answered     +   +   +   +   dlv +   drf drf +   +   +   +   +   now noa +   run run +   +   +
on its way          way +   +   +   dlv way way way way +   way way +   now noa way run run way way way
not delivered       +   +   +   +   dlv +   drf drf +   +   +   +   +   now noa +   run run +   +   +
answered            -an -an -an -an -an -an -an -an -an +   -an -an +   now noa -an -an -an -an -an -an
closed              -cl -cl -cl -cl -cl -cl -cl -cl -cl +   -cl -cl +   now noa -cl -cl -cl -cl -cl -cl
compliment          -cl -cl -cl -cl -cl -cl -cl -cl -cl ans -cl -cl +   now noa -cl -cl -cl -cl -cl -cl
rejected            -rj -rj -rj -rj -rj -rj -rj -rj -rj ans -rj -rj +   now noa -rj -rj -rj -rj -rj -rj
withdrawn           -wd -wd -wd -wd -wd -wd -wd -wd -wd ans -wd -wd +   now noa -wd -wd -wd -wd -wd -wd
transferred         -tr -tr -tr -tr -tr -tr -tr -tr -tr ans -tr -tr +   now noa -tr -tr -tr -tr -tr -tr
reopened            +   +   +   +   dlv +   drf drf +   +   +   +   +   now noa +   run run +   +   +
"""


def rows() -> dict[str, dict[str, str | None]]:
    """By state and command: the code of the refusal, None where it is carried out."""
    lines = [line for line in TABLE.splitlines() if line]
    split = {line[:WIDTH].strip(): line[WIDTH:].split() for line in lines[1:]}
    return {state: dict(zip(COMMANDS, (MARKS[mark] for mark in marks), strict=True)) for state, marks in split.items()}


def tell(happened: tuple[Event | Command, ...]) -> Story:
    story = Story()
    for one in happened:
        story.hear(one) if isinstance(one, Event) else story.ask(one)
    return story


def _revision(case: Case) -> int:
    return case.draft.revision if case.draft else 0


def _next_review(case: Case) -> Review:
    return replace(PASS if case.to_review else ASK, revision=_revision(case))


def _responder(case: Case) -> Actor:
    assert case.assignment is not None
    return Actor(id=case.assignment.responder.id, role="responder")


def test_the_table_has_every_command_and_every_story() -> None:
    assert tuple(COMMANDS) == tuple(asked.name for asked in ASKED.values())
    assert set(ASKED) == set(get_args(Command))
    assert list(rows()) == list(STORIES)
    for name, command in COMMANDS.items():
        assert ASKED[type(command(tell(STORIES["draft"]).case))].name == name


def test_the_stories_come_to_every_status_of_a_case() -> None:
    """But for those that it has only within a decision: filed, classified; reopened is in progress at once."""
    found = {tell(happened).case.status for happened in STORIES.values()}
    assert found == set(get_args(CaseStatus)) - {"filed", "classified", "reopened"}


@pytest.mark.parametrize("state", STORIES)
def test_each_command_is_carried_out_or_refused_as_the_table_says(state: str) -> None:
    """And what is said to be allowed is what is carried out; every conflict says it, also that of an old version."""
    story = tell(STORIES[state])
    asked = {name: command(story.case) for name, command in COMMANDS.items()}
    outcomes = {name: decide(story.policy, story.case, command, story.now) for name, command in asked.items()}
    codes = {name: one.code if isinstance(one, Refused) else None for name, one in outcomes.items()}
    assert codes == rows()[state]
    carried_out = tuple(name for name, code in codes.items() if code is None)
    assert allowed(with_needs(story.policy, story.case)) == carried_out
    late = decide(story.policy, story.case, OnVersion(ANSWER, story.case.version + 1), story.now)
    told = [(one.kind, one.allowed) for one in (late, *outcomes.values()) if isinstance(one, Refused)]
    assert told == [("conflict", carried_out)] * len(told)
