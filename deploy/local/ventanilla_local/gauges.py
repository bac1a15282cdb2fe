# SPDX-License-Identifier: Apache-2.0
"""What each service says of itself at `/metrics`: applied, behind, unpublished, alarms."""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx

from .doors import DoorError

LOOK_SECONDS = 1.5
_SAMPLE = re.compile(r"^(?P<name>[a-z_]+)(?:\{[^}]*\})? (?P<value>[0-9.e+-]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Gauge:
    """One service at one moment; `behind` counts records that it has not read yet."""

    applied: int = 0
    behind: int = 0
    unpublished: int = 0
    alarms: int = 0

    @classmethod
    def read(cls, text: str) -> "Gauge":
        """From the text that Prometheus reads."""
        sums: dict[str, float] = {}
        for sample in _SAMPLE.finditer(text):
            sums[sample["name"]] = sums.get(sample["name"], 0.0) + float(sample["value"])
        return cls(
            applied=int(sums.get("ventanilla_inputs_total", 0)),
            behind=int(sums.get("ventanilla_lag", 0)),
            unpublished=int(sums.get("ventanilla_outbox_pending", 0)),
            alarms=int(sums.get("ventanilla_alarms_total", 0)),
        )


@dataclass
class Gauges:
    """The last look at each service; None while it does not answer."""

    urls: Mapping[str, str]
    indicators: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    last: dict[str, Gauge | None] = field(default_factory=dict)
    counted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def busy(self) -> bool:
        """Whether some service has something to read or to publish, or does not answer."""
        return any(gauge is None or gauge.behind or gauge.unpublished for gauge in self.last.values())

    def look(self, client: httpx.Client) -> None:
        for service, url in self.urls.items():
            try:
                answer = client.get(f"{url}/metrics", timeout=2)
                self.last[service] = Gauge.read(answer.text) if answer.is_success else None
            except httpx.HTTPError:
                self.last[service] = None
        with suppress(DoorError):
            self.counted = self.indicators()


@contextmanager
def looking(gauges: Gauges) -> Iterator[None]:
    """Look again and again, in a thread of its own, while the block runs."""
    ended = threading.Event()

    def look() -> None:
        with httpx.Client() as client:
            while not ended.is_set():
                gauges.look(client)
                ended.wait(LOOK_SECONDS)

    thread = threading.Thread(target=look, name="gauges", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=3)
