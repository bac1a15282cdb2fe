# SPDX-License-Identifier: Apache-2.0
"""A consumer plays the story with messages in which there is only what it states."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.contract.needs.messages import completed, least
from tests.contract.needs.pacts import pact_of, producers
from tests.contract.needs.statements import Statement
from tests.contract.needs.told import Told

from ventanilla_contracts.example import Example
from ventanilla_contracts.registry import EVENTS


def reduced(statement: Statement, story: Sequence[Told]) -> list[Told]:
    """Of each event the stated fields, and those without which no reader takes it; what it does not state stays out."""
    return [
        _with(told, least(EVENTS[told.type], told.example.value, statement.events[told.type]))
        if told.type in statement.events
        else told
        for told in story
    ]


def as_in_pacts(statement: Statement, story: Sequence[Told]) -> list[Told]:
    """The same, but the messages of its pacts are as pact-python hands them to their consumer."""
    by_id = {told.envelope.id: told for told in story}
    handed: dict[str, Told] = {}

    def take(body: str | bytes | None, metadata: Mapping[str, object]) -> None:
        told = by_id[str(metadata["ce_id"])]
        value = completed(EVENTS[told.type], json.loads(str(body)), told.example.value)
        headers = {
            **told.example.headers,
            **{name: str(metadata[name]) for name in told.example.headers if name in metadata},
        }
        handed[told.name] = _with(told, value, headers)

    for producer in producers():
        if pact := pact_of(statement, producer, story):
            pact.verify(take, "Async")
    return [handed.get(told.name, told) for told in reduced(statement, story)]


def _with(told: Told, value: dict[str, Any], headers: dict[str, str] | None = None) -> Told:
    example = Example(key=told.example.key, headers=headers or told.example.headers, value=value)
    return replace(told, example=example, event=example.event())
