# SPDX-License-Identifier: Apache-2.0
"""What `python -m routing search status` says of each process's index."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from routing.searching.cli import status_lines

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


def report(**own: Any) -> dict[str, Any]:
    stands = {"cases": 1200, "kept": "disk", "behind": 0.2, "building": False, "done": 1200, "total": 1200}
    return {"_id": "routing-a-1", "at": NOW, **stands, **own}


@pytest.mark.parametrize(
    ("own", "line"),
    [
        ({}, "routing-a-1: 1200 cases, on disk, 0.2 s behind"),
        ({"building": True, "cases": 0, "done": 500}, "routing-a-1: 0 cases, on disk, is built, 500 of 1200 cases"),
        ({"at": NOW - timedelta(seconds=90)}, "routing-a-1: 1200 cases, on disk, silent for 90 s"),
    ],
)
def test_each_process_has_a_line(own: dict[str, Any], line: str) -> None:
    assert list(status_lines([report(**own)], NOW)) == [line]


def test_where_there_is_no_process_it_asks_for_one() -> None:
    [line] = status_lines([], NOW)
    assert "does one with the role api run?" in line
