# SPDX-License-Identifier: Apache-2.0
"""Documents, telephones and addresses as people write them (domain-colombia §3)."""

import re
import typing
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import intake
from chassis.decision import Refused
from intake.domain import identity
from intake.domain.identity import Document, Phone, document, email_address, nit_check_digit, phone
from ventanilla_contracts.vocabulary import DocumentType

TYPES: tuple[DocumentType, ...] = typing.get_args(DocumentType)


def code(result: object) -> str:
    assert isinstance(result, Refused), result
    assert result.kind == "invalid"
    return result.code


@pytest.mark.parametrize(
    ("type_", "written", "number"),
    [
        ("CC", " 24.567.890 ", "24567890"),
        ("CC", "1'053.812.345", "1053812345"),
        ("CC", "0024567890", "24567890"),
        ("CE", "453-218", "453218"),
        ("TI", "1053812345", "1053812345"),
        ("TI", "95010112345", "95010112345"),
        ("RC", "n1a 0250123", "N1A0250123"),
        ("NUIP", "1053812345", "1053812345"),
        ("PAS", "ax 123456", "AX123456"),
        ("PEP", "123456789012345", "123456789012345"),
        ("PPT", "1234567", "1234567"),
        ("CD", "d 4521", "D4521"),
        ("SE", "ext-2026-0031", "EXT20260031"),
    ],
)
def test_a_document_is_kept_without_its_separators(type_: DocumentType, written: str, number: str) -> None:
    assert document(type_, written) == Document(type_, number)


@pytest.mark.parametrize(
    ("type_", "written", "expected"),
    [
        ("CC", "", "document-missing"),
        ("CC", " - ", "document-missing"),
        ("CC", "24567A90", "document-digits-only"),
        ("CC", "٢٤٥٦٧٨٩٠", "document-digits-only"),
        ("CC", "12345678901", "document-length"),
        ("CC", "12", "document-length"),
        ("TI", "12345", "document-length"),
        ("PAS", "añ1234", "document-letters-and-digits-only"),
        ("PAS", "AB12345678901234", "document-length"),
        ("PEP", "12345", "document-length"),
        ("NIT", "", "document-missing"),
        ("NIT", "800191045-2", "nit-check-digit"),
        ("NIT", "8001910452", "nit-check-digit"),
        ("NIT", "12345", "document-length"),
        ("NIT", "80019104A", "document-digits-only"),
    ],
)
def test_a_document_that_cannot_be_right_is_refused(type_: DocumentType, written: str, expected: str) -> None:
    assert code(document(type_, written)) == expected


@pytest.mark.parametrize("number", ["800191045-1", "899999035-7", "41261533-2", "890903938-8"])
def test_the_check_digits_of_known_nits(number: str) -> None:
    base, check = number.split("-")
    assert nit_check_digit(base) == check
    assert str(document("NIT", number)) == number


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("NIT 800.191.045-1", "800191045-1"),
        ("nit: 800191045 – 1", "800191045-1"),
        ("8001910451", "800191045-1"),
        ("800191045", "800191045-1"),
        ("41.261.533-2", "41261533-2"),
        ("1053812345", "1053812345-" + nit_check_digit("1053812345")),
        ("1053812345" + nit_check_digit("1053812345"), "1053812345-" + nit_check_digit("1053812345")),
    ],
)
def test_a_nit_is_read_with_or_without_its_check_digit(written: str, shown: str) -> None:
    assert str(document("NIT", written)) == shown


def test_only_a_nit_has_a_check_digit() -> None:
    assert Document("CC", "24567890").check_digit is None


@given(st.integers(10_000_000, 999_999_999))
def test_every_nit_is_read_back_from_what_is_shown(number: int) -> None:
    shown = str(Document("NIT", str(number)))
    assert document("NIT", shown) == Document("NIT", str(number))


@given(st.sampled_from(TYPES), st.text(max_size=40))
def test_whatever_is_written_as_a_document_is_kept_clean_or_refused(type_: DocumentType, written: str) -> None:
    result = document(type_, written)
    if isinstance(result, Document):
        assert re.fullmatch("[0-9A-Z]{3,15}", result.number)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("300 123 4567", Phone("+573001234567", "mobile")),
        ("(57) 300-123-4567", Phone("+573001234567", "mobile")),
        ("+57 300 1234567", Phone("+573001234567", "mobile")),
        ("0057 300 1234567", Phone("+573001234567", "mobile")),
        ("606 878 1234", Phone("+576068781234", "landline")),
        ("601 7454545 ext. 123", Phone("+576017454545", "landline", "123")),
        ("+58 412 1234567", Phone("+584121234567", "mobile")),
    ],
)
def test_a_telephone_is_kept_in_e164(written: str, expected: Phone) -> None:
    assert phone(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", "phone-missing"),
        ("no tengo", "phone-unreadable"),
        ("878 1234", "phone-old-landline"),
        ("(6) 878 1234", "phone-old-landline"),
        ("300 123 456", "phone-not-in-use"),
        ("999 999 9999", "phone-not-in-use"),
        ("1" * 500, "phone-unreadable"),
    ],
)
def test_a_telephone_that_cannot_ring_is_refused(written: str, expected: str) -> None:
    assert code(phone(written)) == expected


@given(st.text(max_size=80))
def test_whatever_is_written_as_a_telephone_is_e164_or_refused(written: str) -> None:
    result = phone(written)
    if isinstance(result, Phone):
        assert re.fullmatch(r"\+[1-9][0-9]{4,16}", result.e164)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        (" Ana.Rojas@Correo.Example ", "Ana.Rojas@correo.example"),
        ("mailto:ana@correo.example", "ana@correo.example"),
        ("<ana@correo.example>,", "ana@correo.example"),
        ("ana+queja@sub.correo.com.co", "ana+queja@sub.correo.com.co"),
        ("ana@peña.com.co", "ana@peña.com.co"),
        ("ana@xn--pea-6ma.com", "ana@xn--pea-6ma.com"),
    ],
)
def test_an_address_as_people_write_it(written: str, address: str) -> None:
    assert email_address(written) == address


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("", "email-missing"),
        ("ana", "email-without-at"),
        ("@correo.example", "email-without-at"),
        ("ana rojas@correo.example", "email-name"),
        ("ana..rojas@correo.example", "email-name"),
        (".ana@correo.example", "email-name"),
        ("ana@luis@correo.example", "email-name"),
        ("ana@correo", "email-domain"),
        ("ana@correo..com", "email-domain"),
        ("ana@-correo.com", "email-domain"),
        ("ana@correo.c", "email-domain"),
        ("ana@127.0.0.1", "email-domain"),
        ("a" * 65 + "@correo.example", "email-too-long"),
        ("ana@" + "a." * 150 + "com", "email-too-long"),
    ],
)
def test_an_address_that_cannot_be_right_is_refused(written: str, expected: str) -> None:
    assert code(email_address(written)) == expected


@given(st.text(max_size=80))
def test_whatever_is_written_as_an_address_is_answered_without_a_raise(written: str) -> None:
    assert isinstance(email_address(written), str | Refused)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_refusal_has_its_words(language: str) -> None:
    catalogue = Path(intake.__file__).parent / "locale" / f"{language}.yaml"
    words = yaml.safe_load(catalogue.read_text("utf-8"))["identity"]
    source = Path(identity.__file__).read_text("utf-8")
    assert set(words) == set(re.findall(r'_invalid\(\s*"([a-z-]+)"', source))


def test_the_words_are_filled_with_the_values_of_the_refusal() -> None:
    catalogue = Path(intake.__file__).parent / "locale" / "es.yaml"
    words = yaml.safe_load(catalogue.read_text("utf-8"))["identity"]
    refusals = [
        document("CC", "1"),
        document("NIT", "800191045-2"),
        phone("8781234"),
        email_address("a b@c.co"),
        email_address("a@b"),
    ]
    for refusal in refusals:
        assert isinstance(refusal, Refused)
        assert "{" not in words[refusal.code].format(**refusal.values)
