# SPDX-License-Identifier: Apache-2.0
"""What the address of a list says, and what it leaves out."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_story import Story, filed, local, policy
from starlette.datastructures import QueryParams

from routing.cases.filters import LONG_AGO, CaseFilter
from routing.domain.urgency import RUNNING, due_spans, urgency_of
from routing.pages.queue_filters import Asked, asked_in, narrowed

NOW = local("2026-03-02 10:15")
SPANS = due_spans(NOW, policy().calendar)
NAMES = {
    "area": {"salud": "Salud"},
    "kind": {"claim": "reclamo"},
    "status": {"suspended": "suspendido", "assigned": "asignado"},
    "urgency": {"overdue": "vencidos", "stopped": "interrumpidos"},
    "waits": {"yes": "sí", "no": "no"},
    "to_classify": {"yes": "sí", "no": "no"},
    "task": {"any": "alguna"},
}
CASE = Story(filed()).case


@given(
    st.datetimes(
        min_value=local("2026-01-01 00:00").replace(tzinfo=None),
        max_value=local("2026-12-20 00:00").replace(tzinfo=None),
    ),
    st.integers(-30, 60),
    st.sampled_from([None, "08:00", "16:30"]),
)
def test_each_due_time_lies_in_the_one_span_of_its_urgency(now: Any, days: int, hour: str | None) -> None:
    calendar = policy().calendar
    now = now.replace(microsecond=0, tzinfo=NOW.tzinfo)
    due = now.date() + timedelta(days=days)
    due_at = local(f"{due} {hour}") if hour else calendar.end_of_day_utc(due)
    deadline = CASE.deadline.model_copy(update={"due": due, "due_at": due_at}) if CASE.deadline else None
    word = urgency_of(CASE.model_copy(update={"deadline": deadline}), now, calendar).word
    spans = due_spans(now, calendar)
    fits = [
        one
        for one, span in spans.items()
        if (span.after is None or due_at > span.after) and (span.until is None or due_at <= span.until)
    ]
    assert fits == [word]
    assert tuple(spans) == RUNNING


@pytest.mark.parametrize(
    ("address", "values", "ignored"),
    [
        ("", {}, ()),
        ("area=salud&kind=claim", {"area": "salud", "kind": "claim"}, ()),
        ("area=&kind=", {}, ()),
        ("area=closed-down&kind=claim", {"kind": "claim"}, ("area",)),
        ("due_before=2026-03-10", {"due_before": "2026-03-10"}, ()),
        ("due_before=10/03/2026", {}, ("due_before",)),
        ("due_before=20260310", {}, ("due_before",)),
        ("due_before=1800-01-01", {}, ("due_before",)),
        ("nothing=1", {}, ()),
    ],
)
def test_unknown_values_are_left_out_and_named(address: str, values: dict[str, str], ignored: tuple[str, ...]) -> None:
    asked = asked_in(QueryParams(address), NAMES)
    assert (dict(asked.values), asked.ignored) == (values, ignored)


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"area": "salud"}, {"area": "salud"}),
        ({"due_before": "2026-03-10"}, {"due_before": date(2026, 3, 10)}),
        ({"urgency": "stopped"}, {"status": "suspended"}),
        ({"urgency": "stopped", "status": "assigned"}, {"status": "assigned"}),
        ({"urgency": "overdue"}, {"due_within": SPANS["overdue"]}),
        ({"waits": "yes"}, {"waits": True}),
        ({"waits": "no"}, {"waits": False}),
        ({"to_classify": "no"}, {"to_classify": False}),
        ({"task": "any"}, {"task": "any", "open": None}),
    ],
)
def test_what_is_asked_narrows_the_list_down(values: dict[str, str], wanted: dict[str, Any]) -> None:
    base = CaseFilter(responder="ana", open=True)
    assert narrowed(base, Asked(values), SPANS) == CaseFilter(**{"responder": "ana", "open": True, **wanted})


def test_an_address_is_short_and_can_be_opened_again() -> None:
    asked = Asked({"area": "salud", "urgency": "overdue"})
    assert asked.address("/all") == "/all?area=salud&urgency=overdue"
    assert asked.address("/all", urgency="") == "/all?area=salud"
    assert Asked({}).address("/") == "/"
    assert asked.address("/", cursor="a b") == "/?area=salud&urgency=overdue&cursor=a+b"


def test_both_bounds_hold_where_a_day_and_an_urgency_are_asked_for() -> None:
    late = CaseFilter(due_before=date(2026, 3, 4), due_within=SPANS["in-time"]).query()["state.deadline.due_at"]
    soon = CaseFilter(due_before=date(2026, 12, 1), due_within=SPANS["soon"]).query()["state.deadline.due_at"]
    assert late["$gt"] > late["$lt"]
    assert LONG_AGO < soon["$gt"] < soon["$lte"] < soon["$lt"]
