# SPDX-License-Identifier: Apache-2.0
"""Questions to the index: the words that somebody typed, the filters of a list, the nearest of a text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tantivy import FieldType, Occur, Query, Schema, SchemaBuilder

from routing.domain.words import plain
from routing.searching.entries import DUE, FACTS, day_number, written
from routing.searching.stems import stems

MOST_WORDS = 20
SHORTEST_BEGINNING, SHORTEST_NUMBER = 3, 4
_GROUPED = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_A_NUMBER = re.compile(r"[\d\s.,()+\-]{7,40}")
_BASIC, _FREQ = "basic", "freq"
_BOUNDS = {
    "$lt": {"upper_bound": True, "include_upper": False},
    "$lte": {"upper_bound": True},
    "$gt": {"lower_bound": True, "include_lower": False},
    "$gte": {"lower_bound": True},
}


def schema() -> Schema:
    """A change of it, or of how entries are made, needs another VERSION in ``index.py``."""
    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option=_BASIC)
    builder.add_text_field("word", tokenizer_name="whitespace", index_option=_BASIC)
    builder.add_text_field("name", tokenizer_name="whitespace", index_option=_BASIC)
    builder.add_text_field("fact", tokenizer_name="raw", index_option=_BASIC)
    builder.add_integer_field("due", indexed=True)
    builder.add_unsigned_field("rank", indexed=True, fast=True)
    builder.add_text_field("asked", tokenizer_name="whitespace", index_option=_FREQ)
    builder.add_text_field("area", tokenizer_name="raw", index_option=_BASIC)
    builder.add_text_field("answered", fast=True, tokenizer_name="raw", index_option=_BASIC)
    return builder.build()


class Asking:
    """Makes the queries of one schema."""

    def __init__(self, of: Schema) -> None:
        self._schema = of

    def found_by(self, text: str, filters: Mapping[str, Any], after: int | None) -> Query | None:
        """Cases with all these words that pass the filters, after that rank; None if there is no word to look for."""
        words = self._words(text)
        if words is None:
            return None
        parts = [(Occur.Must, words), *self._filters(filters)]
        if after is not None:
            later = Query.range_query(self._schema, "rank", FieldType.Unsigned, lower_bound=after, include_lower=False)
            parts.append((Occur.Must, later))
        return Query.boolean_query(parts)

    def nearest(self, telling: Sequence[str], area: str, preference: float) -> Query:
        """Answered cases that share some of these stems; an answer of the same area counts as so much nearer."""
        shared = Query.boolean_query(
            [(Occur.Should, self._term("asked", stem)) for stem in telling],
            minimum_number_should_match=min(2, len(telling)),
        )
        same = Query.const_score_query(self._term("area", area), preference)
        return Query.boolean_query([(Occur.Must, shared), (Occur.Should, same)])

    def answered_as(self, mark: str) -> Query:
        return self._term("answered", mark)

    def _words(self, text: str) -> Query | None:
        tokens = plain(_GROUPED.sub("", text)).split()[:MOST_WORDS]
        words = [one for n, token in enumerate(tokens) if (one := self._word(token, last=n == len(tokens) - 1))]
        if not words:
            return None
        every = Query.boolean_query([(Occur.Must, word) for word in words])
        if len(tokens) > 1 and _A_NUMBER.fullmatch(text.strip()):
            in_one = self._term("name", "".join(tokens))
            return Query.boolean_query([(Occur.Should, every), (Occur.Should, in_one)])
        return every

    def _word(self, token: str, *, last: bool) -> Query | None:
        """A word in any of its forms, or a name or number; of the last one, which may be half typed, its beginning."""
        ways = [self._term("word", stem) for stem in stems(token)]
        if not ways:
            return None
        ways.append(self._term("name", token))
        if last and len(token) >= (SHORTEST_NUMBER if token.isdigit() else SHORTEST_BEGINNING):
            ways.append(Query.regex_query(self._schema, "name", f"{token}.*"))
        return Query.boolean_query([(Occur.Should, way) for way in ways])

    def _filters(self, filters: Mapping[str, Any]) -> Iterator[tuple[Occur, Query]]:
        for path, wanted in filters.items():
            if path == DUE and isinstance(wanted, Mapping):
                yield from ((Occur.Must, one) for one in self._due(wanted))
            elif path in FACTS:
                yield from self._fact(path, wanted)

    def _fact(self, path: str, wanted: Any) -> Iterator[tuple[Occur, Query]]:
        match wanted:
            case {"$in": values}:
                if set(values) != {True, False}:
                    yield Occur.Must, self._any(path, values)
            case {"$ne": value}:
                yield Occur.MustNot, self._any(path, [value])
            case str() | bool():
                yield Occur.Must, self._any(path, [wanted])

    def _any(self, path: str, values: Sequence[object]) -> Query:
        return Query.term_set_query(self._schema, "fact", [f"{path}={written(value)}" for value in values])

    def _due(self, wanted: Mapping[str, str]) -> Iterator[Query]:
        for sign, bounds in _BOUNDS.items():
            if sign in wanted:
                day = day_number(wanted[sign])
                given: dict[str, Any] = {
                    name: day if name.endswith("bound") else value for name, value in bounds.items()
                }
                yield Query.range_query(self._schema, "due", FieldType.Integer, **given)

    def _term(self, field: str, value: str) -> Query:
        option = _FREQ if field == "asked" else _BASIC
        return Query.term_query(self._schema, field, value, index_option=option)
