# SPDX-License-Identifier: Apache-2.0
"""Bodies that are JSON, or multipart with the JSON in one part and files beside it."""

from collections.abc import AsyncIterator
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile

from chassis.web.problems import FieldError, Problem

T = TypeVar("T", bound=BaseModel)


async def body_in_hand(request: Request) -> AsyncIterator[None]:
    """Read the body before anything else does, and close its uploads at the end.

    A form that was streamed away could not be fingerprinted for its Idempotency-Key any more.
    """
    await request.body()
    try:
        yield
    finally:
        await request.close()


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, model: type[T], part: str) -> tuple[T, list[UploadFile]]:
    """The model and the uploads of the parts ``files``. Raises Problem or RequestValidationError, naming fields."""
    match media_type(request):
        case "application/json":
            return _validated(model, await request.body()), []
        case "multipart/form-data":
            form = await request.form()
            document = form.get(part)
            if document is None:
                error = FieldError(field=part, message="validation.message.missing", expected="parts.json-part")
                raise Problem(422, errors=[error], values={"part": part})
            text = await document.read() if isinstance(document, UploadFile) else document.encode()
            return _validated(model, text), [one for one in form.getlist("files") if isinstance(one, UploadFile)]
    raise Problem(415)


async def read_json(request: Request, model: type[T]) -> T:
    """The model of a body that can only be JSON. Raises Problem or RequestValidationError, naming fields."""
    if media_type(request) != "application/json":
        raise Problem(415)
    return _validated(model, await request.body())


def _validated(model: type[T], text: bytes) -> T:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        faults = [{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors(include_url=False)]
        raise RequestValidationError(faults) from None


def documented_json(model: type[BaseModel]) -> dict[str, Any]:
    """How a body that is JSON alone is shown in OpenAPI."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _referred(model)}}}}


def documented(model: type[BaseModel], part: str) -> dict[str, Any]:
    """How JSON, or JSON with files beside it, is shown in OpenAPI."""
    referred = _referred(model)
    with_files = {
        "type": "object",
        "required": [part],
        "properties": {
            part: {"$ref": referred["$ref"]},
            "files": {"type": "array", "items": {"type": "string", "format": "binary"}, "description": "Files"},
        },
    }
    content = {
        "application/json": {"schema": referred},
        "multipart/form-data": {"schema": with_files, "encoding": {part: {"contentType": "application/json"}}},
    }
    return {"requestBody": {"required": True, "content": content}}


def _referred(model: type[BaseModel]) -> dict[str, Any]:
    """A reference to the model; `$defs` are what it leads to, for the components of the document."""
    return {"$ref": f"#/components/schemas/{model.__name__}", "$defs": deepcopy(_definitions(model))}


@cache
def _definitions(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs", {}), model.__name__: schema}
