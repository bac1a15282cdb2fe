# SPDX-License-Identifier: Apache-2.0
"""Takes out of a text what tells whose case it is from, before it serves another (CSC-04; Ley 1581).

What is known of that person goes wherever it stands, whatever its accents and signs; beside it go the forms in which
Colombians write documents, telephones, addresses, accounts and names. It cannot know: names of others without a word
such as "señora" or "mi hija" before them, and what tells a person by circumstance (a post, an illness, a small town).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from routing.domain.earlier.forms import ADDRESSES, NAME_SHORTEST, NAMES, PLACEHOLDERS, WITH_DIGITS
from routing.domain.words import folded

_DIGIT = re.compile(r"\d")
_WORDS = re.compile(r"[a-z0-9]+")
_GROUPING = re.compile(r"[ .,\-]")
_REPEATED = re.compile(r"(\[[a-zéúó]+\])(?:[ ,]{1,2}\1)+")


@dataclass(frozen=True)
class Known:
    """What the case knows of its person: texts as they were written, None or empty where nothing is known."""

    name: str | None = None
    document: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    case_number: str | None = None
    numbers: tuple[str, ...] = field(default=())
    """Of a product, a regulator's or a court's file."""


def masked(text: str, known: Known = Known()) -> str:
    """The text with a word in brackets for each thing that was taken out; masking it again changes nothing.

    >>> masked("Señora Ana Ríos, C.C. 30.312.456: se consignó a la cuenta 4567-8901-23.", Known(name="Ana Ríos"))
    'Señora [nombre], C.C. [documento]: se consignó a la cuenta [número].'
    """
    flat = folded(text)
    for pattern, put in _of_the_person(known, flat):
        text = _replaced(text, pattern, put)
    for form in (*ADDRESSES, *(WITH_DIGITS if _DIGIT.search(text) else ()), *NAMES):
        if not form.signs or any(sign in flat for sign in form.signs):
            text = form.pattern.sub(form.put, text)
    return _REPEATED.sub(r"\1", text)


def without_placeholders(text: str) -> str:
    """What is left of a masked text to look for.

    >>> without_placeholders("Señora [nombre], se consignó")
    'Señora  , se consignó'
    """
    return PLACEHOLDERS.sub(" ", text)


def _of_the_person(known: Known, flat: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Patterns over the text without accents for what is known of this person and stands in it."""
    yield from _literal(known.email, "[correo]", flat)
    yield from _literal(known.address, "[dirección]", flat)
    yield from _literal(known.case_number, "[radicado]", flat)
    for number in known.numbers:
        yield from _literal(number, "[número]", flat)
    yield from _digits(known.document, "[documento]", flat)
    yield from _digits((known.phone or "").removeprefix("+57"), "[teléfono]", flat)
    yield from _name(known.name, "[nombre]", flat)


def _literal(value: str | None, put: str, flat: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """The words of a value one after the other, whatever stands between them."""
    words = _WORDS.findall(folded(value or ""))
    if sum(map(len, words)) > NAME_SHORTEST and all(word in flat for word in words):
        yield re.compile(r"(?<![a-z0-9])" + r"[^a-z0-9\[\]]{1,4}".join(words) + r"(?![a-z0-9])"), put


def _digits(value: str | None, put: str, flat: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """A number however it is grouped."""
    signs = "".join(_WORDS.findall(folded(value or "")))
    if len(signs) > NAME_SHORTEST and signs in _GROUPING.sub("", flat):
        yield re.compile(r"(?<![a-z0-9])" + r"[ .,\-]?".join(signs) + r"(?![a-z0-9])"), put


def _name(name: str | None, put: str, flat: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Parts of the name, one or several that follow each other."""
    parts = {part for part in _WORDS.findall(folded(name or "")) if len(part) >= NAME_SHORTEST and part in flat}
    if parts:
        one = "(?:" + "|".join(sorted(parts, key=len, reverse=True)) + ")"
        links = r"(?:\s+(?:de|del|la|las|los|y)){0,2}\s+"
        yield re.compile(rf"(?<![a-z0-9]){one}(?:{links}{one})*(?![a-z0-9])"), put


def _replaced(text: str, pattern: re.Pattern[str], put: str) -> str:
    """What the pattern finds in the text without accents is replaced in the text itself; placeholders stay whole."""
    flat, found, end = folded(text), [], 0
    kept = [(one.start(), one.end()) for one in PLACEHOLDERS.finditer(text)]
    for one in pattern.finditer(flat):
        if put == "[nombre]" and not _is_a_name(text[one.start() : one.end()]):
            continue
        if any(start < one.end() and one.start() < stop for start, stop in kept):
            continue
        found += [text[end : one.start()], put]
        end = one.end()
    return "".join([*found, text[end:]])


def _is_a_name(written: str) -> bool:
    """Several parts are, in any letters; one alone where it begins with a capital."""
    return " " in written.strip() or written[:1].isupper() or "\n" in written
