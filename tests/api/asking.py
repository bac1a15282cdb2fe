# SPDX-License-Identifier: Apache-2.0
"""Requests as a document's own examples make them, and what the document says about the answers."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx
from tests.contract.openapi_reading import Operation

JSON, FORM = "application/json", "multipart/form-data"


async def ask_as_shown(http: httpx.AsyncClient, operation: Operation, headers: Mapping[str, str]) -> httpx.Response:
    """Send the operation's example, all of its parameters with it."""
    examples = {place: _examples(operation, place) for place in ("path", "query")}
    path = operation.path
    for name, value in examples["path"].items():
        path = path.replace("{" + name + "}", quote(str(value)))
    return await http.request(operation.method, path, params=examples["query"], **_body(operation, headers))


def contradiction(operation: Operation, answer: httpx.Response) -> str | None:
    """How an answer is not as its document says; None if it is."""
    said = operation.answers.get(answer.status_code)
    media = answer.headers.get("content-type", "").partition(";")[0]
    if said is None:
        return f"{operation.name}: {answer.status_code} is not documented: {answer.text[:200]}"
    if media not in said.get("content", {}):
        return f"{operation.name}: {answer.status_code} is {media}, which is not documented"
    if missing := [name for name in said.get("headers", {}) if name.lower() not in answer.headers]:
        return f"{operation.name}: {answer.status_code} has no header {', '.join(missing)}"
    if "json" in media and (fault := operation.mismatch(said["content"][media]["schema"], answer.json())):
        return f"{operation.name}: {answer.status_code}: {fault}"
    return None


def _examples(operation: Operation, place: str) -> dict[str, Any]:
    return {one["name"]: one["example"] for one in operation.parameters if one["in"] == place}


def _body(operation: Operation, headers: Mapping[str, str]) -> dict[str, Any]:
    if JSON in operation.body:
        return {"json": operation.body[JSON]["example"], "headers": headers}
    if FORM in operation.body:
        parts = operation.body[FORM]["example"].items()
        return {"files": {name: ("ejemplo.txt", text) for name, text in parts}, "headers": headers}
    for media, content in operation.body.items():
        return {"content": content["example"], "headers": {**headers, "content-type": media}}
    return {"headers": headers}
