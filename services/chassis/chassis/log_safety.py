# SPDX-License-Identifier: Apache-2.0
"""What must not stand in a log: secrets, personal data, and what exceptions carry."""

import re
import sys
import traceback
from types import TracebackType
from typing import Any

from structlog.types import EventDict, Processor, WrappedLogger

MASK = "***"
SENSITIVE = frozenset(
    {"password", "passwords", "passwd", "token", "tokens", "secret", "secrets", "authorization", "cookie", "cookies"}
    | {"email", "emails", "mail", "phone", "phones", "name", "names", "fullname", "address", "addresses", "document"}
    | {"text", "body", "content", "payload", "personal", "recipient", "recipients", "sender", "cedula", "nit"}
    | {"signature", "tracking"}
)
HARMLESS = frozenset({"message_id"})

_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+")
_MAIL_ADDRESS = re.compile(r"[^\s<>\"'(),;:=]+@[^\s<>\"'(),;:]+")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")
_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


def mask_sensitive(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Mask what has a sensitive name, at any depth, and mail addresses and credentials in the rest."""
    return {name: _safe(name, value) for name, value in event.items()}


def _safe(name: str, value: object) -> object:
    if name in HARMLESS:
        return value
    if any(word.lower() in SENSITIVE for word in _WORDS.findall(name)):
        return MASK
    if isinstance(value, dict):
        return {str(inner): _safe(str(inner), one) for inner, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_safe("", one) for one in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return _scrub(str(value))


def _scrub(text: str) -> str:
    if "@" not in text:
        return text
    return _MAIL_ADDRESS.sub(MASK, _CREDENTIALS.sub("", text))


def describe_exception(*, with_stack: bool) -> Processor:
    """Replace `exc_info` by `error` (classes, outermost first) and `error_at`: the message may quote input."""

    def describe(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        raised = _raised(event.pop("exc_info", None))
        event.pop("exception", None)
        if raised is not None:
            event["error"] = " < ".join(_class_name(one) for one in _chain(raised[1]))
            frames = traceback.extract_tb(raised[2])
            if frames:
                event["error_at"] = f"{frames[-1].filename}:{frames[-1].lineno} {frames[-1].name}"
            if with_stack:
                event["stack"] = "".join(traceback.format_tb(raised[2]))
        return event

    return describe


def _raised(exc_info: Any) -> _Raised | None:
    if isinstance(exc_info, BaseException):
        return type(exc_info), exc_info, exc_info.__traceback__
    if exc_info and not isinstance(exc_info, tuple):
        exc_info = sys.exc_info()
    return exc_info if exc_info and exc_info[1] is not None else None


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain and len(chain) < 5:
        chain.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return chain


def _class_name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
