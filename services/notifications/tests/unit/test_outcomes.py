# SPDX-License-Identifier: Apache-2.0
"""What becomes of a letter is told once, however often it is said."""

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

from notifications.domain.letters import Letter
from notifications.domain.outcomes import (
    CertificateIssued,
    ConfirmLetter,
    LetterFailed,
    LetterPointless,
    LetterSent,
    LetterUnknown,
    Outcome,
    ResendLetter,
)
from ventanilla_contracts.envelope import Event, FileRef
from ventanilla_contracts.notifications import (
    DeliveryFailed,
    DeliverySent,
    DeliveryUnknown,
    FilingCertificateIssued,
)

PDF = FileRef(sha256="ab" * 32, name="certificado.pdf", type="application/pdf", size=40_000)


def answer_story() -> tuple[Story, Letter]:
    """A story whose answer is in the sender's hand."""
    story = Story().hear(filed(email=None), approved())
    return story, in_hand(story.of("answer"))


def in_hand(letter: Letter, attempt: int = 1) -> Letter:
    changes = {"state": "sending", "attempt": attempt, "process": "p", "claimed_at": AT}
    return letter.model_copy(update=changes)


def certificate_story() -> tuple[Story, Letter]:
    story = Story().hear(of_the_regulator(), classified(), assigned(), filed_with_regulator())
    return story, story.of("filing-certificate")


def types(story: Story) -> list[type[Event]]:
    return [type(event) for event in story.events]


def test_a_sent_answer_is_told_with_its_answer_id() -> None:
    story, letter = answer_story()
    story.tell(LetterSent(letter))
    (sent,) = story.events
    assert isinstance(sent, DeliverySent)
    assert (sent.answer_id, sent.kind, sent.attempt, sent.personal.to) == (ANSWER_ID, "answer", 1, (PERSON,))
    assert sent.message_id == letter.message_id
    assert story.of("answer").state == "sent"
    assert story.of("answer").process is None


OUTCOMES = [LetterSent, LetterFailed, LetterUnknown, LetterPointless]


def said(kind: type[Outcome], letter: Letter) -> Outcome:
    if kind is LetterFailed:
        return LetterFailed(letter, "550 5.1.1 unknown")
    return LetterUnknown(letter, AT) if kind is LetterUnknown else kind(letter)  # type: ignore[call-arg]


@pytest.mark.parametrize("kind", OUTCOMES)
def test_an_outcome_said_twice_is_told_once(kind: type[Outcome]) -> None:
    story, letter = answer_story()
    story.tell(said(kind, letter))
    once = (list(story.events), story.case, dict(story.letters))
    story.tell(said(kind, letter))
    assert (story.events, story.case, story.letters) == once


@pytest.mark.parametrize(
    ("first", "then", "expected"),
    [
        (LetterUnknown, LetterSent, [DeliveryUnknown, DeliverySent]),
        (LetterSent, LetterUnknown, [DeliverySent]),
        (LetterSent, LetterFailed, [DeliverySent]),
        (LetterFailed, LetterSent, [DeliveryFailed]),
        (LetterFailed, LetterUnknown, [DeliveryFailed]),
        (LetterPointless, LetterSent, [DeliverySent]),
    ],
)
def test_a_late_word_counts_only_if_it_is_news(
    first: type[Outcome], then: type[Outcome], expected: list[type[Event]]
) -> None:
    story, letter = answer_story()
    story.tell(said(first, letter)).tell(said(then, letter))
    assert types(story) == expected


def test_a_letter_that_one_of_two_addresses_refused_is_both_sent_and_failed() -> None:
    story, letter = certificate_story()
    story.tell(CertificateIssued(letter, PDF))
    letter = in_hand(story.of("filing-certificate"))
    story.tell(LetterSent(letter, {PATRICIA.email: "550 5.1.1 unknown"}))
    issued, sent, failed = story.events
    assert isinstance(issued, FilingCertificateIssued)
    assert isinstance(sent, DeliverySent)
    assert isinstance(failed, DeliveryFailed)
    assert (sent.personal.to, failed.personal.to) == ((CARLOS.email,), (PATRICIA.email,))
    assert failed.reason == "550 5.1.1 unknown"
    again = story.tell(ResendLetter(story.of("filing-certificate"), AGENT)).of("filing-certificate")
    assert (again.state, [one.address for one in again.outstanding]) == ("pending", [PATRICIA.email])


def test_a_certificate_is_issued_once_and_then_travels() -> None:
    story, letter = certificate_story()
    story.tell(CertificateIssued(letter, PDF)).tell(CertificateIssued(letter, PDF))
    assert types(story) == [FilingCertificateIssued]
    assert (story.of("filing-certificate").state, story.of("filing-certificate").files) == ("pending", (PDF,))


def test_a_person_sends_an_answer_in_doubt_again_under_the_same_message_id() -> None:
    story, letter = answer_story()
    story.tell(LetterUnknown(letter, AT)).tell(ResendLetter(story.of("answer"), AGENT))
    again = story.of("answer")
    assert (again.state, again.message_id) == ("pending", letter.message_id)
    story.tell(LetterSent(in_hand(again, attempt=2)))
    sent = story.events[-1]
    assert isinstance(sent, DeliverySent)
    assert (sent.actor, sent.attempt) == (AGENT, 2)


def test_a_person_confirms_that_an_answer_in_doubt_arrived() -> None:
    story, letter = answer_story()
    story.tell(LetterUnknown(letter, AT)).tell(ConfirmLetter(story.of("answer"), AGENT))
    assert types(story) == [DeliveryUnknown, DeliverySent]
    assert story.events[-1].actor == AGENT
    assert story.of("answer").state == "sent"


def test_an_expired_letter_can_be_sent_by_a_person() -> None:
    story = Story().hear(filed(), at=AT.replace(year=2025))
    assert story.tell(ResendLetter(story.of("acknowledgement"), AGENT)).of("acknowledgement").state == "pending"


def test_a_certificate_that_was_never_made_is_made_when_it_is_sent_again() -> None:
    story, letter = certificate_story()
    story.tell(LetterFailed(letter, "its certificate could not be made"))
    assert story.tell(ResendLetter(story.of("filing-certificate"), AGENT)).of("filing-certificate").state == "preparing"


@pytest.mark.parametrize("command", [ResendLetter, ConfirmLetter])
def test_what_waits_or_was_sent_needs_nobody(command: type[ResendLetter | ConfirmLetter]) -> None:
    story, letter = answer_story()
    story.tell(command(letter, AGENT))
    assert story.refused is not None
    assert story.refused.code == "letter-needs-nobody"
    story.tell(LetterSent(letter)).tell(command(letter, AGENT))
    assert story.refused is not None


def test_an_outcome_of_a_letter_that_the_case_does_not_know_is_refused() -> None:
    story, letter = answer_story()
    story.tell(LetterSent(letter.model_copy(update={"id": "00000000-0000-0000-0000-000000000000"})))
    assert story.refused is not None
    assert story.refused.kind == "not-found"
