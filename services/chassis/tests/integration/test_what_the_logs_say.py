# SPDX-License-Identifier: Apache-2.0
"""A case can be followed through the logs by its id and its trace."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import structlog
from tests_toy import filed

from chassis import log
from chassis.ids import trace_id
from chassis.testing import Wire, eventually

pytestmark = pytest.mark.infra


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """What a process would write to stdout; the handlers of pytest come back afterwards."""
    root = logging.getLogger()
    before, level, written = root.handlers[:], root.level, io.StringIO()
    log.configure("routing", out=written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)
    structlog.reset_defaults()


async def test_each_case_that_was_applied_is_named_with_its_trace(
    wire: Wire, start: Callable[..., AbstractAsyncContextManager[Any]], out: io.StringIO
) -> None:
    message = wire.message("case-1", filed("N-1"))
    await wire.send([message])
    async with start():
        await wire.expect("routing-cases", 1)
        await eventually(lambda: '"applied"' in out.getvalue())
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    [applied] = [line for line in lines if line["event"] == "applied"]
    assert applied["subject"] == "case-1"
    assert applied["what"] == "case-filed.v1"
    traceparent = dict(message.headers)["traceparent"] or b""
    assert applied["trace_id"] == trace_id(traceparent.decode())
