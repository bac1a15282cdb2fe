# SPDX-License-Identifier: Apache-2.0
"""Whatever lies in a topic is read without a raise, and why it cannot be applied is said without its content."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests_toy import filed

from chassis.messages import OUTBOX_BYTES, Message, by_size, event_message
from chassis.records import LARGEST_KEPT, Headers, Parsed, Readable, Reader, StoredRecord, Undecodable, Unhandled, kept
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.upcast import Upcast, Upcasts

READER = Reader("p-", {"intake-cases": True, "channel-submissions": False}, frozenset({"case-filed.v1"}))
NOW = datetime(2026, 3, 2, tzinfo=UTC)
GOOD = event_message(filed("N"), key="c", seq=1, seen={"routing-cases": 2}, source="t", now=NOW, traceparent="")


def record(value: bytes | None = GOOD.value, key: bytes | None = b"c", headers: Headers | None = None) -> StoredRecord:
    return StoredRecord("p-intake-cases", 0, 7, 1, key, value, GOOD.headers if headers is None else headers)


def but(name: str, value: bytes | None) -> Headers:
    """The good headers with one otherwise."""
    return [*((n, v) for n, v in GOOD.headers if n != name), (name, value)]


def without(name: str) -> Headers:
    return [(n, v) for n, v in GOOD.headers if n != name]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (record(value=b"{no json"), "value: json_invalid"),
        (record(value=None), "value: json_invalid"),
        (record(value=b"{}"), "actor: missing; case_number: missing"),
        (record(value=b'{"actor": "Ana Secreta"}'), "actor: model_type"),
        (record(value=b"\xff\xfe"), "value: json_invalid"),
        (record(value=b"[" * 100_000), "value: json_invalid"),
        (record(value=b" " * 300_000), "value: 300000 bytes, expected at most 262144"),
        (record(key=None), "key: expected the same text as header ce_subject"),
        (record(key=b"d"), "key: expected the same text as header ce_subject"),
        (record(key=b"\xff"), "key: expected the same text as header ce_subject"),
        (record(headers=[]), "header ce_specversion: expected 1.0"),
        (record(headers=without("ce_seq")), "header ce_seq: is missing"),
        (record(headers=without("ce_id")), "header ce_id: is missing"),
        (record(headers=but("ce_seq", b"0")), "header ce_seq: expected a whole number from 1"),
        (record(headers=but("ce_seq", b"-1")), "header ce_seq: expected a whole number from 1"),
        (record(headers=but("ce_seq", b"9" * 40)), "header ce_seq: expected a whole number from 1"),
        (record(headers=but("ce_seen", b"x")), "header ce_seen: expected topic=seq, comma separated"),
        (record(headers=but("ce_time", b"yesterday")), "header ce_time: expected an RFC 3339 time with offset"),
        (record(headers=but("ce_time", b"0001-01-01T00:00:00+14:00")), "header ce_time: expected an RFC 3339"),
        (record(headers=but("x", None)), "header x: has no value"),
        (record(headers=but("x", b"\xff")), "header x: is not UTF-8"),
        (record(headers=but("ce_type", b"case-filed.v9")), "type case-filed.v9: a version that this service cannot"),
    ],
)
def test_a_bad_record_is_described_and_none_of_its_content_told(bad: StoredRecord, reason: str) -> None:
    parsed = READER.read(bad)
    assert isinstance(parsed, Undecodable)
    assert parsed.reason.startswith(reason)
    assert "Secreta" not in parsed.reason


def test_a_good_record_is_read_and_its_place_told_without_the_prefix() -> None:
    parsed = READER.read(record())
    assert isinstance(parsed, Readable)
    assert parsed.event == filed("N")
    assert (parsed.origin.topic, parsed.origin.offset) == ("intake-cases", 7)


@pytest.mark.parametrize(
    ("name", "unknown"), [(b"banana.v1", True), (b"", None), (b"case-closed.v1", False), (b"banana", True)]
)
def test_what_nobody_handles_only_moves_the_seq(name: bytes, unknown: bool | None) -> None:
    parsed = READER.read(record(headers=but("ce_type", name)))
    if unknown is None:
        assert isinstance(parsed, Undecodable)
    else:
        assert isinstance(parsed, Unhandled)
        assert parsed.unknown is unknown


class MovedV1(Event, type="case-moved.v1", topic="intake-cases"):
    to: str


class MovedV2(Event, type="case-moved.v2", topic="intake-cases"):
    area: str


def led_on(event: MovedV1) -> MovedV2:
    if event.to == "nowhere":
        raise LookupError(event.to)
    return MovedV2(actor=event.actor, area=event.to)


MOVED = Upcasts({one.TYPE: one for one in (MovedV1, MovedV2)}, [Upcast(MovedV1, MovedV2, led_on)])


def moved(version: int, handled: str, **said: str) -> Parsed:
    reader = Reader("p-", {"intake-cases": True}, frozenset({handled}), upcasts=MOVED)
    value = json.dumps({"actor": {"id": "a", "role": "b"}, **said}).encode()
    return reader.read(record(value, headers=but("ce_type", b"case-moved.v%d" % version)))


def test_a_topic_may_hold_two_versions_and_rules_see_the_one_they_handle() -> None:
    for parsed in (moved(1, "case-moved.v2", to="subsidios"), moved(2, "case-moved.v2", area="subsidios")):
        assert isinstance(parsed, Readable)
        assert parsed.event == MovedV2(actor=Actor(id="a", role="b"), area="subsidios")


@pytest.mark.parametrize(
    ("version", "handled", "said", "reason"),
    [
        (2, "case-moved.v1", {"area": "x"}, "type case-moved.v2: a version that this service cannot read"),
        (1, "case-moved.v2", {"area": "x"}, "to: missing"),
        (1, "case-moved.v2", {"to": "nowhere"}, "type case-moved.v1: its upcast raised LookupError"),
    ],
)
def test_a_version_that_cannot_be_led_on_waits_for_its_cure(
    version: int, handled: str, said: dict[str, str], reason: str
) -> None:
    parsed = moved(version, handled, **said)
    assert isinstance(parsed, Undecodable)
    assert parsed.reason == reason


def test_a_structured_cloud_event_is_read_as_one_in_binary_mode() -> None:
    attributes = {name.removeprefix("ce_"): (value or b"").decode() for name, value in GOOD.headers if "-" not in name}
    value = json.dumps({**attributes, "data": json.loads(GOOD.value or b"")}).encode()
    parsed = READER.read(record(value, headers=[("content-type", b"application/cloudevents+json")]))
    assert isinstance(parsed, Readable)
    assert parsed.event == filed("N")
    assert (parsed.envelope.seq, parsed.envelope.seen) == (1, {"routing-cases": 2})
    assert parsed.raw.value == value
    aside = READER.set_aside(parsed.raw, "enough")
    assert aside.envelope == parsed.envelope


@given(
    value=st.none() | st.binary(max_size=50),
    key=st.none() | st.binary(max_size=5),
    headers=st.lists(
        st.tuples(
            st.sampled_from([name for name, _ in GOOD.headers]) | st.text(max_size=5),
            st.none() | st.binary(max_size=20) | st.sampled_from([v for _, v in GOOD.headers]),
        ),
        max_size=12,
    ),
)
def test_reading_never_raises(value: bytes | None, key: bytes | None, headers: list[tuple[str, bytes | None]]) -> None:
    READER.read(record(value, key, headers))
    READER.read(record(headers=[*GOOD.headers, *headers]))


def test_a_record_that_was_compressed_is_kept_as_far_as_a_row_can_hold_it() -> None:
    assert kept(record()) == record()
    long = kept(replace(record(value=b"x" * (LARGEST_KEPT + 1)), headers=[("h", b"y" * 5_000_000)] * 99))
    assert long.value == b"x" * 65_536
    assert sum(len(value or b"") for _, value in long.headers) < 65_536
    assert (long.topic, long.offset) == ("p-intake-cases", 7)


@given(sizes=st.lists(st.integers(0, 5_000), max_size=30), limit=st.integers(600, 10_000))
def test_portions_keep_the_order_and_the_limit(sizes: list[int], limit: int) -> None:
    messages = [Message("t", None, b"x" * size, ()) for size in sizes]
    found = list(by_size(messages, limit))
    assert [one for portion in found for one in portion] == messages
    assert all(len(portion) == 1 or sum(one.size() for one in portion) <= limit for portion in found)


def test_no_estimate_of_an_outbox_document_is_too_small() -> None:
    import bson

    messages = [Message("routing-cases", b"k" * 36, b"x" * n, GOOD.headers) for n in (0, 10, 100_000)]
    encoded = bson.encode({"messages": [one.fields() for one in messages]})
    assert len(encoded) <= sum(one.size() for one in messages)
    assert OUTBOX_BYTES * 1.5 < 16 * 1024 * 1024
