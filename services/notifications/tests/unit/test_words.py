# SPDX-License-Identifier: Apache-2.0
"""Every letter in both languages, and the words of those to the person as they are."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from chassis.i18n import assert_catalogues_agree, catalogue
from notifications.certificates import certificate
from notifications.samples import sample
from notifications.wording import Letterhead, Wording, reply_subject
from ventanilla_contracts.vocabulary import LetterKind

KINDS: tuple[LetterKind, ...] = get_args(LetterKind)
HOUSE = Letterhead("Caja de Ejemplo", "servicio@caja.example", "https://ventanilla.caja.example")
BOGOTA = ZoneInfo("America/Bogota")
EXPECTED = Path(__file__).parent / "letters"


AGREED: tuple[LetterKind, ...] = (
    "acknowledgement",
    "answer",
    "partial-answer",
    "completion-request",
    "completion-extended",
    "clock-resumed",
    "deadline-extended",
    "withdrawal",
    "transfer-notice",
    "clarification-request",
    "rejection",
    "ombudsman-answer",
)
"""What persons and the ombudsman are told, word for word."""


def wording(locale: str = "es") -> Wording:
    return Wording(catalogue("notifications"), HOUSE, BOGOTA, locale)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_catalogues_agree() -> None:
    assert_catalogues_agree("notifications")


@pytest.mark.parametrize("locale", ["es", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_letter_can_be_read_in_both_forms(kind: LetterKind, locale: str) -> None:
    letter = sample(kind)
    words = wording(locale).words(letter, letter.files, ())
    page = _Text()
    page.feed(words.html)
    assert page.open == []
    assert words.subject
    assert "\n" not in words.subject
    for text in (words.text, page.text):
        assert letter.case_number in text
        assert "{" not in text
        assert "None" not in text
    assert max(len(line) for line in words.text.splitlines()) <= 76 or "http" in words.text


@pytest.mark.parametrize("kind", AGREED)
def test_the_words_are_those_that_were_agreed(kind: LetterKind) -> None:
    """Changed on purpose? Then write the new words to the file and have somebody read them."""
    words = wording().words(sample(kind))
    shown = f"Subject: {words.subject}\n\n{words.text}"
    assert shown == (EXPECTED / f"{kind}.txt").read_text("utf-8")


def test_a_case_solved_on_the_spot_says_so() -> None:
    letter = sample("acknowledgement")
    solved = {"solved_at": datetime(2026, 3, 5, 19, 35, tzinfo=UTC), "solution": "Se entregó el certificado."}
    words = wording().words(letter.model_copy(update={"values": {**letter.values, **solved}}))
    assert "Su caso ya tiene respuesta" in words.text
    assert "Se entregó el certificado." in words.text
    assert "15 días hábiles" not in words.text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("disrespectful", "La ley pide que las peticiones sean respetuosas"),
        ("not-clarified", "no se aclaró dentro de los diez días"),
        ("repeated", "Repite lo que ya le respondimos en el caso CEJ-2026-000398-1"),
    ],
)
def test_a_rejection_says_its_reason_and_how_to_disagree(reason: str, words: str) -> None:
    """CPACA art. 19."""
    letter = sample("rejection")
    said = wording().words(letter.model_copy(update={"values": {**letter.values, "reason": reason}})).text
    assert words in " ".join(said.split())
    assert "el caso se abre de nuevo" in " ".join(said.split())


def test_a_draft_that_passed_its_review_is_still_to_be_sent() -> None:
    letter = sample("review-result")
    words = wording().words(letter.model_copy(update={"values": {**letter.values, "reasons": None}}))
    assert words.subject.startswith("Jurídica revisó la respuesta")
    assert "no tiene reparos" in " ".join(words.text.split())


def test_a_compliment_is_promised_no_term() -> None:
    letter = sample("acknowledgement")
    words = wording().words(letter.model_copy(update={"values": {**letter.values, "kind": "compliment"}}))
    assert words.subject.startswith("Recibimos su felicitación")
    assert "15 días hábiles" not in words.text


def test_a_persons_words_never_become_markup() -> None:
    letter = sample("assignment")
    evil = {"text": "<script>alert(1)</script>", "subject": "<img src=x>", "person": "<b>Ana</b>"}
    words = wording().words(letter.model_copy(update={"values": {**letter.values, **evil}}))
    assert "<script" not in words.html
    assert "<img" not in words.html
    assert "<b>" not in words.html
    assert "<script>alert(1)</script>" in words.text


def test_an_emergency_shows_in_the_subject() -> None:
    letter = sample("assignment")
    words = wording().words(letter.model_copy(update={"values": {**letter.values, "priority": "emergency"}}))
    assert words.subject.startswith("URGENTE")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Mi reclamo", "Re: Mi reclamo"),
        ("RE: Mi reclamo", "Re: Mi reclamo"),
        ("Re: re:  Mi reclamo", "Re: Mi reclamo"),
        ("RV: Mi reclamo", "Re: Mi reclamo"),
        ("Recibo de pago", "Re: Recibo de pago"),
    ],
)
def test_an_answer_says_re_once(subject: str, expected: str) -> None:
    assert reply_subject(subject) == expected


def test_the_answer_to_a_call_answers_the_subject_of_our_acknowledgement() -> None:
    letter = sample("answer")
    assert letter.thread is not None
    without = letter.model_copy(update={"thread": letter.thread.model_copy(update={"subject": None})})
    acknowledged = wording().words(sample("acknowledgement")).subject
    assert wording().words(without).subject == f"Re: {acknowledged}"


@pytest.mark.parametrize("locale", ["es", "en"])
def test_the_certificate_is_a_pdf_with_reference_hour_and_digests(locale: str) -> None:
    letter, issued_at = sample("filing-certificate"), datetime(2026, 3, 12, 21, 45, 54, tzinfo=UTC)
    pdf = certificate(letter, wording(locale), HOUSE.org_name, issued_at)
    reader = PdfReader(BytesIO(pdf))
    text = "".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    assert len(reader.pages) == 1
    assert "RAD-1-2026-009902" in text
    assert "16:44:00" in text, "the hour of Bogota"
    assert letter.case_number in text
    assert str(letter.values["answer_sha256"]) in "".join(text.split())
    assert reader.metadata is not None
    assert reader.metadata.title == wording(locale).t("certificate.title")


def test_the_same_certificate_has_the_same_bytes() -> None:
    letter, issued_at = sample("filing-certificate"), datetime(2026, 3, 12, 21, 45, 54, tzinfo=UTC)
    made = {certificate(letter, wording(), HOUSE.org_name, issued_at) for _ in range(2)}
    assert len(made) == 1


def test_a_certificate_of_an_answer_that_we_do_not_know_can_be_made() -> None:
    letter = sample("filing-certificate")
    bare = {
        **letter.values,
        "answer_sha256": None,
        "filed": [],
        "request_reference": None,
        "subject": '# "; #pagebreak()',
    }
    pdf = certificate(letter.model_copy(update={"values": bare}), wording(), HOUSE.org_name, letter.caused_at)
    assert "#pagebreak()" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        ("assignment", "Vence: miércoles 4 de marzo de 2026, 10:15 a. m."),
        ("reminder", "Vence el miércoles 4 de marzo de 2026, 10:15 a. m."),
        ("escalation", "venció el miércoles 4 de marzo de 2026, 10:15 a. m."),
    ],
)
def test_a_judges_hour_stands_in_every_letter_about_the_case(kind: LetterKind, line: str) -> None:
    """ICX-15."""
    letter = sample(kind)
    of_a_judge = {**letter.values, "due": "2026-03-04T15:15:00+00:00", "tutela": True}
    words = wording().words(letter.model_copy(update={"values": of_a_judge}))
    assert line in " ".join(words.text.split())
    assert "TUTELA" in words.subject or kind != "assignment"


def test_the_letter_about_a_tutela_says_so_first() -> None:
    letter = sample("assignment")
    words = wording().words(letter.model_copy(update={"values": {**letter.values, "tutela": True}}))
    assert words.subject.startswith("TUTELA · ")
