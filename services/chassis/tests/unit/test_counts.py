# SPDX-License-Identifier: Apache-2.0
"""What a count says fits into an event; sums tell subjects apart."""

from datetime import UTC, datetime

import pytest

from chassis.operating.counts import message_of
from chassis.operating.ledgers import StoreSums
from ventanilla_contracts.audits import Bucket, Ledger, Left, Parked, StoreCounted, Unpublished, Unsettled
from ventanilla_contracts.envelope import MAX_EVENT_BYTES, Actor

TOPICS = ("intake-cases", "intake-outcomes", "routing-cases", "notifications-deliveries", "satisfaction-checks", "more")


def full(topics: int) -> tuple[Ledger, ...]:
    """Ledgers in which no bucket is empty."""
    buckets = {f"{n:02x}": Bucket(count=10_000, sum="f" * 16) for n in range(256)}
    return tuple(Ledger(kind="applied", topic=f"topic-{n}", buckets=buckets) for n in range(topics))


def counted(names: int, topics: int = 6) -> StoreCounted:
    case = "c" * 36
    applied = dict.fromkeys(TOPICS, 1_000)
    return StoreCounted(
        actor=Actor(id="routing", role="service"),
        service="routing",
        counted_at=datetime(2026, 3, 2, tzinfo=UTC),
        subjects={"cases": 2_560_000},
        ledgers=full(topics),
        positions=(),
        produced=(),
        unsettled_count=names,
        unsettled=tuple(Unsettled(subject=case, applied=applied, waiting=3) for _ in range(names)),
        waiting=Left(count=3 * names),
        parked_count=names,
        parked=tuple(
            Parked(topic="intake-cases", partition=1, offset=n, reason="r" * 200, seconds=60) for n in range(names)
        ),
        unpublished_count=names,
        unpublished=tuple(Unpublished(topic="routing-cases", subject=case, seq=9) for _ in range(names)),
    )


def test_what_fits_is_told_as_it_is() -> None:
    event = counted(10)
    message = message_of(event)
    assert StoreCounted.read(message.value or b"") == event
    assert (message.topic, message.key) == ("routing-audits", b"routing")


def test_what_is_too_long_names_fewer_and_counts_all() -> None:
    message = message_of(counted(2_000))
    told = StoreCounted.model_validate_json(message.value or b"")
    assert len(message.value or b"") <= MAX_EVENT_BYTES
    assert told.ledgers == full(6)
    assert (told.unsettled_count, told.parked_count, told.unpublished_count) == (2_000, 2_000, 2_000)
    assert 0 < len(told.unsettled) == len(told.parked) == len(told.unpublished) < 2_000


def test_ledgers_that_fill_an_event_by_themselves_are_an_error() -> None:
    with pytest.raises(ValueError, match="longer than an event may be"):
        message_of(counted(3, topics=40))


def test_a_subject_that_is_missing_is_missing_from_the_sum_of_its_bucket_alone() -> None:
    def sums(*subjects: tuple[str, int]) -> dict[str, Bucket]:
        kept = StoreSums(["intake-cases"], [], [])
        for subject, seq in subjects:
            kept.add_subject(
                {"_id": subject, "applied": {"intake-cases": [seq, ""], "another": [1, ""]}, "emitted": {}}
            )
        [ledger] = kept.ledgers()
        return ledger.buckets

    whole, without = sums(("case-1", 2), ("case-2", 1)), sums(("case-2", 1))
    assert whole["c6"].count == 1  # as the contract's doctest says
    assert whole["c6"].sum == "b01f8667a551daac"
    assert {name: one for name, one in whole.items() if name != "c6"} == without
    assert sums(("case-2", 1), ("case-1", 2)) == whole
    assert sums(("case-1", 3), ("case-2", 1)) != whole
