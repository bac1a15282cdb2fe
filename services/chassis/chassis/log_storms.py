# SPDX-License-Identifier: Apache-2.0
"""Libraries that shout in an outage are let through once in a while, with a count of what was held back."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass

_STORMY = ("aiokafka", "kafka", "pymongo", "faststream")
_NUMBERS = re.compile(r"\d+")
_MANY = 1_000


@dataclass
class _Passed:
    at: float
    held_back: int = 0


class StormFilter(logging.Filter):
    """One line per logger and message in `seconds`, from loggers known for storms (aiokafka: 70-100 lines a second)."""

    def __init__(self, seconds: float = 5.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._monotonic = monotonic
        self._passed: dict[tuple[str, str], _Passed] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.partition(".")[0] not in _STORMY:
            return True
        message = (record.name, _NUMBERS.sub("#", str(record.msg)))
        now, last = self._monotonic(), self._passed.get(message)
        if last is not None and now - last.at < self._seconds:
            last.held_back += 1
            return False
        if last is not None and last.held_back:
            record.held_back = last.held_back
        self._remember(message, now)
        return True

    def _remember(self, message: tuple[str, str], now: float) -> None:
        if len(self._passed) >= _MANY:
            self._passed.clear()
        self._passed[message] = _Passed(now)
