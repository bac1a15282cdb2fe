# SPDX-License-Identifier: Apache-2.0
"""How long, how large, how many, of which form: the keywords that hold one value against a limit."""

from collections.abc import Iterator, Mapping
from typing import Any

LEAST, MOST = ("minLength", "minItems", "minProperties"), ("maxLength", "maxItems", "maxProperties")
LOWER, UPPER = ("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")
SAME = ("pattern", "format", "contentEncoding", "contentMediaType")
"""Compared as text: whether one pattern matches less than another is not looked into."""


def limits(w: Mapping[str, Any], r: Mapping[str, Any]) -> Iterator[str]:
    """Why the reader refuses some values of the writer, who may send the same type; nothing if it accepts all."""
    yield from _sizes(w, r)
    yield from _numbers(w, r)
    for keyword in SAME:
        if keyword in r and w.get(keyword) != r[keyword]:
            yield f"{keyword} {r[keyword]} is required, it was {w.get(keyword, 'free')}"


def _sizes(w: Mapping[str, Any], r: Mapping[str, Any]) -> Iterator[str]:
    for keyword in LEAST:
        if r.get(keyword, 0) > _least(w, keyword):
            yield f"{keyword} {r[keyword]} is required, {_least(w, keyword)} may come"
    for keyword in MOST:
        most = _most(w, keyword)
        if keyword in r and (most is None or r[keyword] < most):
            yield f"at most {r[keyword]} ({keyword}), {most or 'more'} may come"


def _numbers(w: Mapping[str, Any], r: Mapping[str, Any]) -> Iterator[str]:
    if _beyond(_bound(w, LOWER, 1), _bound(r, LOWER, 1)):
        yield f"below {_stated(r, LOWER)} is refused"
    if _beyond(_bound(w, UPPER, -1), _bound(r, UPPER, -1)):
        yield f"above {_stated(r, UPPER)} is refused"
    if not _multiple(w, r.get("multipleOf")):
        yield f"only multiples of {r['multipleOf']} are accepted"


def _least(w: Mapping[str, Any], keyword: str) -> int:
    implied = len(w.get("required", ())) if keyword == "minProperties" else 0
    return max(int(w.get(keyword, 0)), implied)


def _most(w: Mapping[str, Any], keyword: str) -> int | None:
    closed = keyword == "maxProperties" and w.get("additionalProperties") is False and not w.get("patternProperties")
    limits = [w[keyword]] if keyword in w else []
    return min([*limits, len(w.get("properties", {}))] if closed else limits, default=None)


Bound = tuple[float, bool] | None
"""A limit turned so that more is stricter, and whether it is itself excluded."""


def _bound(keywords: Mapping[str, Any], names: tuple[str, str], sign: int) -> Bound:
    inclusive, exclusive = (keywords.get(name) for name in names)
    if isinstance(exclusive, bool):  # draft 4
        return None if inclusive is None else (sign * inclusive, exclusive)
    found = [(sign * limit, out) for limit, out in ((inclusive, False), (exclusive, True)) if limit is not None]
    return max(found, default=None)


def _beyond(sent: Bound, read: Bound) -> bool:
    return read is not None and (sent is None or sent < read)


def _stated(r: Mapping[str, Any], names: tuple[str, str]) -> str:
    return " and ".join(f"{name} {r[name]}" for name in names if name in r)


def _multiple(w: Mapping[str, Any], factor: float | None) -> bool:
    if factor is None:
        return True
    own = w.get("multipleOf", 1 if w["type"] == "integer" else None)
    return own is not None and bool(own % factor == 0)
