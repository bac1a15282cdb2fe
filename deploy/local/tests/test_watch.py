# SPDX-License-Identifier: Apache-2.0
"""What a terminal shows of the events: told in plain words, added up, in an order that makes sense."""

import io
from datetime import UTC, date, datetime

import pytest
from rich.console import Console

from ventanilla_contracts.envelope import Actor, Envelope, Event, StaffRef
from ventanilla_contracts.intake import CaseFiled, Person, PersonalCreated, PersonalFiling, SubmissionCreated
from ventanilla_contracts.notifications import DeliverySent, PersonalDelivery
from ventanilla_contracts.registry import EVENTS
from ventanilla_contracts.routing import CaseAnswered, CaseAssigned, CaseClosed, DeadlineMissed
from ventanilla_local.feed import topics
from ventanilla_local.gauges import Gauge, Gauges
from ventanilla_local.live import View, picture, plain
from ventanilla_local.pace import Pace
from ventanilla_local.watch import Happening, Watch
from ventanilla_local.words import WORDS

AT = datetime(2026, 11, 22, 15, 4, 5, tzinfo=UTC)
NUMBER = "CAJA-2026-000001-7"
ACTOR = Actor(id="a", role="agent")
MARCELA = StaffRef(id="marcela-duque", name="Marcela Duque", email="marcela.duque@caja.example")
PERSON = Person(name="Rosa Elvira Quintero", email="rosa.quintero@correo.example")

FILED = CaseFiled(
    actor=ACTOR,
    case_number=NUMBER,
    submission_id="s",
    channel="web",
    received_at=AT,
    registered_at=AT,
    personal=PersonalFiling(person=PERSON, subject="Cobro doble", text="Me cobraron dos veces", tracking_code="SECRET"),
)
CREATED = SubmissionCreated(
    actor=ACTOR,
    channel="email",
    external_id="<1@correo.example>",
    received_at=AT,
    case_id="case",
    case_number=NUMBER,
    personal=PersonalCreated(tracking_code="SECRET"),
)
ASSIGNED = CaseAssigned(
    actor=ACTOR, area="subsidios", area_name="Subsidios", responder=MARCELA, matrix_version="1", rule="by-area"
)
MISSED = DeadlineMissed(actor=ACTOR, due=date(2026, 11, 17), responder=MARCELA)
ANSWERED = CaseAnswered(
    actor=ACTOR, answer_id="1", answered_at=AT, delivery="email", due=date(2026, 11, 17), in_time=False
)
CLOSED = CaseClosed(actor=ACTOR, reason="check-completed")
SENT = DeliverySent(
    actor=ACTOR,
    letter_id="l",
    kind="acknowledgement",
    message_id="<1@x>",
    sent_at=AT,
    attempt=1,
    personal=PersonalDelivery(to=("rosa.quintero@correo.example",)),
)


def envelope(event: Event, subject: str = "case") -> Envelope:
    return Envelope(id="1", type=event.TYPE, source="test", subject=subject, time=AT)


def see(watch: Watch, *events: Event) -> list[Happening]:
    return [told for event in events for told in watch.see(envelope(event), event)]


def test_every_event_about_a_case_has_its_words() -> None:
    assert set(WORDS) == {name.rpartition(".v")[0] for name in EVENTS} - {"store-counted"}


def test_what_is_watched_is_every_topic_that_the_services_share() -> None:
    assert topics() == sorted({event.TOPIC for event in EVENTS.values() if event.topic_of("any") == event.TOPIC})


def test_a_case_moves_on_and_never_back() -> None:
    watch = Watch()
    see(watch, FILED)
    assert watch.by_stage() == {"filed": 1}
    see(watch, CLOSED)
    see(watch, ASSIGNED)
    assert watch.by_stage() == {"closed": 1}


def test_what_is_heard_before_the_filing_waits_for_the_number() -> None:
    watch = Watch()
    assert see(watch, ASSIGNED) == []
    told = see(watch, FILED)
    assert [one.words for one in told] == ["filed: web", "given to Marcela Duque"]
    assert {one.number for one in told} == {NUMBER}


def test_mails_are_counted_by_what_they_are() -> None:
    watch = Watch()
    see(watch, FILED, SENT, SENT)
    assert watch.letters == {"acknowledgement": 2}


def test_a_mail_is_found_again_by_the_id_that_its_sender_gave_it() -> None:
    watch = Watch()
    watch.see(envelope(CREATED, "submission"), CREATED)
    assert watch.number_of("<1@correo.example>") == NUMBER
    assert watch.number_of("<2@correo.example>") is None


def test_a_line_says_when_who_which_case_and_what() -> None:
    (told,) = see(Watch(), FILED)
    assert plain(told) == "22 Nov 10:04:05  intake         CAJA-2026-000001-7    filed: web"


@pytest.mark.parametrize(
    ("event", "words"),
    [(MISSED, "TERM MISSED on Tue 17 Nov"), (ANSWERED, "ANSWERED LATE"), (SENT, "mail sent: acknowledgement")],
)
def test_words_are_plain(event: Event, words: str) -> None:
    watch = Watch()
    see(watch, FILED)
    assert [one.words for one in see(watch, event)] == [words]


def shown(watch: Watch, gauges: Gauges) -> str:
    console = Console(file=io.StringIO(), width=120, force_terminal=False)
    console.print(picture(watch, gauges, AT, pulse="Ctrl-C stops everything"))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


def test_the_picture_holds_all_services_their_lag_and_what_happened_and_nothing_personal() -> None:
    watch = Watch()
    see(watch, FILED, ASSIGNED, MISSED, SENT)
    gauges = Gauges({}, last={"intake": Gauge(applied=4), "routing": Gauge(behind=3), "reporting": None})
    text = shown(watch, gauges)
    for expected in ("intake", "routing", "notifications", "satisfaction", "reporting", "TERM MISSED", NUMBER):
        assert expected in text
    assert "lag zero" in text
    assert "3 under way" in text
    assert "no answer" in text
    assert "Rosa" not in text
    assert "SECRET" not in text


def test_where_there_is_no_terminal_each_event_is_a_line_but_not_those_of_before() -> None:
    console = Console(file=io.StringIO(), width=160)
    view = View(Watch(), Gauges({}), Pace(), console)
    view.see(envelope(FILED), FILED, False)
    view.see(envelope(ASSIGNED), ASSIGNED, True)
    lines = str(console.file.getvalue()).splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1
    assert lines[0].endswith("given to Marcela Duque")


def test_a_gauge_adds_up_what_prometheus_is_told() -> None:
    text = """# HELP ventanilla_lag Records behind
ventanilla_lag{partition="0",service="routing",topic="intake-cases"} 2.0
ventanilla_lag{partition="1",service="routing",topic="intake-cases"} 1.0
ventanilla_outbox_pending{service="routing"} 4.0
ventanilla_inputs_total{service="routing",what="applied"} 1.0e+01
ventanilla_inputs_created{service="routing",what="applied"} 1.7e+09
"""
    assert Gauge.read(text) == Gauge(applied=10, behind=3, unpublished=4, alarms=0)
