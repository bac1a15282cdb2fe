# SPDX-License-Identifier: Apache-2.0
"""Errors that a caller is told of, as problem details (RFC 9457), in the words of the person who must act."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:ventanilla:problem:"

CODE_OF_STATUS: Mapping[int, str] = {
    400: "malformed-request",
    401: "not-signed-in",
    403: "not-allowed",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid-request",
    429: "too-many-attempts",
    500: "unexpected-error",
    503: "unavailable",
}


class FieldError(BaseModel):
    """What is wrong with one field."""

    model_config = ConfigDict(frozen=True)

    field: str = Field(
        description="Where: a JSON path such as $.items[0].day, or query.limit, path.number, header.origin"
    )
    message: str = Field(description="What is wrong with it")
    expected: str = Field(description="What was expected instead")


class ProblemDocument(BaseModel):
    """Problem details (RFC 9457), in the language of Accept-Language."""

    type: str = Field(description="urn:ventanilla:problem: and the code")
    status: int = Field(description="The status of the answer")
    code: str = Field(description="Stable name of the kind of problem")
    title: str = Field(description="What is the matter, in a few words")
    detail: str = Field(description="What happened and what to do now")
    errors: list[FieldError] = Field(default_factory=list, description="One entry per field that is wrong")
    allowed: list[str] | None = Field(None, description="Of a conflict: what can be done instead, if anything")
    missing: str | None = Field(None, description="Of 503: what does not answer, such as database")
    reference: str | None = Field(None, description="Of 500: names this failure in the logs")

    model_config = ConfigDict(extra="allow")


class Problem(Exception):  # the name of RFC 9457
    """Raise it in a request. Without title and detail the texts `problems.<code>.{title,detail}`, with `values`."""

    def __init__(
        self,
        status: int,
        code: str = "",
        title: str = "",
        detail: str = "",
        errors: Sequence[FieldError] = (),
        extra: Mapping[str, Any] | None = None,
        *,
        values: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.code = code or CODE_OF_STATUS.get(status, "malformed-request" if status < 500 else "unexpected-error")
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.extra = dict(extra or {})
        self.values = dict(values or {})
        self.headers = dict(headers or {})
        super().__init__(f"{status} {self.code}")


class Unavailable(Problem):
    """Something that we need is away: 503, try again in `retry_after` seconds."""

    def __init__(self, missing: str = "", *, retry_after: int = 5) -> None:
        super().__init__(503, extra={"missing": missing} if missing else {}, headers={"Retry-After": str(retry_after)})
