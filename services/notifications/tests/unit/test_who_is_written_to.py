# SPDX-License-Identifier: Apache-2.0
"""Which event makes which letter, to whom."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from letters_story import (
    AGENT,
    ANSWER_ID,
    AT,
    CARLOS,
    CASE,
    FILE,
    GLORIA,
    HOUSE,
    LILIANA,
    MAIL,
    PATRICIA,
    PERSON,
    TUTELA,
    Story,
    answered,
    approaching,
    approved,
    assigned,
    classified,
    closed,
    documents_requested,
    due_on,
    escalated,
    filed,
    filed_with_regulator,
    message_id,
    missed,
    of_the_regulator,
    reopened,
    solved_at_the_counter,
)

from chassis.decision import TimerFired
from notifications.domain.case import Case
from notifications.domain.letters import FIRST, LAST, SECOND, Letter
from notifications.domain.rules import ANNOUNCE, pointless
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import (
    MailThread,
    Person,
    PersonalCorrection,
    PersonCorrected,
    Product,
    TermOrdered,
)
from ventanilla_contracts.notifications import DeliveryFailed, DeliveryUnknown

ROUTED = (classified(), assigned(), due_on())
COMPLIMENT = (classified("compliment"), assigned(copies=(LILIANA,), observation="No requiere documentos."), due_on())


def told(letter: Letter) -> list[str]:
    return [one.address for one in letter.to]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param((filed(),), {"acknowledgement": [PERSON]}, id="a mail is acknowledged"),
        pytest.param((filed(email=None),), {}, id="nobody to write to"),
        pytest.param((filed(email=None, anonymous=True),), {}, id="an anonymous case"),
        pytest.param((filed(email="servicio@caja.example"),), {}, id="never to ourselves"),
        pytest.param((filed(email="Servicio+pqrs@caja.example"),), {}, id="nor by a reply address of ours"),
        pytest.param((filed(email="MAILER-DAEMON@correo.example"),), {}, id="never to a machine"),
        pytest.param((filed(email="no-reply@tienda.example"),), {}, id="never to who does not read"),
        pytest.param((solved_at_the_counter(),), {"acknowledgement": [PERSON]}, id="solved on the spot"),
        pytest.param(
            (solved_at_the_counter(), *ROUTED),
            {"acknowledgement": [PERSON]},
            id="CNF-02: what is solved is nobody's work",
        ),
        pytest.param((filed(email=None), classified(), assigned()), {}, id="an assignment waits for its term"),
        pytest.param((filed(email=None), *ROUTED), {"assignment": [CARLOS.email]}, id="CNF-07: the responder"),
        pytest.param(
            (of_the_regulator(), classified("petition"), assigned(copies=(LILIANA,)), due_on()),
            {"assignment": [CARLOS.email], "copy": [LILIANA.email]},
            id="CNF-03: customer care gets a copy",
        ),
        pytest.param(
            (filed(email=None), classified(), assigned(copies=(CARLOS,)), due_on()),
            {"assignment": [CARLOS.email]},
            id="the responder gets no copy of their own",
        ),
        pytest.param(
            (filed(email=None), *COMPLIMENT),
            {"compliment-notice": [CARLOS.email, LILIANA.email]},
            id="CNF-08: a compliment is told to the area",
        ),
        pytest.param(
            (filed(email=None), documents_requested()),
            {"documents-request": [CARLOS.email]},
            id="CNF-10: documents are asked for",
        ),
        pytest.param(
            (filed(email=None), approaching()), {"reminder": [CARLOS.email, LILIANA.email]}, id="CNF-04: a reminder"
        ),
        pytest.param(
            (filed(email=None), *ROUTED, answered(), closed(), reopened(), due_on(30)),
            {"assignment": [CARLOS.email], "reopening": [CARLOS.email]},
            id="a reply opened it again",
        ),
        pytest.param(
            (filed(email=None), classified(), assigned(copies=(LILIANA,)), due_on(), reopened("answer-bounced")),
            {"assignment": [CARLOS.email], "copy": [LILIANA.email], "reopening": [CARLOS.email, LILIANA.email]},
            id="the answer came back",
        ),
        pytest.param(
            (filed(email=None), *ROUTED, reopened()), {"assignment": [CARLOS.email]}, id="a new term is waited for"
        ),
        pytest.param(
            (filed(email=None), *ROUTED, reopened(), due_on(30), due_on(31)),
            {"assignment": [CARLOS.email], "reopening": [CARLOS.email]},
            id="once for each time that it is reopened",
        ),
        pytest.param((filed(email=None), reopened("answer-bounced")), {}, id="a case that nobody has"),
        pytest.param((filed(email=None), missed()), {}, id="a missed term is told by its escalation"),
        pytest.param((filed(email=None), missed(), escalated()), {"escalation": [GLORIA.email]}, id="ICX-02"),
        pytest.param((filed(email=None), approved()), {"answer": [PERSON]}, id="CNF-10: the answer"),
        pytest.param((filed(email=None), approved("published")), {}, id="a published answer is no letter"),
        pytest.param((filed(email=None), approved("handed-over")), {}, id="an answer handed over is no letter"),
        pytest.param((filed(email=None), approved("regulator")), {}, id="nor one that goes to the regulator"),
        pytest.param(
            (of_the_regulator(), classified(), assigned(), approved("regulator"), filed_with_regulator()),
            {"filing-certificate": [CARLOS.email, PATRICIA.email]},
            id="CNF-05: area and general secretariat",
        ),
        pytest.param((filed(email=None), answered(), closed()), {}, id="the end of a case writes nothing"),
    ],
)
def test_each_event_writes_to_whom_it_concerns(events: tuple[Event, ...], expected: dict[str, list[str]]) -> None:
    story = Story().hear(*events)
    assert {letter.kind: told(letter) for letter in story.letters.values()} == expected
    assert len(story.letters) == len(expected)


def test_an_assignment_carries_the_words_the_files_and_the_term() -> None:
    letter = Story().hear(filed(files=(FILE,)), *ROUTED).of("assignment")
    assert letter.values["text"] == "La cuota de febrero no llegó."
    assert letter.values["due"] == "2026-03-24"
    assert letter.files == (FILE,)


def test_an_assignment_without_a_term_is_announced_all_the_same() -> None:
    story = Story().hear(filed(email=None), classified(), assigned())
    letter = story.tell(TimerFired(ANNOUNCE, AT)).of("assignment")
    assert letter.values["due"] is None


def test_an_assignment_is_announced_once() -> None:
    story = Story().hear(filed(email=None), *ROUTED, due_on(25)).tell(TimerFired(ANNOUNCE, AT))
    assert story.kinds == ["assignment"]


def test_a_new_responder_gets_a_letter_of_their_own_with_the_new_term() -> None:
    story = Story().hear(filed(email=None), *ROUTED, classified(), assigned(GLORIA), due_on(26))
    letters = list(story.letters.values())
    assert [told(letter) for letter in letters] == [[CARLOS.email], [GLORIA.email]]
    assert [letter.message_id for letter in letters] == [message_id("assignment", 1), message_id("assignment", 2)]
    assert letters[1].values["due"] == "2026-03-26"


def test_the_answer_is_in_the_thread_of_the_persons_mail() -> None:
    mail = MailThread(message_id="<b@correo.example>", references=("<a@correo.example>",), subject="Mi caso")
    thread = Story().hear(filed(mail=mail), approved()).of("answer").thread
    assert thread is not None
    assert thread.in_reply_to == "<b@correo.example>"
    assert thread.references == ("<a@correo.example>", "<b@correo.example>")
    assert thread.subject == "Mi caso"


def test_the_answer_to_a_telephone_call_is_in_the_thread_of_our_acknowledgement() -> None:
    thread = Story().hear(filed(mail=None, channel="phone"), approved()).of("answer").thread
    assert thread is not None
    assert thread.in_reply_to == message_id("acknowledgement")
    assert thread.references == (message_id("acknowledgement"),)
    assert thread.subject is None


def test_an_answer_begins_a_thread_where_there_was_none() -> None:
    assert Story().hear(filed(email=None, mail=None), approved()).of("answer").thread is None


def test_the_acknowledgement_answers_the_persons_mail() -> None:
    thread = Story().hear(filed()).of("acknowledgement").thread
    assert thread is not None
    assert thread.in_reply_to == MAIL.message_id


def test_an_answer_without_an_address_fails_at_once_and_says_so() -> None:
    story = Story().hear(filed(email=None), approved(to=None))
    assert story.of("answer").state == "failed"
    assert [(type(e), e.answer_id) for e in story.events if isinstance(e, DeliveryFailed)] == [
        (DeliveryFailed, ANSWER_ID)
    ]


def test_the_certificate_says_what_was_filed() -> None:
    story = Story().hear(of_the_regulator(), classified(), assigned(), approved("regulator", files=(FILE,)))
    letter = story.hear(filed_with_regulator()).of("filing-certificate")
    assert letter.state == "preparing"
    assert letter.values["reference"] == "RAD-1-2026-009902"
    assert letter.values["request_reference"] == "SSF-2-2026-004518"
    assert letter.values["filed_by"] == LILIANA.name
    assert letter.values["answer_sha256"] == sha256("Usted tiene razón: ya le pagamos.".encode()).hexdigest()
    assert letter.values["filed"] == [{"name": FILE.name, "size": FILE.size, "sha256": FILE.sha256}]


@pytest.mark.parametrize(
    ("events", "kind", "state"),
    [
        ((filed(),), "acknowledgement", "expired"),
        ((filed(email=None), *ROUTED), "assignment", "expired"),
        ((filed(email=None), approaching()), "reminder", "expired"),
        ((filed(email=None), escalated()), "escalation", "expired"),
        ((filed(email=None), approved()), "answer", "unknown"),
        ((of_the_regulator(), filed_with_regulator()), "filing-certificate", "unknown"),
    ],
)
def test_an_old_cause_sends_nothing_by_itself(events: tuple[Event, ...], kind: str, state: str) -> None:
    """Hazard 10: a rebuilt service does not mail a year again; answers and certificates are somebody's task."""
    story = Story().hear(*events, at=AT - timedelta(days=3, seconds=1))
    assert story.of(kind).state == state
    assert [type(event) for event in story.events] == ([DeliveryUnknown] if state == "unknown" else [])


def test_a_case_received_long_ago_is_not_an_old_cause() -> None:
    """A suggestion box opened today holds papers of last month."""
    story = Story().hear(filed(received_at=AT - timedelta(days=29)))
    assert story.of("acknowledgement").state == "pending"


def test_a_cause_at_the_limit_is_not_old() -> None:
    assert Story().hear(filed(), at=AT - HOUSE.oldest).of("acknowledgement").state == "pending"


def test_a_rebuilt_store_learns_that_an_old_answer_arrived() -> None:
    long_ago = AT - timedelta(days=200)
    story = Story().hear(filed(email=None), approved(), at=long_ago)
    assert story.of("answer").state == "unknown"
    told_before = len(story.events)
    story.hear(answered(), at=long_ago)
    assert story.of("answer").state == "sent"
    assert len(story.events) == told_before


@pytest.mark.parametrize(
    ("request_", "then", "expected"),
    [
        (approaching(), (), False),
        (approaching(), (answered(),), True),
        (approaching(), (closed(),), True),
        (approaching(), (missed(),), True),
        (documents_requested(), (), False),
        (documents_requested(), (missed(),), False),
        (documents_requested(), (answered(),), True),
        (escalated(), (answered(),), False),
        (approved(), (closed(),), False),
    ],
)
def test_what_the_case_has_overtaken_is_not_sent(request_: Event, then: tuple[Event, ...], expected: bool) -> None:
    story = Story().hear(filed(email=None), request_)
    (letter,) = story.letters.values()
    story.hear(*then)
    assert story.case is not None
    assert pointless(letter, story.case) is expected


def test_the_same_events_write_the_same_letters() -> None:
    def write() -> dict[str, Any]:
        story = Story().hear(filed(), *ROUTED, documents_requested(), approved())
        return {letter.id: letter.model_dump() for letter in story.letters.values()}

    assert write() == write()


def test_letters_are_written_for_a_case_that_was_filed() -> None:
    with pytest.raises(LookupError):
        Story().hear(approved())


def test_a_letter_names_its_case() -> None:
    letter = Story().hear(filed()).of("acknowledgement")
    assert (letter.case_id, letter.case_number) == (CASE, "CEJ-2026-000412-2")


def test_a_corrected_person_is_written_to_by_their_name_and_address_of_now() -> None:
    told = PersonCorrected(
        actor=Actor(id="yuliana", role="adviser"),
        correction="p/1",
        fields=("name", "email"),
        personal=PersonalCorrection(person=Person(name="Ana Ríos", email="buena@correo.example")),
    )
    case = heard(filed(), told)
    assert (case.person_name, case.person_email) == ("Ana Ríos", "buena@correo.example")
    gone = told.model_copy(update={"personal": PersonalCorrection(person=Person())})
    case = heard(filed(), gone)
    assert (case.person_name, case.person_email) == (None, None)
    assert heard(filed(), told.model_copy(update={"fields": ("phone",)})).person_email == PERSON


def heard(*events: Event) -> Case:
    case = Story().hear(*events).case
    assert case is not None
    return case


def test_what_is_about_an_emergency_goes_before_what_waits_then_what_is_about_a_tutela() -> None:
    urgent = Story().hear(filed(), classified(priority="emergency"), assigned(copies=(LILIANA,)), due_on(), escalated())
    judge = Story().hear(filed(tutela=TUTELA), classified(), assigned(), due_on())
    calm = Story().hear(filed(), classified(), assigned(), due_on(), escalated())
    assert {one.kind: one.place for one in urgent.letters.values()} == {
        "acknowledgement": LAST,
        "assignment": FIRST,
        "copy": FIRST,
        "escalation": FIRST,
    }
    assert {one.kind: one.place for one in judge.letters.values()} == {"acknowledgement": LAST, "assignment": SECOND}
    assert {one.place for one in calm.letters.values()} == {LAST}


def test_of_an_answered_case_the_notice_of_an_emergency_goes_first_too() -> None:
    told = escalated().model_copy(update={"why": "emergency"})
    assert Story().hear(filed(), *ROUTED, told).of("escalation").place == FIRST


def test_a_tutela_that_is_registered_later_is_one_in_its_next_letters() -> None:
    story = Story().hear(filed(), classified(), TermOrdered(actor=AGENT, tutela=TUTELA), assigned(), due_on())
    assert story.of("assignment").place == SECOND
    assert story.of("assignment").values["tutela"] is True


def test_letters_about_a_judges_term_say_its_hour() -> None:
    judge = due_on(4).model_copy(update={"rule": "tutela", "term": "ordered"})
    story = Story().hear(filed(tutela=TUTELA), classified(), assigned(), judge)
    due = datetime.fromisoformat(str(story.of("assignment").values["due"]))
    assert due == judge.due_at
    later = story.hear(approaching().model_copy(update={"due": judge.due})).of("reminder")
    assert later.values["due"] == story.of("assignment").values["due"]


def test_letters_to_staff_say_which_piece_it_is_about() -> None:
    product = Product(code="NEV-300", lot="L2026-03", serial="SN778812")
    story = Story().hear(filed(product_reference="Nevera", product=product), *ROUTED)
    assert story.of("assignment").values["product_reference"] == "Nevera · NEV-300 · L2026-03 · SN778812"


def test_a_reopening_says_why_and_until_when() -> None:
    letter = Story().hear(filed(email=None), *ROUTED, reopened(), due_on(30)).of("reopening")
    assert (letter.values["why"], letter.values["due"]) == ("person-replied", "2026-03-30")


def test_a_reopening_whose_term_does_not_come_is_told_without_it() -> None:
    story = Story().hear(filed(email=None), *ROUTED, reopened())
    story.tell(TimerFired(ANNOUNCE, AT + timedelta(hours=2)))
    assert told(story.of("reopening")) == [CARLOS.email]
