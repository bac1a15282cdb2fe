# SPDX-License-Identifier: Apache-2.0
"""Verifies the pacts of all consumers with one producer by messages that its own code made, without a broker."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pact import Verifier
from tests.contract.needs.handing import PATH, handing
from tests.contract.needs.pacts import file_name

from chassis.messages import Message


def unmet(producer: str, pacts: Path, messages: Mapping[str, Message]) -> list[str]:
    """What the messages, by name, lack: a line each, with consumer, message, field and what is the matter."""
    verifier = Verifier(file_name(producer), host="127.0.0.1").set_coloured_output(enabled=False)
    for path in sorted(pacts.glob(f"*-{file_name(producer)}.json")):
        verifier.add_source(path)
    with handing(messages) as port:
        verifier.add_transport(protocol="message", port=port, path=PATH)
        try:
            verifier.verify()
        except RuntimeError:  # what it found is in its results
            return list(_lines(producer, verifier.results)) or [f"{producer}: {verifier.output(strip_ansi=True)}"]
    return []


def _lines(producer: str, results: Mapping[str, Any]) -> Iterator[str]:
    for one in results["interactionResults"]:
        for fault in one.get("mismatch", {}).get("mismatches", ()):
            where = fault.get("path", fault.get("key", "")).removeprefix("$").removeprefix(".")
            told = f"{one['consumer']} needs {one['description']} {where}".rstrip()
            yield f"{told}, and {producer} does not send it so: {fault['mismatch']}"
