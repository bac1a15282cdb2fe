# SPDX-License-Identifier: Apache-2.0
import json
import logging
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest

from chassis import log
from chassis.ids import new_traceparent, trace_id
from chassis.log_storms import StormFilter

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def out() -> StringIO:
    return StringIO()


@pytest.fixture
def lines(out: StringIO) -> Lines:
    log.configure("window", out=out)
    return lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_service_subject_and_trace(lines: Lines) -> None:
    parent = new_traceparent()
    with log.bound(subject="s-1", traceparent=parent):
        log.get_logger("window.app").info("applied", seq=3)
    (line,) = lines()
    assert {name: line[name] for name in ("event", "service", "subject", "trace_id", "seq", "level", "logger")} == {
        "event": "applied",
        "service": "window",
        "subject": "s-1",
        "trace_id": trace_id(parent),
        "seq": 3,
        "level": "info",
        "logger": "window.app",
    }
    assert line["at"].endswith("Z")


def test_what_was_bound_ends_with_its_block(lines: Lines) -> None:
    with log.bound(subject="s-1"):
        pass
    log.get_logger("window").info("after")
    assert "subject" not in lines()[0]


def test_lines_of_libraries_come_out_the_same_way_with_flat_fields(lines: Lines) -> None:
    with log.bound(subject="s-1"):
        logging.getLogger("faststream.access").warning("Received %s", "it", extra={"topic": "t"})
    (line,) = lines()
    assert (line["event"], line["topic"], line["subject"], line["service"]) == ("Received it", "t", "s-1", "window")


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "hunter2"},
        {"accessToken": "hunter2"},
        {"from_name": "hunter2"},
        {"Authorization": "Bearer hunter2"},
        {"nested": {"deep": [{"phone": "hunter2"}]}},
        {"note": "write to hunter2@example.org"},
        {"note": "mongodb://me:hunter2@host/x"},
        {"note": ValueError("hunter2@example.org")},
    ],
)
def test_secrets_and_personal_data_are_masked(lines: Lines, out: StringIO, fields: dict[str, Any]) -> None:
    log.get_logger("window").info("seen", **fields)
    assert len(lines()) == 1
    assert "hunter2" not in out.getvalue()


def test_a_mail_address_inside_a_message_is_masked(lines: Lines) -> None:
    logging.getLogger("mail").warning("550 no such user <ana@example.org>")
    assert lines()[0]["event"] == "550 no such user <***>"


def test_an_exception_shows_its_classes_and_place_but_not_its_message(lines: Lines) -> None:
    try:
        try:
            raise KeyError("hunter2")
        except KeyError as cause:
            raise ValueError("hunter2") from cause
    except ValueError:
        log.get_logger("window").exception("failed")
    (line,) = lines()
    assert line["error"] == "ValueError < KeyError"
    assert "test_log.py" in line["error_at"]
    assert "hunter2" not in json.dumps(line)
    assert "stack" not in line


def test_the_stack_is_shown_at_debug_only(out: StringIO) -> None:
    log.configure("window", level="DEBUG", out=out)
    try:
        raise ValueError("hunter2")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("failed")
    line = json.loads(out.getvalue())
    assert "test_log.py" in line["stack"]


def test_what_asyncio_says_of_a_lost_task_does_not_show_its_exception(lines: Lines) -> None:
    logging.getLogger("asyncio").error("Task was lost\nfuture: <Task exception=ValueError('hunter2')>")
    assert lines()[0]["event"] == "Task was lost"


def test_a_storm_is_held_back_and_counted() -> None:
    now = [0.0]
    storm = StormFilter(5.0, lambda: now[0])

    def said(message: str, logger: str = "aiokafka.conn") -> logging.LogRecord | None:
        record = logging.LogRecord(logger, logging.ERROR, "", 0, message, None, None)
        return record if storm.filter(record) else None

    assert said("node 1 is away")
    assert not any(said(f"node {n} is away") for n in range(50))
    assert said("something else")
    assert all(said("node 1 is away", "window") for _ in range(3))
    now[0] = 5.1
    again = said("node 2 is away")
    assert again is not None
    assert again.held_back == 50  # type: ignore[attr-defined]


def test_a_storm_of_aiokafka_reaches_the_output_once(lines: Lines) -> None:
    for node in range(80):
        logging.getLogger("aiokafka").error("Unable connect to node with id %s", node)
    assert len(lines()) == 1


def test_the_console_style_is_for_people(out: StringIO) -> None:
    log.configure("window", style="console", out=out)
    log.get_logger("window").info("started", port=8101)
    shown = out.getvalue()
    assert "started" in shown
    assert "port=8101" in shown
