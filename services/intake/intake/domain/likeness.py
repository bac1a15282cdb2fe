# SPDX-License-Identifier: Apache-2.0
"""Whether two texts say the same, two people may be one, and many have sent one letter: never a certainty."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from rapidfuzz import fuzz

from ventanilla_contracts.intake import Person

COMPARED = 2_000
"""Signs of a text that are compared: letters that differ begin to differ before that."""

READ = 4 * COMPARED
"""Signs of a stored text that are read for it."""

_MARKS = re.compile(r"[\u0300-\u036f]+")
_WORDS = re.compile(r"[^\W_]+")
_OUTER = r"""[^\w\s@/\\]*"""
_WHOLE_WORDS = re.compile(rf"(?<!\S){_OUTER}([^\W\d_]+){_OUTER}(?!\S)")
_ENDING = re.compile(r"[oa]s?(?=\s|$)")
_GREETING = re.compile(
    r"(?:señor|senor|sr\b|sra\b|srs\b|doctor|dra?\b|apreciad|estimad|respetad|distinguid|buen[oa]s\b|cordial|hola\b|dear\b"
    r"|asunto\b|referencia\b|ref\b|ciudad\b)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:atentamente|cordialmente|cordial saludo|respetuosamente|un saludo|saludos|agradezco|muchas gracias|gracias"
    r"|quedo atent[oa]|sincerely|regards)\b.{0,60}$",
    re.IGNORECASE,
)
_LONGEST_GREETING = 60
_SIGNATURE_LINES = 12


def person_keys(person: Person) -> tuple[str, ...]:
    """By what one person may be found again, each a text of its own kind; a shared address proves no identity."""
    found = (
        f"email {person.email.casefold()}" if person.email else "",
        f"{person.document_type} {person.document_number}" if person.document_number else "",
        f"phone {person.phone}" if person.phone else "",
    )
    return tuple(key for key in found if key)


def words_of(text: str) -> str:
    """Its words and numbers in lower case without accents, at most ``COMPARED`` signs.

    >>> words_of("No llegó  la\\ncuota: $ 50.000!")
    'no llego la cuota 50 000'
    """
    return " ".join(_WORDS.findall(_plain(text[:READ])))[:COMPARED]


def likeness(words: str, others: str, least: int) -> int:
    """How alike two texts of ``words_of`` are, from 0 to 100; 0 where it is less than ``least``."""
    return int(fuzz.ratio(words, others, score_cutoff=least))


def letter_of(text: str, name: str | None, least_words: int) -> str | None:
    """What one letter is known by, whoever sends it: SHA-256 (hex) of its words.

    Names, numbers, addresses, greetings and what follows the closing do not count, nor whether a man or a woman
    writes. None where fewer than ``least_words`` are left: many people say the same in a few words.
    """
    body = " ".join(_body(text))
    shouted = sum(map(str.isupper, body)) > sum(map(str.islower, body))
    said = _alike(found for found in _WHOLE_WORDS.findall(body) if shouted or found.islower())
    own = set(_alike(_WORDS.findall(name or "")))
    words = [word for word in said if word not in own]
    if len(words) < least_words:
        return None
    return hashlib.sha256(" ".join(words).encode()).hexdigest()


def _alike(words: Iterable[str]) -> list[str]:
    """Without accents, capitals and the endings that tell a man from a woman."""
    return _ENDING.sub("", _plain(" ".join(words))).split()


def _body(text: str) -> list[str]:
    """The lines without what is above the first long one, without greetings, and without what follows the closing."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = next((n for n, line in enumerate(lines) if len(line) > _LONGEST_GREETING), 0)
    last = next((n for n in range(first, len(lines)) if _closes(lines, n)), len(lines))
    return [line for line in lines[first:last] if len(line) > _LONGEST_GREETING or not _GREETING.match(line)]


def _closes(lines: list[str], number: int) -> bool:
    near_the_end = number >= len(lines) - _SIGNATURE_LINES and number > 0
    return near_the_end and len(lines[number]) <= 2 * _LONGEST_GREETING and bool(_CLOSING.match(lines[number]))


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).casefold()
