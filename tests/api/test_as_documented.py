# SPDX-License-Identifier: Apache-2.0
"""What every service answers is what its OpenAPI document says, whoever asks and whatever is asked."""

from pathlib import Path

import httpx
import pytest
from tests.api.asking import ask_as_shown, contradiction
from tests.api.generated import schemathesis
from tests.api.hostile import HOSTILE, of_any_service
from tests.api.house import house
from tests.api.people import AS_EVERYBODY, AS_NOBODY, AS_RESPONDER
from tests.contract.openapi_reading import Operation, operations_of

from chassis.mongo import Database
from chassis.testing import database

__all__ = ["database"]
pytestmark = pytest.mark.infra

DRAWN = {"track_case", "add_message", "receive_webhook"}
"""Whose example cannot be anyone's: the code of a case is drawn, a signature is of its moment. Filing and tracking are
tried one after the other.
"""


WITHOUT_OPERATIONS = "--exclude-tag=operations"
OPTIONS = {
    "intake": (WITHOUT_OPERATIONS, "--phases=examples,coverage,fuzzing,stateful"),
    "routing": (WITHOUT_OPERATIONS,),
    "reporting": (),
    "notifications": (WITHOUT_OPERATIONS,),
    "satisfaction": (WITHOUT_OPERATIONS,),
}
"""What operators ask is the same code in all five, tried at one. At intake one answer leads on: filing to
tracking. (The longest first: another process takes what is left.)
"""


@pytest.mark.parametrize("name", OPTIONS)
async def test_a_service_answers_as_its_document_says(name: str, database: Database, tmp_path: Path) -> None:
    async with house(name, database, tmp_path) as url:
        async with httpx.AsyncClient(base_url=url, timeout=120) as http:
            operations = operations_of((await http.get("/openapi.json")).json())
            faults = await _whoever_asks(http, operations)
            faults += await _whatever_is_asked(http, operations, name)
            faults += await _as_shown(http, operations)
        assert not faults, "\n".join(faults)
        code, said = await schemathesis(url, tmp_path, *OPTIONS[name])
    assert code == 0, said


async def _as_shown(http: httpx.AsyncClient, operations: list[Operation]) -> list[str]:
    """Each example is answered well by a service that has heard the story, in the order of the document."""
    faults = []
    for operation in operations:
        answer = await ask_as_shown(http, operation, AS_EVERYBODY)
        faults += [fault] if (fault := contradiction(operation, answer)) else []
        if not answer.is_success and operation.said["operationId"] not in DRAWN:
            faults.append(f"{operation.name}: its example is answered by {answer.status_code}: {answer.text[:300]}")
    return faults


async def _whoever_asks(http: httpx.AsyncClient, operations: list[Operation]) -> list[str]:
    """Nobody and somebody without the role hear what is documented, and that it is not for them."""
    faults = []
    for operation in operations:
        asked = [] if {} in operation.said["security"] else operation.said["security"]
        for headers, refused in ((AS_NOBODY, {401} if asked else set()), (AS_RESPONDER, set())):
            answer = await ask_as_shown(http, operation, headers)
            faults += [fault] if (fault := contradiction(operation, answer)) else []
            if refused and answer.status_code not in refused:
                faults.append(f"{operation.name}: nobody is answered by {answer.status_code}")
    return faults


async def _whatever_is_asked(http: httpx.AsyncClient, operations: list[Operation], name: str) -> list[str]:
    """Nonsense of every kind is refused, or harmless, as documented."""
    faults = []
    for said in (*HOSTILE[name], *of_any_service()):
        answer = await said.ask(http, AS_EVERYBODY)
        operation = said.operation(operations)
        faults += [f"{said}: {fault}"] if (fault := contradiction(operation, answer)) else []
        if answer.status_code not in said.expected:
            faults.append(f"{said}: {answer.status_code}, expected {sorted(said.expected)}: {answer.text[:300]}")
    return faults
