# SPDX-License-Identifier: Apache-2.0
"""The index beside a real store: it follows, outlasts its process, and is built anew where it cannot (ADR 0029)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from routing_story import Story, filed

from chassis.mongo import Database
from chassis.testing import eventually
from routing.cases.cursors import UnknownCursor
from routing.cases.filters import CaseFilter
from routing.cases.store import CaseStore
from routing.consumers import CASES
from routing.indexes import INDEXES
from routing.searching.building import StillBuilding
from routing.searching.places import HELD, NOTE
from routing.searching.reading import CaseReading
from routing.searching.searching import Searching

pytestmark = pytest.mark.infra

DUE = datetime(2026, 3, 24, 22, tzinfo=UTC)


def stored(n: int, text: str = "No llegó la devolución", **own: Any) -> dict[str, Any]:
    """As the rules make it, but for what is said here."""
    due = {"due_at": DUE + timedelta(days=n % 5), "due": (DUE + timedelta(days=n % 5)).date().isoformat()}
    name = {"id": f"case-{n:04d}", "case_number": f"CAJA-2026-{n:06d}-0", "text": text}
    state = {**_template(), **name, "person": {}, **own}
    return {"_id": name["id"], "version": 1, "state": {**state, "deadline": {**state["deadline"], **due}}}


@cache
def _template() -> dict[str, Any]:
    return Story(filed()).case.model_dump()


@pytest.fixture
async def cases(database: Database) -> Any:
    await database.create_indexes({CASES: [], **INDEXES})
    return database.collection(CASES)


@asynccontextmanager
async def searching(database: Database, directory: Path | None = None) -> AsyncIterator[Searching]:
    """One process's, once it answers."""
    one = Searching(database, directory)
    task = asyncio.create_task(one.run())
    try:
        await eventually(lambda: _answers(one))
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _answers(one: Searching) -> bool:
    try:
        await one.find("x", {}, limit=1)
    except StillBuilding:
        return False
    return True


async def _finds(one: Searching, text: str, *ids: str) -> None:
    async def right() -> bool:
        return set((await one.find(text, {}, limit=100)).ids) == set(ids)

    await eventually(right, what=f"{text} finds {ids}")


async def test_it_follows_what_is_filed_changed_and_taken_out(database: Database, cases: Any) -> None:
    await cases.insert_many([stored(1), stored(2, person={"name": "Ana Ríos"}), {"_id": "waits", "state": None}])
    async with searching(database) as one, searching(database) as other:
        await _finds(one, "devoluciones", "case-0001", "case-0002")
        await cases.insert_one(stored(3, "Otra devolucion"))
        await cases.update_one({"_id": "case-0002"}, {"$set": {"state.person": {}}})
        await cases.delete_one({"_id": "case-0001"})
        await database.collection("messages").insert_one({"case": "case-0003", "at": DUE, "text": "Va el extracto"})
        await cases.update_one({"_id": "case-0003"}, {"$set": {"state.messages": 1}})
        for each in (one, other):
            await _finds(each, "devoluciones", "case-0002", "case-0003")
            await _finds(each, "Ana Ríos")
            await _finds(each, "extractos", "case-0003")
        await eventually(lambda: one.behind < 1)


async def test_a_search_gives_what_the_store_says_now_page_by_page(database: Database, cases: Any) -> None:
    await cases.insert_many([stored(n, open=n < 30, status="assigned" if n < 30 else "closed") for n in range(40)])
    async with searching(database) as one:
        store = CaseStore(database, one)
        one._take = _deaf  # type: ignore[assignment]
        await cases.update_one({"_id": "case-0000"}, {"$set": {"state.open": False, "state.status": "closed"}})
        await cases.delete_one({"_id": "case-0001"})
        wanted, seen, cursor = CaseFilter(open=True, text="devolucion"), [], None
        while True:
            page = await store.page(wanted, limit=8, cursor=cursor)
            seen += [case.id for case in page.cases]
            if (cursor := page.next) is None:
                break
        by_due = [case.id for case in (await store.page(CaseFilter(open=True), limit=40)).cases]
        with pytest.raises(UnknownCursor):
            await store.page(wanted, limit=8, cursor=(await store.page(CaseFilter(open=True), limit=8)).next)
    assert sorted(seen) == [f"case-{n:04d}" for n in range(2, 30)]
    assert [(int(one[-4:]) % 5) for one in seen] == [(int(one[-4:]) % 5) for one in by_due]


async def _deaf(_place: object, _changes: object, built: Any) -> Any:
    """An index that hears of nothing more: it is behind."""
    await asyncio.sleep(0.05)
    return built


async def test_an_index_on_disk_outlasts_its_process(
    database: Database, cases: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cases.insert_many([stored(1), stored(2)])
    async with searching(database, tmp_path):
        pass
    await cases.insert_one(stored(3))
    read = _counting_builds(monkeypatch)
    async with searching(database, tmp_path) as again:
        await _finds(again, "devolucion", "case-0001", "case-0002", "case-0003")
        assert read == []
        async with searching(database, tmp_path) as beside:
            await _finds(beside, "devolucion", "case-0001", "case-0002", "case-0003")
        assert len(read) == 1
    assert _places(tmp_path) == ["0", "1"]


@pytest.mark.parametrize(
    "harm", ["killed while it built", "damaged", "of another version", "its place is not understood"]
)
async def test_what_cannot_be_used_is_built_anew(
    database: Database, cases: Any, tmp_path: Path, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cases.insert_many([stored(1), stored(2)])
    async with searching(database, tmp_path):
        pass
    _harm(tmp_path / "0", harm)
    read = _counting_builds(monkeypatch)
    async with searching(database, tmp_path) as again:
        await _finds(again, "devolucion", "case-0001", "case-0002")
        await eventually(lambda: len(read) == 1)
        await _finds(again, "devolucion", "case-0001", "case-0002")
        await eventually(lambda: len(_places(tmp_path / "0")) == 3)


def _places(directory: Path) -> list[str]:
    return sorted(one.name for one in directory.iterdir())


def _harm(place: Path, harm: str) -> None:
    note = (place / NOTE).read_text("utf-8")
    [folder] = [one for one in place.iterdir() if one.is_dir()]
    match harm:
        case "killed while it built":
            (place / NOTE).unlink()
        case "damaged":
            (folder / "meta.json").write_text("{", "utf-8")
        case "of another version":
            (place / NOTE).write_text(note.replace('"version": "', '"version": "0'), "utf-8")
        case "its place is not understood":
            token = note.partition('"_data": "')[2].partition('"')[0]
            (place / NOTE).write_text(note.replace(token, "zz"), "utf-8")


async def test_whoever_asks_for_a_rebuild_gets_one_of_every_process(
    database: Database, cases: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cases.insert_one(stored(1))
    monkeypatch.setattr("routing.searching.searching.LOOK_SECONDS", 0.1)
    async with searching(database) as one, searching(database) as other:
        read = _counting_builds(monkeypatch)
        await CaseReading(database).ask_for_rebuild()
        await eventually(lambda: len(read) == 2)
        for each in (one, other):
            await _finds(each, "devolucion", "case-0001")

        async def reported() -> bool:
            [stands] = await CaseReading(database).reports()
            return (stands["cases"], stands["kept"], stands["building"]) == (1, "memory", False)

        await eventually(reported)


async def test_a_directory_that_cannot_be_written_leaves_it_in_memory(
    database: Database, cases: Any, tmp_path: Path
) -> None:
    await cases.insert_one(stored(1))
    (tmp_path / "file").write_text("")
    async with searching(database, tmp_path / "file") as one:
        await _finds(one, "devolucion", "case-0001")
    assert not (tmp_path / HELD).exists()


def _counting_builds(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one whenever an index is built from the store."""
    built: list[int] = []
    all_of_them = CaseReading.all

    def counted(reading: CaseReading) -> Any:
        built.append(1)
        return all_of_them(reading)

    monkeypatch.setattr(CaseReading, "all", counted)
    return built
