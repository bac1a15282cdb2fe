# SPDX-License-Identifier: Apache-2.0
"""The headers that every event travels with: what is read, what is refused and with which words."""

import json
import uuid
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from ventanilla_contracts.envelope import NAMESPACE, Envelope, FileRef, Malformed, event_id, to_instant
from ventanilla_contracts.intake import AnsweredOnSpot, SubmissionReceived
from ventanilla_contracts.routing import CaseAssigned
from ventanilla_contracts.satisfaction import CheckWaived

GOOD: dict[str, bytes | None] = {
    "ce_specversion": b"1.0",
    "ce_id": b"0a",
    "ce_type": b"case-closed.v1",
    "ce_source": b"/routing",
    "ce_subject": b"case-1",
    "ce_time": b"2026-03-02T15:15:00.000Z",
    "ce_seq": b"7",
    "ce_seen": b"intake-cases=2,satisfaction-checks=1",
}
NO_TIME = "header ce_time: expected an RFC 3339 time with offset"
NO_SEQ = "header ce_seq: expected a whole number from 1"
NO_SEEN = "header ce_seen: expected topic=seq, comma separated"

MALFORMED = [
    ("ce_specversion", None, "header ce_specversion: has no value"),
    ("ce_specversion", b"0.3", "header ce_specversion: expected 1.0"),
    ("ce_specversion", b"", "header ce_specversion: expected 1.0"),
    ("ce_id", b"", "header ce_id: is missing"),
    ("ce_id", None, "header ce_id: has no value"),
    ("ce_type", b"", "header ce_type: is missing"),
    ("ce_type", b"case-\xff", "header ce_type: is not UTF-8"),
    ("ce_source", b"", "header ce_source: is missing"),
    ("ce_subject", b"", "header ce_subject: is missing"),
    ("ce_subject", b"\xed\xa0\x80", "header ce_subject: is not UTF-8"),
    ("ce_time", b"", "header ce_time: is missing"),
    ("ce_time", b"yesterday", NO_TIME),
    ("ce_time", b"2026-03-02T15:15:00", NO_TIME),
    ("ce_time", b"2026-03-02", NO_TIME),
    ("ce_time", b"2026-02-30T00:00:00Z", NO_TIME),
    ("ce_time", b"0001-01-01T00:00:00+05:00", NO_TIME),
    ("ce_time", b"9999-12-31T23:59:59-05:00", NO_TIME),
    ("ce_seq", b"", NO_SEQ),
    ("ce_seq", b"0", NO_SEQ),
    ("ce_seq", b"-1", NO_SEQ),
    ("ce_seq", b"1.5", NO_SEQ),
    ("ce_seq", b"1_000", NO_SEQ),
    ("ce_seq", "٣".encode(), NO_SEQ),
    ("ce_seq", b"1\n", NO_SEQ),
    ("ce_seq", b"9" * 19, NO_SEQ),
    ("ce_seq", b"9" * 5000, NO_SEQ),
    ("ce_seen", b"intake-cases", NO_SEEN),
    ("ce_seen", b"intake-cases=", NO_SEEN),
    ("ce_seen", b"=1", NO_SEEN),
    ("ce_seen", b"intake-cases=1,", NO_SEEN),
    ("ce_seen", b"intake-cases=1=2", NO_SEEN),
    ("ce_seen", b"intake-cases=-1", NO_SEEN),
    ("ce_seen", b"intake-cases=" + b"9" * 5000, NO_SEEN),
    ("somebody-elses", None, "header somebody-elses: has no value"),
    ("somebody-elses", b"\xff", "header somebody-elses: is not UTF-8"),
]
REQUIRED = ["ce_id", "ce_type", "ce_source", "ce_subject", "ce_time"]


@pytest.mark.parametrize(("name", "value", "message"), MALFORMED)
def test_a_malformed_header_is_named_with_what_was_expected(name: str, value: bytes | None, message: str) -> None:
    with pytest.raises(Malformed) as caught:
        Envelope.from_headers({**GOOD, name: value}.items())
    assert str(caught.value) == message


@pytest.mark.parametrize("name", REQUIRED)
def test_a_missing_header_is_named(name: str) -> None:
    with pytest.raises(Malformed) as caught:
        Envelope.from_headers([(other, value) for other, value in GOOD.items() if other != name])
    assert str(caught.value) == f"header {name}: is missing"


def test_headers_without_specversion_are_no_envelope() -> None:
    with pytest.raises(Malformed) as caught:
        Envelope.from_headers([])
    assert str(caught.value) == "header ce_specversion: expected 1.0"


def test_an_envelope_is_read_with_its_counts() -> None:
    envelope = Envelope.from_headers([*GOOD.items(), ("x-request-id", b"42")])
    assert envelope == Envelope(
        id="0a",
        type="case-closed.v1",
        source="/routing",
        subject="case-1",
        time=datetime(2026, 3, 2, 15, 15, tzinfo=UTC),
        seq=7,
        seen={"intake-cases": 2, "satisfaction-checks": 1},
    )


def test_a_channel_system_sends_neither_seq_nor_seen() -> None:
    envelope = Envelope.from_headers((name, value) for name, value in GOOD.items() if name not in {"ce_seq", "ce_seen"})
    assert (envelope.seq, envelope.seen) == (None, {})


text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
counts = st.integers(min_value=1, max_value=10**18 - 1)
times = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001  # the zone is drawn beside it
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    max_value=datetime(9000, 1, 1),  # noqa: DTZ001
)
envelopes = st.builds(
    Envelope,
    id=text,
    type=text,
    source=text,
    subject=text,
    time=times.map(to_instant),
    seq=st.none() | counts,
    seen=st.dictionaries(st.from_regex(r"[a-z]+-[a-z]+", fullmatch=True), counts, max_size=4),
    traceparent=st.none() | text,
)


@given(envelopes)
def test_every_envelope_comes_back_from_its_headers(envelope: Envelope) -> None:
    assert Envelope.from_headers(envelope.headers()) == envelope


@given(st.dictionaries(st.sampled_from([*GOOD, "traceparent"]), st.none() | st.binary() | text.map(str.encode)))
def test_whatever_the_headers_are_they_are_read_or_malformed(headers: dict[str, bytes | None]) -> None:
    with suppress(Malformed):
        Envelope.from_headers({**GOOD, **headers}.items())


def test_seen_is_written_in_the_order_of_topics() -> None:
    envelope = Envelope("0a", "t.v1", "/s", "c", datetime(2026, 3, 2, tzinfo=UTC), seen={"b-b": 2, "a-a": 1})
    assert dict(envelope.headers())["ce_seen"] == b"a-a=1,b-b=2"


def test_a_time_is_cut_to_the_millisecond_and_written_in_utc() -> None:
    bogota = datetime.fromisoformat("2026-03-02T22:30:00.123999-05:00")
    written = dict(Envelope("0a", "t.v1", "/s", "c", bogota).headers())["ce_time"]
    assert written == b"2026-03-03T03:30:00.123Z"
    assert AnsweredOnSpot(at=bogota).at == datetime(2026, 3, 3, 3, 30, 0, 123_000, tzinfo=UTC)


def test_a_time_without_offset_is_neither_written_nor_read() -> None:
    with pytest.raises(ValueError, match="needs its offset"):
        Envelope("0a", "t.v1", "/s", "c", datetime(2026, 3, 2)).headers()  # noqa: DTZ001
    with pytest.raises(ValidationError, match="timezone info"):
        AnsweredOnSpot.model_validate_json(b'{"at": "2026-03-02T10:15:00"}')


@pytest.mark.parametrize("at", [0, 1772463302.5, "0", "1772463302", True])
def test_a_number_is_no_time(at: object) -> None:
    with pytest.raises(ValidationError, match="RFC 3339"):
        AnsweredOnSpot.model_validate_json(json.dumps({"at": at}))


@pytest.mark.parametrize("size", ["15", 15.0, True, -1])
def test_the_size_of_a_file_is_a_whole_number(size: object) -> None:
    file = {"sha256": "0" * 64, "name": "a.pdf", "type": "application/pdf", "size": size}
    with pytest.raises(ValidationError, match="size"):
        FileRef.model_validate_json(json.dumps(file))


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_time_that_utc_cannot_hold_is_a_fault_of_its_field(at: str) -> None:
    with pytest.raises(ValidationError, match="between the years 1 and 9999") as caught:
        AnsweredOnSpot.model_validate_json(json.dumps({"at": at}))
    assert caught.value.errors()[0]["loc"] == ("at",)


NEWER = {
    "actor": {"id": "routing", "role": "service", "shift": "night"},
    "area": "recreation",
    "area_name": "Recreación",
    "responder": {"id": "r", "name": "R", "email": "r@cajaejemplo.example", "branch": "Manizales"},
    "copies": [{"id": "c", "name": "C", "email": "c@cajaejemplo.example", "branch": "Manizales"}],
    "matrix_version": "2026-1",
    "rule": "claims-recreation",
    "since": "v2",
}


def test_a_reader_ignores_fields_that_it_does_not_know_at_every_depth() -> None:
    event = CaseAssigned.read(json.dumps(NEWER).encode())
    assert isinstance(event, CaseAssigned)
    assert event.responder.id == "r"
    assert "branch" not in event.model_dump_json()


def test_a_reader_still_refuses_what_is_wrong() -> None:
    with pytest.raises(ValidationError):
        CaseAssigned.read(json.dumps({**NEWER, "responder": {"id": "r"}}).encode())


def test_a_writer_is_refused_each_field_that_the_contract_does_not_name() -> None:
    with pytest.raises(ValidationError) as caught:
        CaseAssigned.model_validate(NEWER)
    unknown = {".".join(map(str, fault["loc"])) for fault in caught.value.errors()}
    assert unknown == {"actor.shift", "responder.branch", "copies.0.branch", "since"}


def test_an_event_is_never_changed() -> None:
    event = CheckWaived.model_validate({"actor": {"id": "satisfaction", "role": "service"}, "reason": "anonymous"})
    with pytest.raises(ValidationError, match="frozen"):
        event.reason = "compliment"  # type: ignore[misc]


def test_a_submission_needs_only_what_a_person_said() -> None:
    event = SubmissionReceived.model_validate(
        {
            "actor": {"id": "portal", "role": "channel-system"},
            "channel": "web",
            "external_id": "1",
            "personal": {"form": {"text": "Hola"}},
        }
    )
    assert event.personal.form is not None
    assert event.personal.form.person.name is None


def test_an_event_id_is_the_same_at_each_retry_and_never_shared() -> None:
    assert event_id("routing-cases", "c", 1) == "06b8f8f0-f7c9-55cf-a8f6-bdf0bb8993a7"
    assert len({event_id(topic, key, seq) for topic in ("a", "b") for key in ("c", "d") for seq in (1, 2, 11)}) == 12


@given(topic=st.text(), key=st.text(), seq=st.integers(min_value=1))
def test_an_event_id_is_the_uuid5_of_topic_key_and_seq(topic: str, key: str, seq: int) -> None:
    assert event_id(topic, key, seq) == str(uuid.uuid5(NAMESPACE, f"{topic}/{key}/{seq}"))
