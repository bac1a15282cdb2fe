# SPDX-License-Identifier: Apache-2.0
"""CloudEvents 1.0 on Kafka: what we write others read, and what others write, in either mode, we read.

The cases of the conformance project (cloudevents/conformance, features/kafka-protocol-binding.feature) are told here in
our words: one in binary mode, two in structured mode.
"""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary, to_binary_event, to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from ventanilla_contracts.cloudevents import Headers, as_binary
from ventanilla_contracts.envelope import Envelope, Malformed
from ventanilla_contracts.example import Example

CONTRACTS = Path(__file__).parents[1]
STRUCTURED: Headers = [("content-type", b"application/cloudevents+json")]
ATTRIBUTES = {
    "id": "1234-1234-1234",
    "specversion": "1.0",
    "type": "com.example.someevent",
    "source": "/mycontext/subcontext",
    "time": "2018-04-05T03:56:24Z",
    "datacontenttype": "application/json",
}
DATA = {"message": "Hello World!"}


def attributes(headers: Headers) -> dict[str, str]:
    named = {"content-type": "datacontenttype"}
    return {named.get(name, name.removeprefix("ce_")): (value or b"").decode() for name, value in headers}


def test_conformance_binary_content_mode() -> None:
    sent: Headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", b"1234-1234-1234"),
        ("ce_type", b"com.example.someevent"),
        ("ce_source", b"/mycontext/subcontext"),
        ("ce_time", b"2018-04-05T03:56:24Z"),
        ("content-type", b"application/json"),
    ]
    headers, value = as_binary(sent, b'{"message": "Hello World!"}')
    assert attributes(headers) == ATTRIBUTES
    assert json.loads(value or b"") == DATA


@pytest.mark.parametrize(
    "content_type", [b"application/cloudevents+json", b"application/cloudevents+json; charset=utf-8"]
)
def test_conformance_structured_content_mode(content_type: bytes) -> None:
    sent = json.dumps({**ATTRIBUTES, "data": DATA}).encode()
    headers, value = as_binary([("content-type", content_type)], sent)
    assert attributes(headers) == ATTRIBUTES
    assert json.loads(value or b"") == DATA


SUBMISSION = Example.model_validate_json(
    min((CONTRACTS / "examples" / "submission-received" / "v1").glob("*.json")).read_bytes()
)


def as_cloud_event(example: Example) -> CloudEvent:
    """What a channel system would make with the project's own SDK."""
    given_attributes: dict[str, Any] = attributes(example.raw_headers())
    given_attributes["time"] = datetime.fromisoformat(given_attributes["time"])
    return CloudEvent(given_attributes, example.value)


@pytest.mark.parametrize("write", [to_binary_event, to_structured_event])
def test_what_the_sdk_writes_is_read_in_either_mode(write: Callable[[CloudEvent], KafkaMessage]) -> None:
    written = write(as_cloud_event(SUBMISSION))
    headers, value = as_binary(list(written.headers.items()), bytes(written.value))
    assert Envelope.from_headers(headers) == SUBMISSION.envelope()
    assert json.loads(value or b"") == SUBMISSION.value


@pytest.mark.parametrize("path", sorted((CONTRACTS / "examples").glob("*/v*/*.json")), ids=lambda path: path.stem)
def test_what_we_write_the_sdk_reads(path: Path) -> None:
    example = Example.model_validate_json(path.read_bytes())
    sent = {name: text.encode() for name, text in example.headers.items()}
    event = from_binary(KafkaMessage(sent, None, example.raw_value()), JSONFormat())
    assert (event.get_id(), event.get_type()) == (example.envelope().id, example.envelope().type)
    assert event.get_subject() == example.key
    assert event.get_data() == example.value


@pytest.mark.parametrize(
    ("event", "headers"),
    [
        ({"seq": 7, "flag": True}, {"ce_seq": b"7", "ce_flag": b"true"}),
        ({"traceparent": "00-1"}, {"ce_traceparent": b"00-1"}),
        ({"subject": None}, {}),
        ({"datacontenttype": "text/plain"}, {"content-type": b"text/plain"}),
    ],
)
def test_attributes_become_headers(event: dict[str, Any], headers: dict[str, bytes]) -> None:
    found, _ = as_binary(STRUCTURED, json.dumps(event).encode())
    assert {name: value for name, value in found if name != "content-type" or name in headers} == headers


@pytest.mark.parametrize(
    ("event", "data"),
    [
        ({"data": {"text": "No me llegó"}}, '{"text": "No me llegó"}'.encode()),
        ({"data": "No me llegó"}, '"No me llegó"'.encode()),
        ({"data": "No me llegó", "datacontenttype": "text/plain"}, "No me llegó".encode()),
        ({"data_base64": base64.b64encode(b"\xff\x00").decode()}, b"\xff\x00"),
        ({}, None),
    ],
)
def test_data_becomes_the_value(event: dict[str, Any], data: bytes | None) -> None:
    assert as_binary(STRUCTURED, json.dumps(event).encode())[1] == data


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "value: expected one CloudEvent as JSON object, as header content-type says"),
        (b"{", "value: expected one CloudEvent as JSON object, as header content-type says"),
        (b"[]", "value: expected one CloudEvent as JSON object, as header content-type says"),
        (b"\xff", "value: expected one CloudEvent as JSON object, as header content-type says"),
        (b"[" * 100_000, "value: expected one CloudEvent as JSON object, as header content-type says"),
        (b'{"id": {}}', "attribute id: expected text, a whole number or a boolean"),
        (b'{"data_base64": "?"}', "value: data_base64 is no Base64"),
        (b'{"data_base64": 7}', "value: data_base64 is no Base64"),
        (b'{"data": 1, "data_base64": "AA=="}', "value: expected data or data_base64, not both"),
    ],
)
def test_what_is_no_structured_event_is_refused_with_what_was_expected(value: bytes | None, reason: str) -> None:
    with pytest.raises(Malformed) as caught:
        as_binary(STRUCTURED, value)
    assert str(caught.value) == reason


def test_headers_beside_a_structured_event_are_kept_but_not_its_attributes() -> None:
    headers, _ = as_binary([*STRUCTURED, ("x-request", b"1"), ("ce_id", b"another")], b'{"id": "own"}')
    assert dict(headers) == {"x-request": b"1", "ce_id": b"own", "content-type": b"application/json"}


@settings(max_examples=50)
@given(
    value=st.binary(max_size=40)
    | st.builds(
        lambda one: json.dumps(one).encode(),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=3),
            lambda inner: st.dictionaries(
                st.sampled_from(["id", "data", "data_base64", "datacontenttype", "ñ"]), inner
            ),
            max_leaves=4,
        ),
    )
)
def test_nothing_but_malformed_is_raised(value: bytes) -> None:
    with suppress(Malformed):
        Envelope.from_headers(as_binary(STRUCTURED, value)[0])
