# SPDX-License-Identifier: Apache-2.0
"""Around every request: its trace and log line, a limit to its body, safe headers, and no stack trace for anyone."""

from dataclasses import dataclass
from time import perf_counter

from fastapi import Request
from prometheus_client import CollectorRegistry, Histogram
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import log
from chassis.i18n import choose_locale
from chassis.ids import child_traceparent, trace_id
from chassis.web.problem_handlers import problem_answer
from chassis.web.problems import Problem

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
SAFE_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_PROBES = {"/livez", "/readyz", "/metrics"}
_logger = log.get_logger(__name__)


@dataclass
class _Exchange:
    status: int = 0
    received: int = 0

    @property
    def answered(self) -> bool:
        return self.status != 0


def request_seconds(registry: CollectorRegistry) -> Histogram:
    """Seconds per request, by method, route and status."""
    return Histogram(
        "ventanilla_http_request_seconds", "HTTP requests", ("method", "route", "status"), registry=registry
    )


class RequestGuard:
    """ASGI middleware, the outermost of ours."""

    def __init__(self, app: ASGIApp, *, body_limit: int, seconds: Histogram) -> None:
        self._app = app
        self._body_limit = body_limit
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        traceparent = child_traceparent(headers.get("traceparent"))
        state = scope.setdefault("state", {})
        state["traceparent"] = traceparent
        state["locale"] = choose_locale(headers.get("accept-language"))
        with log.bound(traceparent=traceparent):
            await self._serve(scope, receive, send, traceparent)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, traceparent: str) -> None:
        exchange, started = _Exchange(), perf_counter()
        sending = _sending(send, exchange, traceparent, scope["scheme"] == "https")
        try:
            await self._app(scope, _limited(scope, receive, exchange, self._body_limit), sending)
        except ClientDisconnect:
            _logger.info("client went away")
        except Exception as error:
            _logger.exception("request failed", reference=trace_id(traceparent))
            if exchange.answered:
                raise
            problem = error if isinstance(error, Problem) else Problem(500)
            answer = problem_answer(Request(scope, receive), problem, reference=trace_id(traceparent))
            await answer(scope, receive, sending)
        finally:
            self._record(scope, exchange.status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = str(getattr(scope.get("route"), "path", "unmatched"))  # the template: a path may hold a code
        method = scope["method"]
        self._seconds.labels(method, route, str(status)).observe(seconds)
        say = _logger.debug if scope["path"] in _PROBES else _logger.info
        say("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))


def _limited(scope: Scope, receive: Receive, exchange: _Exchange, limit: int) -> Receive:
    announced = Headers(scope=scope).get("content-length", "")

    async def limited() -> Message:
        if announced.isdigit() and int(announced) > limit:
            raise HTTPException(413)
        message = await receive()
        exchange.received += len(message.get("body", b""))
        if exchange.received > limit:
            raise HTTPException(413)
        return message

    return limited


def _sending(send: Send, exchange: _Exchange, traceparent: str, secure: bool) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            exchange.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SAFE_HEADERS.items():
                headers.setdefault(name, value)
            headers["traceparent"] = traceparent
            if secure:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        await send(message)

    return sending
