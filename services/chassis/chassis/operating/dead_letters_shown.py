# SPDX-License-Identifier: Apache-2.0
"""What is parked, as text for a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

from chassis.operating.dead_letters import Detail
from chassis.operating.parked import Parked
from chassis.records import StoredRecord
from chassis.safe_text import printable, text_of

LONGEST_CELL = 60
COLUMNS = ("ID", "parked at", "subject", "topic", "type", "seq", "behind", "reason")
ACT_COLUMNS = ("at", "what", "by", "ID", "outcome", "reason")


def list_lines(parked: Sequence[Parked], total: int, behind: Mapping[str, int], zone: tzinfo) -> list[str]:
    """A table, and how many there are in all; ``behind``: how many events of a subject wait."""
    if not parked:
        return ["nothing is parked"]
    rows = [_row(one, behind.get(one.subject or ""), zone) for one in parked]
    return [*table(COLUMNS, rows), f"{len(parked)} of {total} parked; {_events(sum(behind.values()))} behind them"]


def _events(number: int) -> str:
    return "1 event waits" if number == 1 else f"{number} events wait"


def _row(one: Parked, behind: int | None, zone: tzinfo) -> list[str]:
    return [
        one.id,
        when(one.at, zone),
        one.subject or "-",
        one.topic or "-",
        one.type or "-",
        "-" if one.seq is None else str(one.seq),
        str(behind or 0),
        one.reason,
    ]


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], whole: str = "ID") -> list[str]:
    """Aligned columns; a long cell is cut, but for those of ``whole``, which are to be copied, and the last."""
    uncut = {columns.index(whole), len(columns) - 1}
    cells = [list(columns), *([_cell(text, whole=n in uncut) for n, text in enumerate(row)] for row in rows)]
    widths = [max(len(row[n]) for row in cells) for n in range(len(columns))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cell(text: str, *, whole: bool) -> str:
    shown = printable(" ".join(text.split()))
    return shown if whole or len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - 1] + "…"


def detail_lines(detail: Detail, zone: tzinfo) -> list[str]:
    """One, whole."""
    one = detail.parked
    lines = ["It may hold personal data: do not send it on.", ""]
    facts = {
        "id": one.id,
        "subject": one.subject,
        "topic": one.topic,
        "type": one.type,
        "seq": one.seq,
        "due" if detail.timer else "parked at": when(one.at, zone),
        "reason": one.reason,
        "can be read now": "yes" if detail.fault is None else f"no: {detail.fault}",
        "events behind it": detail.behind,
    }
    lines += [f"{name + ':':18}{printable(str(value))}" for name, value in facts.items() if value is not None]
    if detail.timer is not None:
        lines += ["", f"data: {printable(str(dict(detail.timer.timer.data)))}"]
    if detail.record is not None:
        lines += ["", *_record_lines(detail.record)]
    return [*lines, "", *acts_lines(detail.acts, zone)]


def _record_lines(record: StoredRecord) -> list[str]:
    place = f"record: topic {record.topic}, partition {record.partition}, offset {record.offset}"
    headers = [f"header {printable(name)}: {_text(value)}" for name, value in record.headers]
    return [place, f"key: {_text(record.key)}", *headers, f"value: {_text(record.value)}"]


def _text(value: bytes | None) -> str:
    return "(none)" if value is None else text_of(value)


def acts_lines(acts: Sequence[Mapping[str, Any]], zone: tzinfo) -> list[str]:
    """What was done, as a table."""
    if not acts:
        return ["nothing was done about it yet"]
    rows = [
        [when(act["at"], zone), act["what"], act["actor"], act["record"], act["outcome"], act["reason"] or ""]
        for act in acts
    ]
    return table(ACT_COLUMNS, rows)


def when(moment: datetime, zone: tzinfo) -> str:
    """To the second, with its offset."""
    return moment.astimezone(zone).isoformat(sep=" ", timespec="seconds")
