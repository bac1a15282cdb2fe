# SPDX-License-Identifier: Apache-2.0
"""What mail servers wrote into a mail about its sender (RFC 8601). Anyone can write such a field."""

import re

from intake.domain.mail.headers import Headers
from intake.domain.mail.words import decode_words
from ventanilla_contracts.envelope import Frozen

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"\s*([a-z0-9-]{1,40})(?:/\d+)?\s*=\s*([a-z]{1,20})\b", re.IGNORECASE)
_SIGNED_BY = re.compile(
    r"\b(?:header\.d|header\.i|smtp\.mailfrom)\s*=\s*\"?(?:[^\s@\";]{0,64}@)?([a-z0-9.-]{1,255})", re.IGNORECASE
)
_MOST_FIELDS = 50


class AuthenticationResults(Frozen):
    """One Authentication-Results field. ``results`` by method, as ``{"spf": "pass"}``, the first of each.

    ``passed`` are the domains that SPF or DKIM was found right for; ``hop`` how many Received fields stand above it.
    """

    server: str
    results: dict[str, str]
    passed: tuple[str, ...] = ()
    hop: int = 0


def authentication_results(headers: Headers) -> tuple[AuthenticationResults, ...]:
    """All fields, the one added last first, without comments."""
    hop = 0
    found: list[AuthenticationResults] = []
    for name, value in headers.fields:
        if name == "received":
            hop += 1
        elif name == "authentication-results" and len(found) < _MOST_FIELDS:
            found.append(_authentication(value, hop))
    return tuple(found)


def _authentication(raw: bytes, hop: int) -> AuthenticationResults:
    server, *statements = _COMMENT.sub(" ", decode_words(raw)).split(";")
    results: dict[str, str] = {}
    passed: list[str] = []
    for statement in statements:
        if result := _RESULT.match(statement):
            method, verdict = result[1].lower(), result[2].lower()
            results.setdefault(method, verdict)
            if method in {"spf", "dkim"} and verdict == "pass" and (domain := _SIGNED_BY.search(statement)):
                passed.append(domain[1].lower())
    return AuthenticationResults(
        server=" ".join(server.split()[:1]).lower(), results=results, passed=tuple(dict.fromkeys(passed)), hop=hop
    )
