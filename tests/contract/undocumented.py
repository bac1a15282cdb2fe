# SPDX-License-Identifier: Apache-2.0
"""Doors of a service that its OpenAPI document leaves out: pages, and what is named here with its reason."""

from collections.abc import Iterator

from fastapi import FastAPI
from starlette.routing import Route

BESIDE: dict[str, str] = {
    "/livez": "a probe",
    "/readyz": "a probe",
    "/metrics": "for Prometheus, in its own format",
    "/openapi.json": "the document itself",
    "/docs": "the document as a page",
    "/asyncapi": "the events as a page",
    "/asyncapi.json": "the document of the events",
    "/asyncapi/house": "the events as a page",
    "/asyncapi/house.json": "the document of the events",
    "/login": "a page",
    "/logout": "a page's button",
    "/events": "for routing's own pages: numbers and versions that are of no use without the page that shows them; "
    "programs read the topics",
}
"""By path. /operations are pages of the chassis."""


def left_out(app: FastAPI) -> dict[str, str]:
    """The paths that are not in the document, by whatever method, and the modules that answer them."""
    documented = app.openapi()["paths"]
    return {one.path: one.endpoint.__module__ for one in _routes(app) if one.path_format not in documented}


def forgotten(app: FastAPI, service: str) -> list[str]:
    """Those of which nobody said why; nothing under /v1 can be left out."""
    pages = (f"{service}.pages", "chassis.operating.operations_")
    return [
        f"{path}, of {module}, is in no document"
        for path, module in sorted(left_out(app).items())
        if path.startswith("/v1") or (path not in BESIDE and not module.startswith(pages))
    ]


def _routes(app: FastAPI) -> Iterator[Route]:
    """FastAPI keeps the routers that were included as they are."""
    for one in app.routes:
        inner = getattr(one, "original_router", None)
        yield from (route for route in (inner.routes if inner else [one]) if isinstance(route, Route))
