# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.faults.dies_at ORDERS SERVICE WORDS…`: a service that kills itself where the file ORDERS says.

Once that file exists it names a point and a passage: the process dies by SIGKILL at that passage of the point. The
service's code has no hooks: its methods are wrapped before its command line starts. A method that does not exist any
more is an error, not a point that is never reached.
"""

import functools
import importlib
import inspect
import os
import runpy
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from tests.faults.points import POINTS, Point

Method = Callable[..., Awaitable[Any]]


class NoSuchMethod(Exception):
    """The point names what the code does not have any more: mend tests/faults/points.py."""


def order(orders: Path, point: str, passage: int) -> None:
    """Have the process that reads `orders` die there."""
    new = orders.with_suffix(".new")
    new.write_text(f"{point} {passage}", encoding="ascii")
    new.rename(orders)


class Countdown:
    """Counts the passages of one point while it is ordered; kills the process at the one that is."""

    def __init__(self, point: str, orders: Path, kill: Callable[[], None] | None = None) -> None:
        self._point = point
        self._orders = orders
        self._kill = kill or (lambda: os.kill(os.getpid(), signal.SIGKILL))
        self._passed = 0

    def passage(self) -> None:
        if self.next_is_the_last():
            self._kill()
        elif self._ordered():
            self._passed += 1

    def next_is_the_last(self) -> bool:
        return self._ordered() == self._passed + 1

    def _ordered(self) -> int:
        """At which passage; 0 at none."""
        try:
            point, passage = self._orders.read_text(encoding="ascii").split()
        except FileNotFoundError:
            return 0
        return int(passage) if point == self._point else 0


def install(point: Point, countdown: Countdown) -> None:
    """Wrap the point's method. Raises NoSuchMethod."""
    module, _, path = point.method.partition(":")
    class_name, _, name = path.partition(".")
    owner = getattr(importlib.import_module(module), class_name, None)
    method = getattr(owner, name, None)
    if owner is None or not inspect.iscoroutinefunction(method):
        raise NoSuchMethod(f"{point.name}: {point.method} is no coroutine method")
    setattr(owner, name, {"before": _before, "half": _half, "after": _after}[point.when](method, countdown))


def _before(method: Method, countdown: Countdown) -> Method:
    @functools.wraps(method)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        countdown.passage()
        return await method(*args, **kwargs)

    return wrapped


def _after(method: Method, countdown: Countdown) -> Method:
    @functools.wraps(method)
    async def wrapped(*args: Any, **kwargs: Any) -> Any:
        result = await method(*args, **kwargs)
        countdown.passage()
        return result

    return wrapped


def _half(method: Method, countdown: Countdown) -> Method:
    """Of a method that takes ``(…, items)``: only passages of two and more have a middle."""

    @functools.wraps(method)
    async def wrapped(*args: Any) -> Any:
        *others, items = args
        if isinstance(items, Sequence) and len(items) > 1:
            if countdown.next_is_the_last():
                await method(*others, items[: len(items) // 2])
            countdown.passage()
        return await method(*args)

    return wrapped


def main(words: Sequence[str]) -> None:
    orders, service, *rest = words
    for point in POINTS.values():
        if service in point.services:
            install(point, Countdown(point.name, Path(orders)))
    sys.argv = [service, *rest]
    runpy.run_module(service, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])
