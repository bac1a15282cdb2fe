# SPDX-License-Identifier: Apache-2.0
"""The two ways in which CloudEvents 1.0 travels on Kafka (its Kafka binding, section 3).

The house writes binary mode: attributes in headers, the event itself as value. A channel system whose library writes
structured mode, all in one JSON value, is read all the same.
"""

import json
from base64 import b64decode
from binascii import Error as NoBase64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ventanilla_contracts.envelope import Malformed

Headers = Sequence[tuple[str, bytes | None]]

STRUCTURED = b"application/cloudevents+json"


def as_binary(headers: Headers, value: bytes | None) -> tuple[Headers, bytes | None]:
    """The same event in binary mode; what is not in structured mode is given back as it is. Raises Malformed."""
    for name, content_type in headers:
        if name == "content-type" and content_type is not None and content_type.startswith(STRUCTURED):
            event = _event(value)
            others = [(name, text) for name, text in headers if name != "content-type" and not name.startswith("ce_")]
            return [*others, *_headers(event)], _data(event)
    return headers, value


def _event(value: bytes | None) -> Mapping[str, Any]:
    try:
        event = json.loads(value or b"")
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise Malformed("value: expected one CloudEvent as JSON object, as header content-type says")
    return event


def _headers(event: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    for name, value in event.items():
        if name in ("data", "data_base64") or value is None:
            continue
        text = _text(name, value)
        yield ("content-type" if name == "datacontenttype" else f"ce_{name}"), text.encode()
    if "datacontenttype" not in event:
        yield "content-type", b"application/json"


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (str, int)):
        return str(value)
    raise Malformed(f"attribute {name}: expected text, a whole number or a boolean")


def _data(event: Mapping[str, Any]) -> bytes | None:
    if "data" in event and "data_base64" in event:
        raise Malformed("value: expected data or data_base64, not both")
    if "data_base64" in event:
        try:
            return b64decode(event["data_base64"], validate=True)
        except (NoBase64, ValueError, TypeError):
            raise Malformed("value: data_base64 is no Base64") from None
    if "data" not in event:
        return None
    is_json = "json" in str(event.get("datacontenttype") or "application/json")
    if is_json or not isinstance(event["data"], str):
        return json.dumps(event["data"], ensure_ascii=False).encode()
    return event["data"].encode()
