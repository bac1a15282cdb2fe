# SPDX-License-Identifier: Apache-2.0
"""Whether somebody writes of a danger (SQR-03): the words of ``emergencies.yaml``, whatever their accents and endings.

In doubt it is one: a false alarm costs somebody a click. It is none where the words stand in a phrase that means
something else ("seguro contra incendio"), or where they are denied ("no hay fuga de gas"). What is denied must be the
danger itself: "no han arreglado la fuga de gas" is one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from chassis.faults import Fault
from ventanilla_contracts.envelope import Frozen
from ventanilla_contracts.intake import Emergency
from ventanilla_contracts.vocabulary import EmergencyMatter

MOST_WORDS = 10
"""Phrases that are told of one emergency."""

SHORTEST_BEGINNING = 4
_MARKS = re.compile("[\u0300-\u036f]+")
_WORD = re.compile(r"[a-z0-9]+")
_PHRASE = re.compile(r"[a-z0-9]+\*?( [a-z0-9]+\*?)*")
_CLAUSES = re.compile(r"[.,;:!?¡¿()\[\]\"«»“”/…–—]+|\n\s*\n|\n>")
_JOINING = frozenset({"o", "u", "y", "e", "ni"})
_MOST_BETWEEN = 4


def _plain(text: str) -> str:
    return _MARKS.sub("", unicodedata.normalize("NFKD", text)).lower()


def _phrase(text: str) -> str:
    plain = " ".join(_plain(text).split())
    if not _PHRASE.fullmatch(plain):
        raise ValueError("expected words of letters and digits, each perhaps with * for any ending")
    if any(word.endswith("*") and len(word) <= SHORTEST_BEGINNING for word in plain.split()):
        raise ValueError(f"expected at least {SHORTEST_BEGINNING} letters before the *")
    return plain


Phrase = Annotated[str, AfterValidator(_phrase), Field(max_length=100)]
Phrases = Annotated[tuple[Phrase, ...], Field(min_length=1)]


class EmergencyRule(Frozen):
    """Whoever writes one of the ``words`` writes of this matter."""

    matter: EmergencyMatter
    words: Phrases


class EmergencyFile(Frozen):
    """``emergencies.yaml``. The matters stand in the order in which they count; ``between`` are words that may stand
    between what denies and what is denied."""

    version: Annotated[str, Field(min_length=1, max_length=40)]
    rules: Annotated[tuple[EmergencyRule, ...], Field(min_length=1)]
    other_things: tuple[Phrase, ...] = ()
    denials: tuple[Phrase, ...] = ()
    between: tuple[Phrase, ...] = ()


def emergency_faults(file: EmergencyFile) -> Iterator[Fault]:
    """Words that stand twice: each names one matter."""
    known: set[str] = set()
    for n, rule in enumerate(file.rules):
        for m, word in enumerate(rule.words):
            if word in known:
                yield Fault(("rules", n, "words", m), f"{word} stands twice", "keep it under one matter")
            known.add(word)


class Emergencies:
    """The rules of a file, ready to be asked; what they cost grows with the text."""

    def __init__(self, file: EmergencyFile) -> None:
        self.version = file.version
        self._order = tuple(dict.fromkeys(rule.matter for rule in file.rules))
        self._matter = {word: rule.matter for rule in file.rules for word in rule.words}
        self._dangers = _Finder(self._matter)
        self._other = _Finder(file.other_things)
        self._denials = _Finder(file.denials)
        self._between = frozenset(file.between)

    def found_in(self, *texts: str) -> Emergency | None:
        """What these texts say; the first matter of the file that any of them names, with all the words found."""
        found = dict.fromkeys(word for text in texts for clause in _clauses(text) for word in self._said(clause))
        if not found:
            return None
        matters = {self._matter[word] for word in found}
        matter = next(one for one in self._order if one in matters)
        words = sorted(found, key=lambda word: self._order.index(self._matter[word]))
        return Emergency(matter=matter, words=tuple(words[:MOST_WORDS]), rules=self.version, by="rules")

    def _said(self, words: Sequence[str]) -> Iterator[str]:
        """The phrases of a clause that are meant."""
        hits = list(self._dangers.all_in(words))
        if not hits:
            return
        other = [(start, end) for start, end, _ in self._other.all_in(words)]
        denied_until = -1
        for start, end, phrase in hits:
            if any(first < end and start < last for first, last in other):
                continue
            if self._denied(words, start) or self._goes_on(words, denied_until, start):
                denied_until = end
            else:
                yield phrase

    def _denied(self, words: Sequence[str], start: int) -> bool:
        """Whether a denial ends right before, or before a few words that may stand between."""
        for end in range(start, max(start - _MOST_BETWEEN, 0) - 1, -1):
            if any(self._denies(words, first, end) for first in range(max(end - _MOST_BETWEEN, 0), end)):
                return True
            if end and words[end - 1] not in self._between:
                return False
        return False

    def _denies(self, words: Sequence[str], first: int, end: int) -> bool:
        """ "No se descarta" denies nothing."""
        if words[first] not in ("no", "nunca") and "no" in words[max(first - 2, 0) : first]:
            return False
        return any(last == end for last, _ in self._denials.at(words, first))

    def _goes_on(self, words: Sequence[str], denied_until: int, start: int) -> bool:
        """ "No hay incendio ni fuga de gas": what is joined to something that is denied is denied too."""
        joined = words[denied_until:start] if denied_until > 0 else ()
        return bool(joined) and joined[0] in _JOINING and all(one in self._between for one in joined[1:])


class _Finder:
    """Finds phrases of words and beginnings of words, by the first word of each."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._exact: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        self._beginning: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            parts = tuple(phrase.split())
            if parts[0].endswith("*"):
                self._beginning[parts[0][:SHORTEST_BEGINNING]].append(parts)
            else:
                self._exact[parts[0]].append(parts)

    def all_in(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Start, end and phrase of each that stands there."""
        for start in range(len(words)):
            for end, phrase in self.at(words, start):
                yield start, end, phrase

    def at(self, words: Sequence[str], start: int) -> Iterator[tuple[int, str]]:
        first = words[start]
        for parts in (*self._exact.get(first, ()), *self._beginning.get(first[:SHORTEST_BEGINNING], ())):
            end = start + len(parts)
            if end <= len(words) and all(map(_is, parts, words[start:end])):
                yield end, " ".join(parts)


def _is(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("*") else word == part


def _clauses(text: str) -> Iterator[list[str]]:
    for clause in _CLAUSES.split(_plain(text)):
        if words := _WORD.findall(clause):
            yield words
