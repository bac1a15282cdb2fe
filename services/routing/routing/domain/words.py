# SPDX-License-Identifier: Apache-2.0
"""Words and phrases in what a person wrote, whatever its accents, signs and case of letters (CNF-06).

A phrase is found where its words stand one after the other; a ``*`` at its end lets the last word go on:
``felicit*`` finds "felicitaciones".
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator

_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = re.compile("[a-z0-9]+")
SHORTEST_BEGINNING = 4


def plain(text: str) -> str:
    """The words alone, in lower case without accents.

    >>> plain("¿Por qué NO me pagaron la «cuota»?")
    'por que no me pagaron la cuota'
    """
    return " ".join(_WORD.findall(_ACCENTS.sub("", unicodedata.normalize("NFKD", text)).lower()))


def _as_phrase(text: str) -> str:
    words = plain(text)
    if not words:
        raise ValueError("expected a word or a phrase")
    if not text.rstrip().endswith("*"):
        return words
    if len(words) < SHORTEST_BEGINNING:
        raise ValueError(f"expected at least {SHORTEST_BEGINNING} letters before the *")
    return f"{words}*"


Phrase = Annotated[str, AfterValidator(_as_phrase)]
"""A phrase as a configuration file may write it ("cuota monetaria", "Felicit*"), kept in plain words."""


def covers(general: str, special: str) -> bool:
    """Whether every text that holds the special phrase holds the general one too.

    >>> covers("subsidio", "subsidio de vivienda"), covers("felicit*", "felicitaciones"), covers("pago", "pagos")
    (True, True, False)
    """
    return _marked(general) in _marked(special)


class PhraseIndex:
    """Finds which of many phrases a text holds; the cost grows with the text, hardly with the phrases."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_first_word: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._by_beginning: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for phrase in dict.fromkeys(phrases):
            index, key = self._place(phrase)
            index[key].append((phrase, _marked(phrase)))

    def found_in(self, text: str) -> frozenset[str]:
        """The phrases that the text holds, as they were given."""
        words = plain(text)
        marked, different = f" {words} ", set(words.split())
        beginnings = {word[:SHORTEST_BEGINNING] for word in different}
        candidates = [
            *(one for word in different & self._by_first_word.keys() for one in self._by_first_word[word]),
            *(one for start in beginnings & self._by_beginning.keys() for one in self._by_beginning[start]),
        ]
        return frozenset(phrase for phrase, wanted in candidates if wanted in marked)

    def _place(self, phrase: str) -> tuple[dict[str, list[tuple[str, str]]], str]:
        first, _, rest = phrase.partition(" ")
        if rest or not phrase.endswith("*"):
            return self._by_first_word, first
        return self._by_beginning, first[:SHORTEST_BEGINNING]


def _marked(phrase: str) -> str:
    """With a space where a word must begin or end."""
    return f" {phrase[:-1]}" if phrase.endswith("*") else f" {phrase} "


def folded(text: str) -> str:
    """The text in small letters without accents, sign by sign: what stands at a place still stands there.

    >>> folded("Peñón, Nº 5")
    'penon, nº 5'
    """
    return text.translate(_FOLDED)


class _Folded(dict[int, str]):
    def __missing__(self, code: int) -> str:
        sign = chr(code)
        small = unicodedata.normalize("NFD", sign)[0].lower()
        self[code] = small if len(small) == 1 else sign
        return self[code]


_FOLDED = _Folded()
