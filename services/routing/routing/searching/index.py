# SPDX-License-Identifier: Apache-2.0
"""The index of one process: cases by words and facts, answered ones by what was asked. Blocking: for a thread."""

import math
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tantivy import Document, Index, Order, Query

from routing.searching.asking import Asking, schema
from routing.searching.entries import Entry

VERSION = "1"
"""Of what entries are made of: another one is built anew, from the store."""

HEAP_BYTES = 32_000_000
MOST_TELLING = 15
EXAMPLES = 3
SAME_AREA = 4.0
"""How much nearer an answer of the same area counts, in BM25's points: as one rather telling word more."""


@dataclass(frozen=True)
class Found:
    """Ids in order, each with its rank."""

    ids: tuple[str, ...]
    ranks: tuple[int, ...]


NOTHING = Found((), ())


@dataclass(frozen=True)
class Often:
    """An answer that many cases got: how many, and the ids of some of them."""

    mark: str
    times: int
    some: tuple[str, ...]


class CaseIndex:
    """In memory, or in a directory that outlasts the process. Raises ValueError where the directory holds no index."""

    def __init__(self, directory: Path | None = None) -> None:
        self._schema = schema()
        self._asking = Asking(self._schema)
        self._index = Index(self._schema, str(directory)) if directory else Index(self._schema)
        self._writer = self._index.writer(HEAP_BYTES, 1)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return self._index.searcher().num_docs

    def put(self, entries: Iterable[Entry], gone: Iterable[str] = ()) -> None:
        """Each entry takes the place of its case's former one; seen once committed."""
        with self._lock:
            for case_id in gone:
                self._writer.delete_documents_by_term("id", case_id)
            for entry in entries:
                self._writer.delete_documents_by_term("id", entry.id)
                self._writer.add_document(_document(entry))

    def commit(self) -> None:
        with self._lock:
            self._writer.commit()
            self._index.reload()

    def find(self, text: str, filters: Mapping[str, Any], *, limit: int, after: int | None = None) -> Found:
        """Those with all these words, by rank. ``filters`` as CaseFilter asks the store; what it knows of them."""
        query = self._asking.found_by(text, filters, after)
        if query is None:
            return NOTHING
        searcher = self._index.searcher()
        hits = searcher.search(query, limit, count=False, order_by_field="rank", order=Order.Asc).hits
        return Found(tuple(_id(searcher, address) for _, address in hits), tuple(rank for rank, _ in hits))

    def nearest(self, asked: Collection[str], area: str, *, limit: int) -> Sequence[str]:
        """Ids of answered cases in which the most telling of these stems were asked, the nearest first."""
        searcher = self._index.searcher()
        known = [stem for stem in set(asked) if searcher.doc_freq("asked", stem)]
        if not known:
            return ()
        telling = sorted(self.weights(known).items(), key=lambda one: (-one[1], one[0]))[:MOST_TELLING]
        query = self._asking.nearest([stem for stem, _ in telling], area, SAME_AREA)
        return [_id(searcher, address) for _, address in searcher.search(query, limit, count=False).hits]

    def weights(self, asked: Collection[str]) -> Mapping[str, float]:
        """How much each stem tells: the rarer in what was asked and answered, the more, and most what never was.

        So a case that is about something else is not near to the few that a young house has answered.
        """
        searcher = self._index.searcher()
        answered = max(searcher.num_docs, 1)
        return {stem: math.log(1 + answered / max(searcher.doc_freq("asked", stem), 1)) for stem in set(asked)}

    def often_answered(self, *, at_least: int, limit: int) -> Sequence[Often]:
        """Answers that so many cases got in the same words, the most frequent first."""
        searcher = self._index.searcher()
        terms = {"field": "answered", "size": limit, "min_doc_count": at_least}
        buckets = searcher.aggregate(Query.all_query(), {"often": {"terms": terms}})["often"]["buckets"]
        return [Often(one["key"], one["doc_count"], self._some(searcher, one["key"])) for one in buckets]

    def _some(self, searcher: Any, mark: str) -> tuple[str, ...]:
        hits = searcher.search(self._asking.answered_as(mark), EXAMPLES, count=False).hits
        return tuple(_id(searcher, address) for _, address in hits)

    def times_answered(self, mark: str) -> int:
        """How many cases were answered in these words."""
        return int(self._index.searcher().doc_freq("answered", mark))


def _id(searcher: Any, address: Any) -> str:
    return str(searcher.doc(address).get_first("id"))


def _document(entry: Entry) -> Document:
    document = Document()
    document.add_text("id", entry.id)
    document.add_text("word", " ".join(entry.words))
    document.add_text("name", " ".join(entry.names))
    for fact in entry.facts:
        document.add_text("fact", fact)
    document.add_integer("due", entry.due)
    document.add_unsigned("rank", entry.rank)
    if entry.asked is not None:
        document.add_text("asked", " ".join(entry.asked))
        document.add_text("area", entry.area)
        document.add_text("answered", entry.answered)
    return document
