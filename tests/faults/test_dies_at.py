# SPDX-License-Identifier: Apache-2.0
"""A process dies where it was ordered to, and only there; a point that the code does not have is an error."""

import importlib
import inspect
import os
import signal
import subprocess
import sys
import types
from pathlib import Path

import pytest

from tests.faults.dies_at import Countdown, NoSuchMethod, install, order
from tests.faults.points import POINTS, Point
from ventanilla_local.downloads import ROOT


class Dead(Exception):
    """Instead of SIGKILL."""


def die() -> None:
    raise Dead


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    return tmp_path / "orders"


@pytest.fixture
def way(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    """A module `way` with a class `Way`, whose coroutine method `send` keeps in `sent` what it is given."""

    class Way:
        def __init__(self) -> None:
            self.sent: list[int] = []

        async def send(self, _to: str, items: list[int]) -> None:
            self.sent += items

        def at_once(self) -> None: ...

    module = types.ModuleType("way")
    module.Way = Way  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "way", module)
    return module


async def test_it_dies_before_the_passage_that_was_ordered(way: types.ModuleType, orders: Path) -> None:
    install(Point("p", "way:Way.send", "before"), Countdown("p", orders, die))
    sender = way.Way()
    await sender.send("there", [1])
    order(orders, "p", 2)
    await sender.send("there", [2])
    with pytest.raises(Dead):
        await sender.send("there", [3])
    assert sender.sent == [1, 2]


async def test_it_dies_after_the_passage_that_was_ordered(way: types.ModuleType, orders: Path) -> None:
    install(Point("p", "way:Way.send", "after"), Countdown("p", orders, die))
    order(orders, "p", 1)
    sender = way.Way()
    with pytest.raises(Dead):
        await sender.send("there", [1])
    assert sender.sent == [1]


async def test_it_dies_in_the_middle_of_several_and_passes_by_one(way: types.ModuleType, orders: Path) -> None:
    install(Point("p", "way:Way.send", "half"), Countdown("p", orders, die))
    order(orders, "p", 2)
    sender = way.Way()
    await sender.send("there", [1])
    await sender.send("there", [2, 3])
    with pytest.raises(Dead):
        await sender.send("there", [4, 5, 6, 7])
    assert sender.sent == [1, 2, 3, 4, 5]


async def test_an_order_for_another_point_is_not_obeyed(way: types.ModuleType, orders: Path) -> None:
    install(Point("p", "way:Way.send", "before"), Countdown("p", orders, die))
    order(orders, "q", 1)
    await way.Way().send("there", [1])


@pytest.mark.parametrize("method", ["way:Way.gone", "way:Gone.send", "way:Way.at_once"])
def test_a_method_that_is_not_there_is_an_error(way: types.ModuleType, orders: Path, method: str) -> None:
    with pytest.raises(NoSuchMethod):
        install(Point("p", method, "before"), Countdown("p", orders, die))


@pytest.mark.parametrize("point", POINTS.values(), ids=POINTS)
def test_every_point_is_in_the_code(point: Point) -> None:
    module, _, path = point.method.partition(":")
    class_name, _, name = path.partition(".")
    assert inspect.iscoroutinefunction(getattr(getattr(importlib.import_module(module), class_name), name))


def test_a_process_kills_itself(orders: Path, tmp_path: Path) -> None:
    code = (
        "import asyncio; from pathlib import Path; from tests.faults.dies_at import Countdown, install;"
        "from tests.faults.points import Point; import way;"
        f"install(Point('p', 'way:Way.go', 'before'), Countdown('p', Path({str(orders)!r})));"
        "asyncio.run(way.Way().go()); print('lived')"
    )
    (tmp_path / "way.py").write_text("class Way:\n    async def go(self): ...\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{tmp_path}"}
    first = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    order(orders, "p", 1)
    second = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert (first.returncode, first.stdout) == (0, "lived\n")
    assert second.returncode == -signal.SIGKILL
