# SPDX-License-Identifier: Apache-2.0
"""What a search finds of the cases in an index, in which order, within which filters."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.cases.filters import CaseFilter
from routing.searching.entries import entry_of, rank_of
from routing.searching.index import CaseIndex

ALL = CaseFilter()
DUE = datetime(2026, 3, 24, 22, tzinfo=UTC)
ANA: dict[str, Any] = {
    "name": "Ana Lucía Ríos Peña",
    "document_type": "CC",
    "document_number": "30312456",
    "email": "ana.rios@correo.example",
    "phone": "+573001234567",
}


def state(n: int = 1, *, text: str = "No me llegó la devolución del aporte", **own: Any) -> dict[str, Any]:
    """A case as it is stored, as far as the index reads it."""
    given: dict[str, Any] = {
        "id": f"case-{n}",
        "case_number": f"CAJA-2026-{n:06d}-7",
        "status": "assigned",
        "open": True,
        "channel": "web",
        "place": 3,
        "received_at": DUE - timedelta(days=21),
        "subject": "Devolución",
        "text": text,
        "person": {},
        "classification": {"kind": "claim", "priority": "normal"},
        "assignment": {"area": "subsidios", "responder": {"id": "marcela-duque"}},
        "to_classify": False,
        "deadline": {"due": DUE.date().isoformat(), "due_at": DUE},
    }
    return {**given, **own}


def index_of(*states: dict[str, Any]) -> CaseIndex:
    index = CaseIndex()
    index.put([entry_of(one) for one in states])
    index.commit()
    return index


def found(index: CaseIndex, text: str, wanted: CaseFilter = ALL) -> Sequence[str]:
    return index.find(text, wanted.query(), limit=50).ids


@pytest.fixture(scope="module")
def hers() -> CaseIndex:
    """One case of hers among some of others."""
    product = {"code": "NEV-300", "lot": "L2025/11", "serial": "SN 0042-77"}
    mine = state(123, person=ANA, product=product, product_reference="Factura FV-9981", subject="Nevera dañada")
    others = [state(n, text="El curso de inglés empezó tarde", subject="Curso") for n in range(2, 9)]
    return index_of(mine, *others)


@pytest.mark.parametrize(
    "typed",
    [
        "CAJA-2026-000123-7",
        "caja 2026 000123",
        "2026-000123",
        "000123",
        "123",
        "devoluciones",
        "DEVOLUCION aporte",
        "nevera dañadas",
        "nevera danada",
        "aportes, ¿devolución?",
        "Ana Ríos",
        "rios ana lucia",
        "ana luc",
        "30312456",
        "30.312.456",
        "30 312 456",
        "3031245",
        "300 123 4567",
        "+57 (300) 123-4567",
        "ana.rios@correo.example",
        "FV-9981",
        "fv9981",
        "NEV-300",
        "sn 0042-77",
        "SN004277",
        "L2025/11",
    ],
)
def test_it_is_found_by(hers: CaseIndex, typed: str) -> None:
    assert found(hers, typed) == ("case-123",)


@pytest.mark.parametrize("typed", ["nevera inglés", "Ana Pérez", "30312457", "000124", "de la", "¿?", "  "])
def test_all_words_must_be_there(hers: CaseIndex, typed: str) -> None:
    assert found(hers, typed) == ()


def test_what_the_person_said_later_is_found_too() -> None:
    index = CaseIndex()
    index.put([entry_of(state(1), ["Adjunto el extracto"])])
    index.commit()
    assert found(index, "extractos") == ("case-1",)


def test_a_name_that_was_corrected_or_taken_out_finds_nothing_any_more() -> None:
    index = index_of(state(1, person=ANA))
    index.put([entry_of(state(1, person={**ANA, "name": "Luz Gil"}))])
    index.commit()
    assert (found(index, "Ríos Peña"), found(index, "Luz Gil"), len(index)) == ((), ("case-1",), 1)
    index.put([], gone=["case-1"])
    index.commit()
    assert (found(index, "Luz Gil"), len(index)) == ((), 0)


def test_what_is_open_comes_in_the_order_of_the_queue_then_what_is_not_the_latest_first() -> None:
    closed: dict[str, Any] = {"open": False, "status": "closed"}
    index = index_of(
        state(1, **closed, received_at=DUE - timedelta(days=900)),
        state(2, deadline={"due": "2026-03-25", "due_at": DUE + timedelta(days=1)}),
        state(3, place=0, deadline={"due": "2026-12-24", "due_at": DUE + timedelta(days=200)}),
        state(4),
        state(5, **closed, received_at=DUE),
        state(6, place=4),
    )
    assert found(index, "devolución") == ("case-3", "case-4", "case-2", "case-6", "case-5", "case-1")


def test_pages_show_each_case_once_also_where_all_are_due_at_once() -> None:
    index = index_of(*(state(n) for n in range(100)))
    seen: list[str] = []
    after: int | None = None
    while page := index.find("devolución", {}, limit=7, after=after).ids:
        seen += page
        after = index.find("devolución", {}, limit=7, after=after).ranks[-1]
    assert sorted(seen) == sorted(f"case-{n}" for n in range(100))


STATES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(["assigned", "answered"]),
        "open": st.booleans(),
        "to_classify": st.booleans(),
        "classification": st.fixed_dictionaries({"kind": st.sampled_from(["claim", "request"])}),
        "assignment": st.fixed_dictionaries(
            {
                "area": st.sampled_from(["salud", "subsidios"]),
                "responder": st.fixed_dictionaries({"id": st.sampled_from(["ana", "luz"])}),
            }
        ),
        "deadline": st.dates(date(2026, 3, 1), date(2026, 3, 9)).map(
            lambda day: {"due": day.isoformat(), "due_at": DUE}
        ),
    }
)
FILTERS = st.builds(
    CaseFilter,
    area=st.sampled_from([None, "salud"]),
    responder=st.sampled_from([None, "ana"]),
    status=st.sampled_from([None, "answered"]),
    kind=st.sampled_from([None, "claim"]),
    due_before=st.none() | st.dates(date(2026, 3, 1), date(2026, 3, 10)),
    open=st.sampled_from([None, True, False]),
    to_classify=st.sampled_from([None, True, False]),
)


@settings(max_examples=40)
@given(st.lists(STATES, min_size=1, max_size=12), FILTERS)
def test_filters_let_through_what_they_say(drawn: list[dict[str, Any]], wanted: CaseFilter) -> None:
    states = [state(n, **one) for n, one in enumerate(drawn)]
    let_through = {one["id"] for one in states if _passes(one, wanted)}
    assert set(found(index_of(*states), "devolución", wanted)) == let_through


def _passes(one: dict[str, Any], wanted: CaseFilter) -> bool:
    pairs = [
        (wanted.area, one["assignment"]["area"]),
        (wanted.responder, one["assignment"]["responder"]["id"]),
        (wanted.status, one["status"]),
        (wanted.kind, one["classification"]["kind"]),
        (wanted.open, one["open"]),
        (wanted.to_classify, one["to_classify"]),
    ]
    due = wanted.due_before is None or one["deadline"]["due"] < wanted.due_before.isoformat()
    return due and all(asked in (None, has) for asked, has in pairs)


def test_paths_of_which_the_index_knows_nothing_are_left_to_the_store() -> None:
    assert index_of(state(1)).find("devolución", {"state.municipality": "17001"}, limit=5).ids == ("case-1",)


@given(st.text(max_size=200))
def test_whatever_is_typed_is_answered(text: str) -> None:
    HERS.find(text, {}, limit=3)


HERS = index_of(state(1, person=ANA))


@given(st.integers(-(10**9), 10**10), st.integers(0, 4))
def test_any_case_has_a_rank_that_the_index_can_hold(seconds: int, place: int) -> None:
    at = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    ranks = [
        rank_of(state(1, open=is_open, place=place, received_at=at, deadline={"due_at": at}))
        for is_open in (True, False)
    ]
    assert 0 <= ranks[0] < ranks[1] < 1 << 63
