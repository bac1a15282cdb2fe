# SPDX-License-Identifier: Apache-2.0
"""A record of a topic, read only as far as an audit needs: headers now, the value if somebody asks."""

from collections.abc import Sequence
from dataclasses import dataclass

Headers = Sequence[tuple[str, bytes | None]]


@dataclass(slots=True)
class Line:
    """``seq`` is 0 where the topic has none; ``seen`` as in its header; ``timestamp`` in ms of real time."""

    partition: int
    offset: int
    timestamp: int
    key: bytes
    type: bytes
    time: bytes
    seq: int
    seen: bytes
    value: bytes


def line_of(
    partition: int,
    offset: int,
    timestamp: int,
    key: bytes | None,
    value: bytes | None,
    headers: Headers,
    *,
    source: bytes | None,
) -> Line | str:
    """The record, or what is wrong with it; ``source``: the only one who may write here, with its seq. Never raises."""
    found = dict(headers)
    kind, seq, time = found.get("ce_type"), found.get("ce_seq"), found.get("ce_time")
    if not kind or not time or found.get("ce_specversion") != b"1.0":
        return "its headers are no envelope"
    if not key or found.get("ce_subject") != key:
        return "its key is not its subject"
    if source is None:
        return Line(partition, offset, timestamp, key, kind, time, 0, b"", value or b"")
    if found.get("ce_source") != source:
        return f"it was written by {_shown(found.get('ce_source'))}, expected {_shown(source)}"
    if not seq or not seq.isdigit() or len(seq) > 9 or int(seq) == 0:
        return "its ce_seq is no number from 1"
    return Line(partition, offset, timestamp, key, kind, time, int(seq), found.get("ce_seen") or b"", value or b"")


def seen_of(line: Line) -> list[tuple[bytes, int]]:
    """Topic and seq of each other topic that the writer had applied; what cannot be read is left out."""
    pairs = [part.partition(b"=") for part in line.seen.split(b",")] if line.seen else []
    return [(topic, int(seq)) for topic, _, seq in pairs if seq.isdigit() and len(seq) <= 9]


def _shown(text: bytes | None) -> str:
    return "nobody" if text is None else text[:80].decode("utf-8", "replace")
