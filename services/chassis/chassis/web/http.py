# SPDX-License-Identifier: Apache-2.0
"""The HTTP face that every service has (design 6)."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from importlib.resources import files

from fastapi import APIRouter, FastAPI, Response
from fastapi.middleware import Middleware
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from chassis.health import Health, health_router
from chassis.i18n import catalogue
from chassis.ids import Signer
from chassis.operating.operations import Operations
from chassis.operating.operations_api import operations_api
from chassis.operating.operations_pages import OPERATIONS_LINK, operations_pages
from chassis.settings import ServiceSettings
from chassis.staff import Staff
from chassis.web.asyncapi import asyncapi_router
from chassis.web.auth import send_people_to_login
from chassis.web.door import Door
from chassis.web.http_guard import RequestGuard, request_seconds
from chassis.web.login import login_router
from chassis.web.openapi import docs_router, document_api
from chassis.web.pages import Link, Pages
from chassis.web.problem_handlers import install_problem_handlers
from chassis.web.throttle import Throttle

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_app(
    title: str,
    version: str,
    routers: Sequence[APIRouter],
    *,
    settings: ServiceSettings,
    package: str,
    lifespan: Lifespan | None = None,
    health: Health | None = None,
    registry: CollectorRegistry | None = None,
    staff: Staff | None = None,
    links: Sequence[Link] = (),
    operations: Operations | None = None,
    shared: Mapping[str, object] | None = None,
) -> FastAPI:
    """A service's app: its routers, and probes, metrics, docs, pages, errors and (with `staff`) the login.

    Routers include no others: FastAPI reads each route once more for every router that it lies in, and a service
    takes longer to start.

    `package` holds the service's `locale/` and `web/{templates,static}/`. `registry` takes the HTTP metrics and is
    shown at `/metrics`. `links` are the navigation of its pages; `operations` adds those for its operators; `shared`
    is what all its templates have beside.
    `app.state.door` is what requests can reach; `app.state.stopping` is set when the process is asked to stop, so that
    answers without an end find theirs.
    """
    registry = registry or CollectorRegistry()
    if operations is not None:
        routers = (*routers, operations_api(operations), operations_pages(operations))
        links = (*links, OPERATIONS_LINK)
    app = FastAPI(
        title=title,
        version=version,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        middleware=[Middleware(RequestGuard, body_limit=settings.http_body_limit, seconds=request_seconds(registry))],
    )
    app.state.stopping = asyncio.Event()
    app.state.door = _door(title, settings, package, staff, links, shared or {})
    install_problem_handlers(app)
    document_api(app, package, app.state.door.catalogue)
    about = (docs_router(), asyncapi_router(package))
    for router in (*routers, health_router(health or Health()), _metrics_router(registry), *about):
        app.include_router(router)
    if staff is not None:
        send_people_to_login(app)
        app.include_router(login_router())
    for owner in dict.fromkeys(("chassis", package)):
        _serve_static(app, owner)
    return app


def _door(
    title: str,
    settings: ServiceSettings,
    package: str,
    staff: Staff | None,
    links: Sequence[Link],
    shared: Mapping[str, object],
) -> Door:
    texts = catalogue(package)
    pages = Pages(package, texts, settings, title=title, links=links, shared=shared)
    return Door(settings, texts, pages, Signer(settings.signing_keys), Throttle(), staff)


def _metrics_router(registry: CollectorRegistry) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return router


def _serve_static(app: FastAPI, package: str) -> None:
    directory = files(package) / "web" / "static"
    if directory.is_dir():
        app.mount(f"/static/{package}", StaticFiles(directory=str(directory)), name=f"static-{package}")
