# SPDX-License-Identifier: Apache-2.0
"""One topic as its records tell it: how far each key is, at the end and where stores stood when they were counted."""

from array import array
from collections.abc import Mapping
from enum import Enum
from zlib import crc32

from reporting.domain.audit.keys import Keys, grown
from reporting.domain.audit.lines import Line

FOREVER = 2**63


class View:
    """The topic up to some positions: ``at`` holds the keys that went on after them, with the seq that they had."""

    def __init__(self, positions: Mapping[int, int]) -> None:
        """``positions``: by partition the first offset that is behind the view; of a partition not named, all is."""
        self.positions = positions
        self.at: dict[int, int] = {}


class Came(Enum):
    """How a record came."""

    NEXT = "next"
    EARLY = "early"
    AGAIN = "again"
    OTHER = "other"


class TopicLog:
    """Counts the seq of each key.

    Of each event 32 bits of its content are kept, chained by key, so that the same seq with other content is found.
    """

    def __init__(self, name: str, keys: Keys) -> None:
        self.name = name
        self.keys = keys
        self.ahead: dict[int, dict[int, tuple[int, int]]] = {}
        """By key and seq: content and offset of events that came before the one before them."""
        self.events = self.again = self.early = 0
        self._views: list[View] = []
        self._lowest: dict[int, int] = {}
        self._last = array("I")
        self._tail = array("I")
        self._content = array("I")
        self._before = array("I")

    def view(self, positions: Mapping[int, int]) -> View:
        """To be asked before the first record; positions of several stores may be looked at in one reading."""
        view = View(positions)
        self._views.append(view)
        return view

    def take(self, line: Line, n: int) -> Came:
        """One record, whose key has the number ``n``."""
        if n >= len(self._last):
            grown(self._last, n), grown(self._tail, n)
        last, content = self._last[n], crc32(line.value, crc32(line.time))
        if line.seq == last + 1:
            self._append(n, line.seq, content, line.partition, line.offset)
            if n in self.ahead:
                self._catch_up(n, line)
            return Came.NEXT
        known = self._content_of(n, line.seq)
        if known is None:
            self.ahead.setdefault(n, {})[line.seq] = (content, line.offset)
            self.events += 1
            return Came.EARLY
        self.again += 1
        return Came.AGAIN if known == content else Came.OTHER

    def _append(self, n: int, seq: int, content: int, partition: int, offset: int) -> None:
        if offset >= self._lowest_of(partition):
            for view in self._views:
                if offset >= view.positions.get(partition, 0):
                    view.at.setdefault(n, seq - 1)
        self._last[n] = seq
        self._content.append(content)
        self._before.append(self._tail[n])
        self._tail[n] = len(self._content)
        self.events += 1

    def _lowest_of(self, partition: int) -> int:
        lowest = self._lowest.get(partition)
        if lowest is None:
            lowest = min((view.positions.get(partition, 0) for view in self._views), default=FOREVER)
            self._lowest[partition] = lowest
        return lowest

    def _catch_up(self, n: int, line: Line) -> None:
        """What came early is next now; in the views it counts from where the missing one stands."""
        early = self.ahead[n]
        while (seq := self._last[n] + 1) in early:
            content, offset = early.pop(seq)
            self._append(n, seq, content, line.partition, max(offset, line.offset))
            self.early += 1
            self.events -= 1
        if not early:
            del self.ahead[n]

    def _content_of(self, n: int, seq: int) -> int | None:
        if seq > self._last[n]:
            early = self.ahead.get(n, {}).get(seq)
            return None if early is None else early[0]
        at = self._tail[n]
        for _ in range(self._last[n] - seq):
            at = self._before[at - 1]
        return self._content[at - 1]

    def last(self, n: int) -> int:
        """The last seq of a key up to which none is missing; 0 for none."""
        return self._last[n] if n < len(self._last) else 0

    def highest(self, n: int) -> int:
        """The highest seq of a key, whatever is missing below."""
        return max(self.ahead[n]) if n in self.ahead else self.last(n)

    def last_in(self, view: View, n: int) -> int:
        at = view.at.get(n)
        return self.last(n) if at is None else at

    def highest_in(self, view: View, n: int) -> int:
        end = view.positions.get(self.keys.partition[n], 0)
        early = (seq for seq, (_, offset) in self.ahead.get(n, {}).items() if offset < end)
        return max(early, default=self.last_in(view, n))

    def going_on_from(self, view: View, n: int, accepted: int) -> int:
        """The last seq of a key if a person accepted that some are missing up to ``accepted``."""
        end, early = view.positions.get(self.keys.partition[n], 0), self.ahead.get(n, {})
        seq = max(self.last_in(view, n), accepted)
        while seq + 1 in early and early[seq + 1][1] < end:
            seq += 1
        return seq

    def missing(self, n: int) -> list[int]:
        """The seqs of a key that are not there although later ones are."""
        early = self.ahead.get(n, {})
        return [seq for seq in range(self.last(n) + 1, max(early, default=0)) if seq not in early]
