# SPDX-License-Identifier: Apache-2.0
"""What the person is told of the term of their case (ICX-03, ICX-04), and what is not sent meanwhile."""

from datetime import UTC, date, datetime

import pytest
from letters_story import AGENT, AT, CARLOS, CASE, CITIZEN, HOUSE, ROUTING

from chassis.decision import Decision, Put, Received
from notifications.domain.case import Case
from notifications.domain.letters import Letter
from notifications.domain.rules import Correspondence, pointless
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import CaseFiled, Person, PersonalFiling
from ventanilla_contracts.routing import (
    CaseTransferred,
    CaseWithdrawn,
    ClockResumed,
    ClockStopExtended,
    ClockStopped,
    ClockStopWaiting,
    DeadlineExtended,
    DeadlineSet,
    PersonalWords,
    TermInWords,
    TraceDay,
)

SINCE, UNTIL = date(2026, 3, 10), date(2026, 4, 10)
END = datetime(2026, 4, 11, 4, 59, 59, 999000, tzinfo=UTC)
WORDS = TermInWords(es="Quince días hábiles.", en="Fifteen business days.")


class Tale:
    """One case and the letters that are written about it."""

    def __init__(self, person: Person | None = None, *, anonymous: bool = False) -> None:
        self.case: Case | None = None
        self.events: list[Event] = []
        personal = PersonalFiling(
            person=person or Person(name="Ana", email="ana@correo.example"),
            subject="Cuota",
            text="No llegó.",
            tracking_code="AAAA-BBBB-CCCC-D",
        )
        self.hear(
            CaseFiled(
                actor=CITIZEN,
                case_number="CEJ-2026-000412-2",
                submission_id="s-1",
                channel="web",
                received_at=AT,
                registered_at=AT,
                anonymous=anonymous,
                personal=personal,
            )
        )

    def hear(self, *events: Event) -> list[Letter]:
        letters = []
        for event in events:
            decision = Correspondence(HOUSE)(self.case, Received(event, "e-1", CASE, AT, event.TOPIC), AT)
            assert isinstance(decision, Decision)
            self.case = decision.state
            self.events += decision.events  # type: ignore[arg-type]
            letters += [row for row in decision.rows if isinstance(row, Put)]
        return [Letter(id=row.id, **row.document) for row in letters]  # type: ignore[arg-type]


def stopped() -> ClockStopped:
    return ClockStopped(
        actor=AGENT,
        since=SINCE,
        until=UNTIL,
        until_at=END,
        days_left=9,
        rule="ley-1755-art-17",
        source="Ley 1755 de 2015, art. 17",
        calendar_version="c",
        trace=(),
        personal=PersonalWords(text="Falta el certificado."),
    )


def newly_set(because: str, due: date = date(2026, 4, 8)) -> DeadlineSet:
    return DeadlineSet.model_validate(
        {
            "actor": ROUTING,
            "due": due,
            "due_at": END,
            "term": "general",
            "anchor": AT.date(),
            "rule": "r",
            "source": "Ley 1755 de 2015, art. 14",
            "calendar_version": "c",
            "because": because,
            "trace": (TraceDay(date=due, counted=True, reason="business-day"),),
            "in_words": WORDS,
        }
    )


def resumed(because: str = "completed") -> ClockResumed:
    values = {"actor": AGENT, "since": SINCE, "completed_on": date(2026, 3, 24), "on_completion": "resume"}
    return ClockResumed.model_validate({**values, "because": because})


def test_the_person_is_asked_what_until_when_and_how() -> None:
    [letter] = Tale().hear(stopped())
    assert (letter.kind, letter.state, [one.address for one in letter.to]) == (
        "completion-request",
        "pending",
        ["ana@correo.example"],
    )
    assert letter.values["missing"] == "Falta el certificado."
    assert (letter.values["since"], letter.values["until"]) == ("2026-03-10", "2026-04-10")
    assert letter.thread is not None


def test_who_gave_no_address_is_somebodys_task_and_an_anonymous_person_looks_themselves() -> None:
    tale = Tale(Person(name="Ana"))
    [letter] = tale.hear(stopped())
    assert (letter.state, letter.reason) == ("failed", "no address")
    assert tale.events[-1].TYPE == "delivery-failed.v1"
    assert Tale(Person(), anonymous=True).hear(stopped()) == []


def test_the_person_hears_of_more_time() -> None:
    event = ClockStopExtended(
        actor=AGENT, since=SINCE, until=date(2026, 5, 11), until_at=END, source="Ley 1755 de 2015, art. 17", trace=()
    )
    tale = Tale()
    tale.hear(stopped())
    [letter] = tale.hear(event)
    assert (letter.kind, letter.values["until"]) == ("completion-extended", "2026-05-11")


def test_running_again_is_told_once_with_the_new_date_in_the_words_of_routing() -> None:
    tale = Tale()
    tale.hear(stopped())
    assert tale.hear(resumed()) == []
    [letter] = tale.hear(newly_set("resumed"))
    assert (letter.kind, letter.values["day"], letter.values["due"]) == ("clock-resumed", "2026-03-24", "2026-04-08")
    assert letter.values["in_words"] == {"es": WORDS.es, "en": WORDS.en}
    assert tale.hear(newly_set("resumed", date(2026, 4, 9))) == []


@pytest.mark.parametrize("because", ["answered", "ordered"])
def test_what_the_house_does_without_waiting_needs_no_letter_of_its_own(because: str) -> None:
    tale = Tale()
    assert [one.kind for one in tale.hear(stopped(), resumed(because), newly_set("resumed"))] == ["completion-request"]


def test_an_extension_is_told_with_its_reasons() -> None:
    tale = Tale()
    tale.hear(
        DeadlineExtended(
            actor=AGENT,
            due_before=date(2026, 3, 24),
            due=date(2026, 4, 8),
            latest=date(2026, 4, 16),
            business_days=24,
            source="Ley 1755 de 2015, art. 14",
            personal=PersonalWords(text="Falta el concepto."),
        )
    )
    [letter] = tale.hear(newly_set("extended"))
    assert (letter.kind, letter.values["reasons"], letter.values["day"]) == (
        "deadline-extended",
        "Falta el concepto.",
        "2026-03-24",
    )


def test_a_withdrawal_is_a_reasoned_notice() -> None:
    silent = CaseWithdrawn(actor=ROUTING, reason="not-completed", since=SINCE, until=UNTIL, source="art. 17")
    [letter] = Tale().hear(silent)
    assert (letter.kind, letter.values["reasons"], letter.values["signed_by"]) == ("withdrawal", None, None)


def test_a_transfer_goes_to_the_authority_and_the_person_is_told() -> None:
    event = CaseTransferred(
        actor=AGENT,
        to_name="Alcaldía",
        to_email="radicacion@alcaldia.example",
        due=date(2026, 3, 9),
        in_time=True,
        source="art. 21",
        personal=PersonalWords(text="Es su competencia."),
    )
    told, sent = Tale().hear(event)
    assert (told.kind, sent.kind) == ("transfer-notice", "transfer")
    assert [one.address for one in sent.to] == ["radicacion@alcaldia.example"]
    assert sent.values["text"] == "No llegó."
    [only] = Tale().hear(event.model_copy(update={"to_email": None}))
    assert (only.kind, only.values["by_mail"]) == ("transfer-notice", False)


def test_a_reminder_that_waits_is_pointless_once_the_clock_stands_still() -> None:
    tale = Tale()
    tale.hear(stopped())
    assert tale.case is not None
    [letter] = tale.hear(resumed(), newly_set("resumed"))
    reminder = letter.model_copy(update={"kind": "reminder", "to": (), "values": {"responder": CARLOS.name}})
    assert not pointless(reminder, tale.case)
    tale.hear(stopped())
    assert pointless(reminder, tale.case)


@pytest.mark.parametrize("because", ["person-replied", "not-asked"])
def test_those_who_can_say_what_follows_are_told_that_a_stopped_clock_waits_for_them(because: str) -> None:
    tale = Tale()
    tale.hear(stopped())
    values = {"actor": ROUTING, "step": "escalation", "because": because, "since": AT, "days_left": 9, "to": (CARLOS,)}
    [letter] = tale.hear(ClockStopWaiting.model_validate(values))
    assert (letter.kind, [one.address for one in letter.to]) == ("stop-waiting", [CARLOS.email])
    assert (letter.values["why"], letter.values["days_left"], letter.values["due"]) == (because, 9, None)
    assert tale.case is not None
    assert not pointless(letter, tale.case)
    tale.hear(resumed())
    assert pointless(letter, tale.case)
