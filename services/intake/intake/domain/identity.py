# SPDX-License-Identifier: Apache-2.0
"""Who speaks: documents, telephones and e-mail addresses, as people write them and as the house keeps them.

What cannot be right is a ``Refused`` of kind ``invalid``; its ``code`` names a text under ``identity`` in the
catalogue of the service, ``values`` fill it (domain-colombia.md §3.3 to 3.5).
"""

import re
from dataclasses import dataclass
from typing import Literal

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType
from stdnum.co import nit as nit_algorithm

from chassis.decision import Refused
from ventanilla_contracts.vocabulary import DocumentType

_SEPARATORS = re.compile(r"[\s.,'\u2019_/\-\u2010-\u2015]+")


@dataclass(frozen=True, slots=True)
class Document:
    """An identity document; ``number`` without separators (a NIT also without its check digit), at most 15 long."""

    type: DocumentType
    number: str

    @property
    def check_digit(self) -> str | None:
        """Only a NIT has one (Orden administrativa 4 de 1989 of the DIAN)."""
        return nit_check_digit(self.number) if self.type == "NIT" else None

    def __str__(self) -> str:
        return f"{self.number}-{self.check_digit}" if self.type == "NIT" else self.number


@dataclass(frozen=True, slots=True)
class _Form:
    shortest: int
    longest: int
    digits_only: bool = True


_FORMS: dict[DocumentType, _Form] = {
    "CC": _Form(3, 10),
    "CE": _Form(3, 10),
    "TI": _Form(10, 11),
    "RC": _Form(8, 11, digits_only=False),
    "NUIP": _Form(8, 11, digits_only=False),
    "PAS": _Form(4, 15, digits_only=False),
    "PEP": _Form(15, 15),
    "PPT": _Form(5, 10),
    "NIT": _Form(6, 10),
    "CD": _Form(3, 15, digits_only=False),
    "SE": _Form(4, 15, digits_only=False),
}


def document(type_: DocumentType, written: str) -> Document | Refused:
    """The document as people write it: dots, spaces, dashes, lower case, a NIT with or without its check digit."""
    if type_ == "NIT":
        return _nit(written)
    number = _SEPARATORS.sub("", written).upper()
    form = _FORMS[type_]
    if form.digits_only and number.isascii() and number.isdigit():
        number = number.lstrip("0") if form.shortest < form.longest else number
    return _refusal(type_, number, form) or Document(type_, number)


def _refusal(type_: DocumentType, number: str, form: _Form) -> Refused | None:
    if not number:
        return _invalid("document-missing", "document_number", type=type_)
    if form.digits_only and not (number.isascii() and number.isdigit()):
        return _invalid("document-digits-only", "document_number", type=type_)
    if not (number.isascii() and number.isalnum()):
        return _invalid("document-letters-and-digits-only", "document_number", type=type_)
    if not form.shortest <= len(number) <= form.longest:
        return _invalid("document-length", "document_number", type=type_, shortest=form.shortest, longest=form.longest)
    return None


def nit_check_digit(number: str) -> str:
    """Of the digits before the dash: weights 3 7 13 17 19 23 29 37 41 43 47 53 59 67 71 from the right, mod 11."""
    digit: str = nit_algorithm.calc_check_digit(number)
    return digit


def _nit(written: str) -> Document | Refused:
    """Of a company (nine digits from 8 or 9) a tenth digit is always its check digit; else only one after a dash is.

    The tax number of a natural person is often the number of the cédula, of up to ten digits.
    """
    cleaned = re.sub(r"^\s*nit\.?:?\s*", "", written, flags=re.IGNORECASE).strip()
    dashed = re.fullmatch(r"(.*?)\s*[-\u2010-\u2015]\s*([0-9])", cleaned, re.DOTALL)
    number, check = (dashed[1], dashed[2]) if dashed else (cleaned, None)
    number = _SEPARATORS.sub("", number).lstrip("0")
    if check is None and (len(number) == 11 or (len(number) == 10 and number[0] in "89")):
        number, check = number[:-1], number[-1]
    if refused := _refusal("NIT", number, _FORMS["NIT"]):
        return refused
    if check is not None and check != nit_check_digit(number):
        return _invalid("nit-check-digit", "document_number", number=number, given=check)
    return Document("NIT", number)


@dataclass(frozen=True, slots=True)
class Phone:
    """``e164`` as +573001234567; an extension is kept beside it because E.164 has none."""

    e164: str
    kind: Literal["mobile", "landline", "other"]
    extension: str | None = None


_KINDS: dict[int, Literal["mobile", "landline", "other"]] = {
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE: "landline",
}
_LONGEST_PHONE = 60
# Within Colombia 00 is followed by a carrier, so the library reads 0057 as something else.
_ABROAD = re.compile(r"^\s*00[\s-]*57")


def phone(written: str, country: str = "CO") -> Phone | Refused:
    """A telephone as people write it; without a country code it is one of ``country`` (ISO 3166).

    Colombian numbers have ten digits since 2021 (CRC 5826): the old seven-digit ones ring nowhere.
    """
    if not written.strip():
        return _invalid("phone-missing", "phone")
    try:
        number = phonenumbers.parse(_ABROAD.sub("+57", written[:_LONGEST_PHONE]), country)
    except phonenumbers.NumberParseException:
        return _invalid("phone-unreadable", "phone")
    if phonenumbers.is_valid_number(number):
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        return Phone(e164, _KINDS.get(phonenumbers.number_type(number), "other"), number.extension or None)
    national = str(number.national_number)
    if number.country_code == 57 and len(national) in {7, 8}:
        return _invalid("phone-old-landline", "phone", digits=len(national))
    return _invalid("phone-not-in-use", "phone")


_LOCAL_PART = re.compile(r"[^\s@<>()\[\],;:\\\"]+")
_DOMAIN_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")
_TOP_LABEL = re.compile(r"[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59}")


def email_address(written: str) -> str | Refused:
    """The address with its domain in lower case; the syntax only, whether it exists is seen when mail is sent."""
    address = written.strip(" \t\r\n<>,;").removeprefix("mailto:").rstrip(".")
    local, at, domain = address.rpartition("@")
    if not address:
        return _invalid("email-missing", "email")
    if not at or not local:
        return _invalid("email-without-at", "email")
    if len(address) > 254 or len(local) > 64:
        return _invalid("email-too-long", "email")
    if not _LOCAL_PART.fullmatch(local) or local.startswith(".") or local.endswith(".") or ".." in local:
        return _invalid("email-name", "email", name=local)
    if not _is_domain(domain.lower()):
        return _invalid("email-domain", "email", domain=domain)
    return f"{local}@{domain.lower()}"


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    return len(labels) > 1 and all(map(_DOMAIN_LABEL.fullmatch, labels)) and bool(_TOP_LABEL.fullmatch(labels[-1]))


def _invalid(code: str, field: str, **values: object) -> Refused:
    return Refused(code, kind="invalid", field=field, values=values)
