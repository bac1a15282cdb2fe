# SPDX-License-Identifier: Apache-2.0
"""Cursors and filters of what is parked, as anyone could make them up."""

import base64
import json

import pytest

from chassis.operating.parked import Filter, Place, UnknownCursor

PLACE = ["case-1", "intake-cases", 3, 0, 17, "intake-cases/0/17/1772463302118"]


def cursor(place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert Place.of(cursor(PLACE)).record == tuple(PLACE)
    assert Place.of(cursor(["timer:cases/1/remind", "2026-03-02T10:15:00+00:00"])).timer is not None


@pytest.mark.parametrize(
    "forged",
    [
        cursor([*PLACE[:2], 2**63, *PLACE[3:]]),
        cursor([*PLACE[:4], -(10**30), PLACE[5]]),
        cursor(["\ud800", *PLACE[1:]]),
        cursor(["timer:\udfff", "2026-03-02T10:15:00+00:00"]),
        cursor(["timer:x", "0001-01-01T00:00:00+23:59"]),
        cursor(["timer:x", "2026-03-02T10:15:00"]),
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
        "é",
        "0",
    ],
)
def test_a_forged_cursor_is_none_of_ours(forged: str) -> None:
    with pytest.raises(UnknownCursor):
        Place.of(forged)


def test_a_search_for_a_nul_is_one_that_the_database_takes() -> None:
    asked = Filter(reason_contains="a\0(").of_records()
    assert asked["reason"]["$regex"] == r"a\x00\("
