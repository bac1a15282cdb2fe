# SPDX-License-Identifier: Apache-2.0
"""A whole Kafka message written down as JSON: the form of the golden examples (contracts/examples)."""

import json

from pydantic import JsonValue

from ventanilla_contracts.envelope import Envelope, Event, Frozen
from ventanilla_contracts.registry import EVENTS


class Example(Frozen):
    """Key, headers and value of one record, as text.

    >>> message = Example(key="a", headers={"ce_specversion": "1.0"}, value={"n": 1})
    >>> message.raw_headers(), message.raw_value()
    ([('ce_specversion', b'1.0')], b'{"n": 1}')
    """

    key: str
    headers: dict[str, str]
    value: dict[str, JsonValue]

    def raw_headers(self) -> list[tuple[str, bytes | None]]:
        """The headers as a Kafka client hands them over."""
        return [(name, text.encode()) for name, text in self.headers.items()]

    def raw_value(self) -> bytes:
        """The value as bytes on the wire."""
        return json.dumps(self.value, ensure_ascii=False).encode()

    def envelope(self) -> Envelope:
        """Raises Malformed."""
        return Envelope.from_headers(self.raw_headers())

    def event(self) -> Event:
        """Decoded by the class of its type. Raises KeyError for a type that is not ours, pydantic.ValidationError."""
        return EVENTS[self.envelope().type].read(self.raw_value())
