# SPDX-License-Identifier: Apache-2.0
"""The oracle: Jepsen's list of what can go wrong with a log, read for cases, letters and sums. Pure.

Each anomaly is a line that names itself and where it is; a house at rest has none.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tests.faults.evidence import Evidence, LetterSeen, Log, Record, Seen
from tests.faults.people import Promise, address_of

READERS = {
    "intake-cases": ("routing", "notifications", "satisfaction", "reporting"),
    "routing-cases": ("intake", "notifications", "satisfaction", "reporting"),
    "notifications-deliveries": ("intake", "routing", "reporting"),
    "satisfaction-checks": ("intake", "routing", "reporting"),
}
"""Of the topics that are keyed by case."""

SERVICES = ("intake", "routing", "notifications", "satisfaction", "reporting")
STEPS = ("filed", "assigned", "deadline-set", "answer-approved", "answered", "closed")
"""In the order in which a person sees them; an acknowledgement may come in between anywhere."""

ONCE = ("answer", "filing-certificate")


def anomalies(found: Evidence) -> list[str]:
    """Every one of them, each kind in turn."""
    looks = (
        *(lost_writes, duplicates, unseen, reorderings, number_gaps),
        *(wrong_outcomes, wrong_letters, wrong_sums, left, manners),
    )
    return [line for look in looks for line in look(found)]


def lost_writes(found: Evidence) -> Iterator[str]:
    """What was accepted and is not in each store; what was published and is not in the log."""
    for promise in found.promises:
        if not found.filed.get(address_of(promise.wish)):
            yield f"lost write: {promise.wish.name} was accepted and intake has no case of it"
    for promise, case in _cases(found):
        yield from _lost_case(found, promise, case)
    for service, topic, case, last in _emitted(found):
        if (there := _last(found, topic, case)) < last:
            yield f"lost write: {service} counted {topic} {case} to {last}, the log has {there}"


def _lost_case(found: Evidence, promise: Promise, case: str) -> Iterator[str]:
    name = promise.wish.name
    for service in SERVICES:
        if case not in found.stores[service]:
            yield f"lost write: {name} is not in {service}"
    numbers = {seen[case].number for seen in found.stores.values() if case in seen} - {None}
    if promise.number is not None and numbers != {promise.number}:
        yield f"lost write: {name} was promised as {promise.number}, stores say {sorted(map(str, numbers))}"


def _emitted(found: Evidence) -> Iterator[tuple[str, str, str, int]]:
    """Service, topic, case and the last seq that it counted."""
    for service, seen_by_case in found.stores.items():
        for case, seen in seen_by_case.items():
            for topic, last in seen.emitted.items():
                yield service, topic, case, last


def duplicates(found: Evidence) -> Iterator[str]:
    """Two cases of one submission, two events under one seq."""
    for promise in found.promises:
        if len(cases := found.filed.get(address_of(promise.wish), ())) > 1:
            yield f"duplicate: {promise.wish.name} became {len(cases)} cases"
    for topic, keys in found.log.items():
        for key, records in keys.items():
            ids: dict[int, set[str]] = {}
            for record in records:
                ids.setdefault(record.seq, set()).add(record.id)
            for seq, different in ids.items():
                if len(different) > 1:
                    yield f"duplicate: {topic} {key} has {len(different)} events with seq {seq}"


def unseen(found: Evidence) -> Iterator[str]:
    """In the log, and a reader did not apply it."""
    for topic, readers in READERS.items():
        for service in readers:
            for case, seen in found.stores[service].items():
                read, last = seen.applied.get(topic, 0), _last(found, topic, case)
                if read != last:
                    yield f"unseen: {service} read {topic} {case} to {read} of {last}"
    for submission, seen in found.submissions.items():
        read, last = seen.applied.get("intake-outcomes", 0), _last(found, "intake-outcomes", submission)
        if read != last:
            yield f"unseen: reporting read the outcomes of {submission} to {read} of {last}"


def reorderings(found: Evidence) -> Iterator[str]:
    """A seq that is missing in the log; a reader that took a case's steps in another order than they happened."""
    for topic, keys in found.log.items():
        for key, records in keys.items():
            seqs = sorted({record.seq for record in records})
            if seqs != list(range(1, len(seqs) + 1)):
                yield f"gap: {topic} {key} has the seqs {seqs}"
            if len({record.partition for record in records}) > 1:
                yield f"reordering: {topic} {key} lies in several partitions"
    for case, seen in found.stores["intake"].items():
        places = [STEPS.index(step) for step in seen.steps if step in STEPS]
        if any(later <= earlier for earlier, later in pairwise(places)):
            yield f"reordering: intake applied the steps of {case} as {', '.join(seen.steps)}"


def number_gaps(found: Evidence) -> Iterator[str]:
    """Case numbers are consecutive from 1, of the whole house."""
    counts = Counter(found.numbers)
    for number in sorted(number for number, times in counts.items() if times > 1):
        yield f"number gap: {number} was given {counts[number]} times"
    missing = sorted(set(range(1, max(counts, default=0) + 1)) - set(counts))
    if missing:
        yield f"number gap: {missing} are missing"


def wrong_outcomes(found: Evidence) -> Iterator[str]:
    """A case that is not where its wish must have led."""
    for promise, case in _cases(found):
        routed, checked = expected_status(promise)
        for service, expected in (("routing", routed), ("satisfaction", checked)):
            seen = found.stores[service].get(case, Seen({}))
            if seen.status != expected:
                yield f"outcome: {promise.wish.name} is {seen.status} in {service}, expected {expected}"


def expected_status(promise: Promise) -> tuple[str, str]:
    """In routing, and of its check in satisfaction."""
    if promise.wish.kind == "compliment":
        return "closed", "waived"
    if not promise.wish.answered:
        return "assigned", "unanswered"
    return ("answered", "pending") if promise.wish.kind == "claim" else ("closed", "waived")


def wrong_letters(found: Evidence) -> Iterator[str]:
    """One letter of each kind that is due, each arrived; answers never twice, others only where that may happen."""
    by_case: dict[str, Counter[str]] = {}
    for letter in found.letters:
        by_case.setdefault(letter.case, Counter())[letter.kind] += 1
    for promise, case in _cases(found):
        written, expected = by_case.get(case, Counter()), expected_letters(promise)
        if written != expected:
            yield f"letters: {promise.wish.name} has {dict(written)}, expected {dict(expected)}"
    for letter in found.letters:
        yield from _wrong_letter(letter, found.mails[letter.message_id], may_double=found.may_double_letters)


def _wrong_letter(letter: LetterSeen, arrived: int, *, may_double: bool) -> Iterator[str]:
    what = f"{letter.kind} of {letter.case}"
    if letter.state not in ("sent", "pointless"):
        yield f"letters: {what} is {letter.state}"
    if letter.state == "pointless" and letter.kind != "assignment":
        yield f"letters: {what} was dropped"
    if letter.state == "sent" and not arrived:
        yield f"letter missing: {what} is said to be sent and did not arrive"
    if arrived > 1 and (letter.kind in ONCE or not may_double):
        yield f"duplicate: {what} arrived {arrived} times"


def expected_letters(promise: Promise) -> Counter[str]:
    if promise.wish.kind == "compliment":
        return Counter({"acknowledgement": 1, "compliment-notice": 1})
    return Counter({"acknowledgement": 1, "assignment": 1, **({"answer": 1} if promise.wish.answered else {})})


def doubled_letters(found: Evidence) -> int:
    """Mails beyond the first of their Message-ID."""
    return sum(times - 1 for letter in found.letters if (times := found.mails[letter.message_id]) > 1)


def wrong_sums(found: Evidence) -> Iterator[str]:
    """An event that is applied twice counts twice."""
    for name, expected in found.expected_sums.items():
        if found.sums.get(name) != expected:
            yield f"sums: reporting says {name} = {found.sums.get(name)}, expected {expected}"


def left(found: Evidence) -> Iterator[str]:
    for where, rows in found.left.items():
        yield f"left: {rows} in {where}"


def manners(found: Evidence) -> Iterator[str]:
    """Refusals that told nobody anything, processes that gave up."""
    yield from found.unclear
    for process in found.ended:
        yield f"ended: {process}"


def _cases(found: Evidence) -> Iterator[tuple[Promise, str]]:
    for promise in found.promises:
        for case in found.filed.get(address_of(promise.wish), ()):
            yield promise, case


def _last(found: Evidence, topic: str, key: str) -> int:
    return max((record.seq for record in found.log.get(topic, {}).get(key, ())), default=0)


def late(log: Log) -> int:
    """Records that came into the log behind a later one of their case: what a dead process left, another published.

    That is no anomaly: a reader lets the later one wait.
    """
    return sum(_late(records) for keys in log.values() for records in keys.values())


def _late(records: Sequence[Record]) -> int:
    highest = found = 0
    known: set[int] = set()
    for record in records:
        if record.seq not in known and record.seq < highest:
            found += 1
        known.add(record.seq)
        highest = max(highest, record.seq)
    return found


def repeated(log: Log) -> int:
    """Records beyond the first of their seq: published again, which readers drop."""
    return sum(
        len(records) - len({record.seq for record in records}) for keys in log.values() for records in keys.values()
    )
