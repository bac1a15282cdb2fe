# SPDX-License-Identifier: Apache-2.0
"""Gaps as text for a terminal."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from chassis.operating.dead_letters_shown import table, when
from chassis.operating.gap_acts import Listed
from chassis.operating.gaps import Gap, seqs_text
from chassis.operating.republishing import Republished
from chassis.operating.rereading import Reread
from chassis.operating.resync import Lifted, Resynced

COLUMNS = ("subject", "topic", "missing", "waiting", "since", "cause")


def list_lines(listed: Sequence[Listed], subjects: int, zone: tzinfo) -> list[str]:
    """A table, and of how many subjects events wait in all."""
    if not listed:
        return ["nothing is missing"]
    rows = [_row(one, zone) for one in listed]
    shown = len({one.gap.subject for one in listed})
    return [*table(COLUMNS, rows, whole="subject"), f"{shown} of {subjects} subjects of which events wait"]


def _row(one: Listed, zone: tzinfo) -> list[str]:
    gap = one.gap
    missing = seqs_text(gap.missing) or "-"
    return [gap.subject, gap.topic, missing, waiting_text(gap), when(gap.since, zone), cause_text(one)]


def waiting_text(gap: Gap) -> str:
    """What waits behind it: ``intake-cases 7-9, routing-cases 3``."""
    topics = dict.fromkeys(event.topic for event in gap.behind)
    return ", ".join(
        f"{topic} {seqs_text(_runs(event.seq for event in gap.behind if event.topic == topic))}" for topic in topics
    )


def _runs(seqs: Iterable[int]) -> list[tuple[int, int]]:
    """
    >>> _runs([7, 8, 9, 12])
    [(7, 9), (12, 12)]
    """
    found: list[tuple[int, int]] = []
    for seq in seqs:
        if found and found[-1][1] == seq - 1:
            found[-1] = (found[-1][0], seq)
        else:
            found.append((seq, seq))
    return found


def cause_text(one: Listed) -> str:
    parts = [f"seq {seq} is parked as {row_id}" for seq, row_id in one.gap.parked.items()]
    if one.gap.missing:
        parts.append(_cause_of_missing(one.behind))
    return "; ".join(parts)


def _cause_of_missing(behind: int | None) -> str:
    if behind is None:
        return "not known: the broker does not answer"
    return f"may be unread yet: {behind} records behind" if behind else "none"


def reread_lines(told: Sequence[Reread]) -> list[str]:
    return [f"{one.topic} {seqs_text([one.seqs])}  {one.outcome}" for one in told]


def republish_lines(subject: str, topic: str, told: Sequence[Republished], readers: Sequence[str]) -> list[str]:
    """What became of each, and what is left to do about those that are nowhere."""
    lines = [f"{topic} {one.seq}  {one.outcome}" for one in told]
    if any(one.is_nowhere for one in told):
        lines.append("What is nowhere cannot be published. A reader that waits for it can go on without it:")
        lines += [
            f"  python -m {reader} gaps accept --subject {subject} --topic {topic} --reason …" for reader in readers
        ]
    return lines


def resync_lines(service: str, found: Sequence[Resynced], lifted: Sequence[Lifted], *, dry_run: bool) -> list[str]:
    """A line for each topic of the service's own, and for each counter that was behind."""
    if not found:
        return [f"{service} writes no topic whose events are counted: there is nothing to lift"]
    counters = [f"{one.what}: {one.before} {'to be lifted' if dry_run else 'lifted'} to {one.after}" for one in lifted]
    return [*(_resynced(one, dry_run=dry_run) for one in found), *counters]


def _resynced(one: Resynced, *, dry_run: bool) -> str:
    lacks = f"; {one.not_stored} are not in the store" if one.not_stored else ""
    if not one.counted:
        why = "not counted per subject, so nothing can be lifted"
        return f"{one.topic}: {one.on_topic} keys{lacks}; {why}"
    return f"{one.topic}: {one.on_topic} subjects, {one.behind} {'to lift' if dry_run else 'lifted'}{lacks}"
