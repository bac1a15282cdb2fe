# SPDX-License-Identifier: Apache-2.0
"""A letter that came back: told once, shown to a person, whatever comes first."""

from datetime import timedelta
from typing import Any

import pytest
from letters_story import (
    AGENT,
    ANSWER_ID,
    AT,
    CARLOS,
    PATRICIA,
    PERSON,
    Story,
    approved,
    assigned,
    classified,
    filed,
    filed_with_regulator,
    of_the_regulator,
)

from chassis.decision import Decision, Put, Remove
from notifications.domain.bounces import BOUNCES, LetterBounced
from notifications.domain.letters import Letter
from notifications.domain.outcomes import CertificateIssued, ConfirmLetter, LetterSent, LetterUnknown, ResendLetter
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.intake import DeliveryReportReceived, PersonalReport, ReportedLetter
from ventanilla_contracts.notifications import DeliveryBounced, DeliverySent

INTAKE = Actor(id="intake", role="service")
PDF = FileRef(sha256="ab" * 32, name="certificado.pdf", type="application/pdf", size=40_000)
LATER = AT + timedelta(minutes=3)


def report(kind: str = "answer", n: str = "1", action: str = "failed", to: str = PERSON) -> DeliveryReportReceived:
    return DeliveryReportReceived.model_validate(
        {
            "actor": INTAKE,
            "letter": ReportedLetter.model_validate({"kind": kind, "n": n}),
            "message_id": "<m@caja.example>",
            "action": action,
            "status": "5.1.1",
            "reported_at": LATER,
            "personal": PersonalReport(recipient=to, diagnostic=f"550 5.1.1 <{to}>: no such user"),
        }
    )


class Bouncing(Story):
    """A story that keeps the reports, as the store would, and gives them to the sender's loop."""

    def __init__(self) -> None:
        super().__init__()
        self.reports: dict[str, dict[str, Any]] = {}

    def _adopt(self, decision: Decision[Any]) -> None:
        for row in decision.rows:
            if isinstance(row, Put) and row.collection == BOUNCES:
                self.reports[row.id] = dict(row.document)
            elif isinstance(row, Remove):
                self.reports.pop(row.id, None)
        letters = tuple(row for row in decision.rows if isinstance(row, Put) and row.collection != BOUNCES)
        super()._adopt(Decision(decision.state, decision.events, decision.timers, letters, decision.result))

    def settle(self) -> "Bouncing":
        for report_id, row in list(self.reports.items()):
            said = {name: value for name, value in row.items() if name != "letter_id"}
            self.tell(LetterBounced(self.letters[row["letter_id"]], report_id, **said))
        return self

    @property
    def bounced(self) -> list[DeliveryBounced]:
        return [event for event in self.events if isinstance(event, DeliveryBounced)]


def answer_story() -> tuple[Bouncing, Letter]:
    story = Bouncing()
    story.hear(filed(email=None), approved())
    letter = story.of("answer").model_copy(update={"state": "sending", "attempt": 1})
    return story, letter


def sent_answer() -> Bouncing:
    story, letter = answer_story()
    story.tell(LetterSent(letter))
    return story


def test_an_answer_that_came_back_is_told_and_waits_for_a_person() -> None:
    story = sent_answer()
    story.hear(report())
    story.settle()
    (bounced,) = story.bounced
    assert (bounced.kind, bounced.answer_id, bounced.status, bounced.personal.to) == (
        "answer",
        ANSWER_ID,
        "5.1.1",
        (PERSON,),
    )
    assert (bounced.reason, bounced.bounced_at) == ("550 5.1.1 …: no such user", LATER)
    letter = story.of("answer")
    assert (letter.state, letter.reached, letter.reason) == ("bounced", (), "550 5.1.1 …: no such user")
    assert story.reports == {}


def test_the_same_said_by_two_servers_is_told_once() -> None:
    story = sent_answer()
    story.hear(report(), report())
    story.settle().settle()
    story.hear(report())
    story.settle()
    assert len(story.bounced) == 1
    assert story.reports == {}


def test_a_report_that_overtakes_the_word_of_the_sender_waits_for_it() -> None:
    story, letter = answer_story()
    story.letters[letter.id] = letter
    assert story.case is not None
    story.case = story.case.with_letter(letter)
    story.hear(report())
    story.settle()
    assert (story.bounced, len(story.reports)) == ([], 1)
    story.tell(LetterSent(letter))
    story.settle()
    assert [type(event) for event in story.events] == [DeliverySent, DeliveryBounced]
    assert story.reports == {}


def test_an_answer_in_doubt_that_came_back_did_leave() -> None:
    story, letter = answer_story()
    story.tell(LetterUnknown(letter, AT))
    story.hear(report())
    story.settle()
    assert len(story.bounced) == 1
    assert story.of("answer").state == "bounced"


@pytest.mark.parametrize(
    "event",
    [
        report(action="delayed"),
        report(action="delivered"),
        report(action="complained"),
        report(n="2"),
        report(n="x"),
        report(kind="reminder"),
    ],
    ids=["delayed", "delivered", "complained", "no second", "no number", "no such letter"],
)
def test_what_is_no_news_of_a_letter_changes_nothing(event: DeliveryReportReceived) -> None:
    story = sent_answer()
    before = (story.case, dict(story.letters), list(story.events))
    story.hear(event)
    story.settle()
    assert (story.case, story.letters, story.events) == before
    assert story.reports == {}


def test_a_letter_that_waits_to_go_again_has_not_come_back() -> None:
    story = sent_answer()
    story.hear(report())
    story.settle()
    story.tell(ResendLetter(story.of("answer"), AGENT))
    story.hear(report())
    assert story.reports == {}
    again = story.of("answer").model_copy(update={"state": "sending", "attempt": 2})
    assert [one.address for one in again.outstanding] == [PERSON]
    story.tell(LetterSent(again))
    story.hear(report())
    story.settle()
    assert [type(event) for event in story.events] == [DeliverySent, DeliveryBounced, DeliverySent, DeliveryBounced]


def test_a_person_may_find_that_it_arrived_all_the_same() -> None:
    story = sent_answer()
    story.hear(report())
    story.settle()
    story.tell(ConfirmLetter(story.of("answer"), AGENT))
    assert story.of("answer").state == "sent"
    assert isinstance(story.events[-1], DeliverySent)


def certificate() -> Bouncing:
    story = Bouncing()
    story.hear(of_the_regulator(), classified(), assigned(), filed_with_regulator())
    story.tell(CertificateIssued(story.of("filing-certificate"), PDF))
    story.tell(LetterSent(story.of("filing-certificate").model_copy(update={"state": "sending", "attempt": 1})))
    return story


def test_of_two_addresses_the_one_that_gave_it_back_gets_it_again() -> None:
    story = certificate()
    story.hear(report("filing-certificate", to=PATRICIA.email.upper()))
    story.settle()
    assert [one.personal.to for one in story.bounced] == [(PATRICIA.email,)]
    again = story.tell(ResendLetter(story.of("filing-certificate"), AGENT)).of("filing-certificate")
    assert [one.address for one in again.outstanding] == [PATRICIA.email]
    assert again.reached == (CARLOS.email,)


def test_an_address_that_we_did_not_write_to_is_whose_it_was_if_there_was_one() -> None:
    one, two = sent_answer(), certificate()
    one.hear(report(to="a.rios@interno.correo.example"))
    two.hear(report("filing-certificate", to="otra@interno.caja.example"))
    assert [event.personal.to for event in one.settle().bounced] == [(PERSON,)]
    assert two.settle().bounced == []
    assert two.reports == {}
