# SPDX-License-Identifier: Apache-2.0
"""Logs: one JSON object a line on stdout, from structlog and from every library, without personal data or secrets."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

import structlog
from structlog.contextvars import bound_contextvars
from structlog.types import EventDict, Processor, WrappedLogger

from chassis.ids import trace_id
from chassis.log_safety import describe_exception, mask_sensitive
from chassis.log_storms import StormFilter

get_logger = structlog.stdlib.get_logger

_SILENCED = ("uvicorn.access",)  # chassis.web.http logs each request, with its trace
_QUIET = ("aiokafka", "faststream", "pymongo", "motor", "asyncio", "python_multipart", "httpx", "httpcore")


def configure(
    service: str, *, level: str = "INFO", style: Literal["json", "console"] = "json", out: TextIO | None = None
) -> None:
    """Send the logs of structlog and of all libraries to `out` (stdout); call it once, first thing in a process."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_service(service),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    _route_stdlib(_handler(out or sys.stdout, shared, style, debug=level == "DEBUG"), level)


@contextmanager
def bound(*, subject: str | None = None, traceparent: str | None = None, **fields: str | int) -> Iterator[None]:
    """Every line logged inside carries `subject`, the trace id and the given fields."""
    known: dict[str, str | int | None] = {"subject": subject, "trace_id": trace_id(traceparent), **fields}
    with bound_contextvars(**{name: value for name, value in known.items() if value is not None}):
        yield


def _handler(out: TextIO, shared: list[Processor], style: str, *, debug: bool) -> logging.Handler:
    renderer: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(out)
    handler.addFilter(StormFilter())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), _first_line_of_asyncio, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                describe_exception(with_stack=debug),
                mask_sensitive,
                _readable_order,
                renderer,
            ],
        )
    )
    return handler


def _route_stdlib(handler: logging.Handler, level: str) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.captureWarnings(capture=True)
    for name in (*_QUIET, "uvicorn", "uvicorn.error"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(logging.getLevelName(level), logging.WARNING))
    for name in _SILENCED:
        logging.getLogger(name).disabled = True


def _add_service(service: str) -> Processor:
    def add(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        event["service"] = service
        return event

    return add


def _readable_order(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.pop("color_message", None)  # uvicorn's second copy of its message
    first = {name: event.pop(name) for name in ("at", "level", "event") if name in event}
    return {**first, **event}


def _first_line_of_asyncio(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """asyncio puts the repr of tasks and exceptions, with whatever they hold, into the lines after the first."""
    record = event.get("_record")
    if record is not None and record.name == "asyncio":
        event["event"] = str(event["event"]).partition("\n")[0]
    return event
