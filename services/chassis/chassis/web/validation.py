# SPDX-License-Identifier: Apache-2.0
"""What pydantic found wrong, told field by field in the reader's language."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.i18n import Catalogue
from chassis.web.problems import FieldError

_FAMILIES = {
    **dict.fromkeys(("float", "decimal", "finite", "fraction", "complex"), "number"),
    **dict.fromkeys(("string", "bytes"), "text"),
    **dict.fromkeys(("list", "tuple", "set", "frozen", "iterable", "deque"), "list"),
    **dict.fromkeys(("dict", "model", "mapping", "dataclass"), "object"),
    **{name: name for name in ("date", "datetime", "time", "uuid", "url")},
    "int": "integer",
    "bool": "boolean",
    "none": "nothing",
    "timezone": "datetime",
}
_MESSAGES = {"missing": "missing", "extra_forbidden": "unknown-field", "json_invalid": "not-json"}
_PLACES = {"query", "path", "header", "cookie"}
_QUOTED = re.compile(r"'([^']*)'")

Error = Mapping[str, Any]


def field_errors(errors: Sequence[Error], texts: Catalogue, locale: str) -> list[FieldError]:
    """One entry per error of `ValidationError.errors()` or FastAPI's; the values that were given are not repeated."""
    return [
        FieldError(
            field=json_path(error["loc"]),
            message=texts.t(f"validation.message.{_MESSAGES.get(error['type'], 'wrong')}", locale),
            expected=_expected(error, texts, locale),
        )
        for error in errors
    ]


def json_path(loc: Sequence[str | int]) -> str:
    """`("body", "items", 0, "day")` is `$.items[0].day`; `("query", "limit")` is `query.limit`."""
    if loc and loc[0] in _PLACES:
        return ".".join(str(part) for part in loc)
    inside = loc[1:] if loc and loc[0] == "body" else loc
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inside)


def _expected(error: Error, texts: Catalogue, locale: str) -> str:
    kind = "file" if "UploadFile" in str(error["msg"]) else str(error["type"])  # FastAPI has no type for it
    values = {name: str(value) for name, value in (error.get("ctx") or {}).items()}
    if kind in {"literal_error", "enum"}:
        values["expected"] = ", ".join(_QUOTED.findall(values.get("expected", "")))
    for key in (kind, "time-span" if kind.startswith("time_delta") else _FAMILIES.get(kind.partition("_")[0], "")):
        if texts.find(f"validation.expected.{key}", locale):
            return texts.t(f"validation.expected.{key}", locale, **values)
    return str(error["msg"])
