# SPDX-License-Identifier: Apache-2.0
"""What a service holds and has told, in a form in which two runs can be compared."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chassis.messages import Message
from chassis.mongo import Database
from chassis.store import CHASSIS_INDEXES
from ventanilla_contracts.envelope import Envelope

NOT_COMPARED = {"version", "traceparent"}
"""How often a subject was written, and random numbers that follow its traces."""

NOTHING_LEFT = ("waiting", "parked", "outbox")

Snapshot = dict[str, Any]


async def snapshot(database: Database, published: Sequence[Message], answers: Sequence[tuple[str, object]]) -> Snapshot:
    """Rows by collection and id; events by topic, key and seq; what each command was answered.

    Raises AssertionError where two events have one seq, one command two answers, or rows of delivery itself are left.
    """
    names = await database._database.list_collection_names()
    left = {name: await database.collection(name).count_documents({}) for name in NOTHING_LEFT}
    assert not any(left.values()), f"left over: {left}"
    found: Snapshot = {
        f"rows of {name}": {row["_id"]: _compared(row) async for row in database.collection(name).find({})}
        for name in names
        if name not in CHASSIS_INDEXES
    }
    return {**found, "published": _published(published), "answers": _once(answers)}


def differences(found: object, expected: object, where: str = "") -> Iterator[str]:
    """Each place where they differ, as a path and both values."""
    if isinstance(found, Mapping) and isinstance(expected, Mapping):
        for key in sorted(found.keys() | expected.keys(), key=str):
            yield from differences(found.get(key, "nothing"), expected.get(key, "nothing"), f"{where}/{key}")
    elif isinstance(found, list) and isinstance(expected, list) and len(found) == len(expected):
        for n, (one, other) in enumerate(zip(found, expected, strict=True)):
            yield from differences(one, other, f"{where}/{n}")
    elif found != expected:
        yield f"{where}: {found!r:.300}, expected {expected!r:.300}"


def _compared(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _compared(inner) for key, inner in value.items() if key not in NOT_COMPARED}
    return [_compared(inner) for inner in value] if isinstance(value, list) else value


def _published(messages: Sequence[Message]) -> dict[str, Any]:
    """Repetitions dropped; each key's seqs begin with 1 and have no gap."""
    told: dict[str, dict[int, Any]] = {}
    for message in messages:
        envelope = Envelope.from_headers(message.headers)
        content = {"type": envelope.type, "id": envelope.id, "time": envelope.time, "seen": dict(envelope.seen)}
        content["value"] = json.loads(message.value or b"null")
        of_key = told.setdefault(f"{message.topic} {(message.key or b'').decode()}", {})
        first = of_key.setdefault(envelope.seq or 0, content)
        assert first == content, f"two events of one seq: {sorted(differences(content, first))}"
    for name, of_key in told.items():
        assert sorted(of_key) == list(range(1, len(of_key) + 1)), f"{name}: a gap among {sorted(of_key)}"
    return told


def _once(answers: Sequence[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, answer in answers:
        assert found.setdefault(key, answer) == answer, f"{key}: {answer}, before {found[key]}"
    return found
