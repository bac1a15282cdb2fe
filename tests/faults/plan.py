# SPDX-License-Identifier: Apache-2.0
"""Which cells there are, and what a seed makes of each: who is hit, when, at which passage, under which cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from tests.faults.points import ALL, POINTS

SERVERS = ("broker", "database", "mail-server")
LINK_FAULTS = ("cut", "silence", "slow")
DISK_FULL = "disk-full"
FAULTS = ("kill", "stop", "restart", *LINK_FAULTS)
REBALANCE = "rebalance"
STOP_SECONDS = 15.0
LINK_SECONDS = 12.0
AWAY_SECONDS = 5.0

Kind = Literal["compliment", "claim", "petition"]
Door = Literal["web", "mail-door", "mailbox"]
IN_TEN: dict[Door, int] = {"web": 8, "mail-door": 1, "mailbox": 1}
"""By which doors ten cases come."""


@dataclass(frozen=True)
class Wish:
    """One case that somebody will file, `at` seconds after the load began; by mail it is a petition, unanswered."""

    name: str
    kind: Kind
    door: Door
    answered: bool
    at: float


@dataclass(frozen=True)
class Cell:
    """One fault at one target under load; everything in it follows from the seed and its name."""

    target: str
    fault: str
    seed: int
    load: int

    @property
    def name(self) -> str:
        return f"{self.target} {self.fault}"

    @property
    def slug(self) -> str:
        return f"{self.seed}-{self.target}-{self.fault}"

    @property
    def is_failpoint(self) -> bool:
        return self.fault in POINTS

    @property
    def alone(self) -> bool:
        """Whether only the instance that dies may run."""
        return self.is_failpoint and self.target in POINTS[self.fault].alone

    @property
    def needs_links(self) -> bool:
        return self.fault in LINK_FAULTS

    @property
    def needs_small_disk(self) -> bool:
        return self.fault == DISK_FULL

    @property
    def may_double_letters(self) -> bool:
        """Whether an acknowledgement, notice or assignment may go twice: where its sending and its noting can part."""
        return self.target in ("notifications", "mail-server", "database")

    def victim(self) -> Literal["a", "b"]:
        """Of two instances, the one that is hit where one is."""
        return self._draw("victim").choice(("a", "b"))

    def delay(self) -> float:
        """Seconds of load before the fault begins."""
        return round(self._draw("delay").uniform(0.5, 3.0), 2)

    def passage(self) -> int:
        """At a failpoint: the passage at which it dies."""
        return self._draw("passage").randint(1, POINTS[self.fault].most)

    def wishes(self) -> list[Wish]:
        """The cases, in the order of their times."""
        draw = self._draw("wishes")
        doors = [door for door, in_ten in IN_TEN.items() for _ in range(in_ten)]
        draw.shuffle(doors)
        return [self._wish(draw, n, doors[n % len(doors)]) for n in range(self.load)]

    def seconds(self) -> float:
        """How long cases come in: beyond the end of the fault."""
        lasts = {"stop": STOP_SECONDS} | dict.fromkeys(LINK_FAULTS, LINK_SECONDS)
        return self.delay() + lasts.get(self.fault, AWAY_SECONDS) + 2.0

    def _wish(self, draw: Random, n: int, door: Door) -> Wish:
        kind: Kind = draw.choice(("compliment", "claim", "petition", "petition"))
        if door != "web":
            kind = "petition"
        answered = draw.random() < 0.6 and kind != "compliment" and door == "web"
        at = self.seconds() * n / self.load
        return Wish(f"{self.target[:5]}-{self.fault}-{self.seed}-{n}", kind, door, answered, round(at, 2))

    def _draw(self, what: str) -> Random:
        return Random(f"{self.seed}/{self.name}/{what}")


def cells(seed: int, load: int) -> list[Cell]:
    """All of them, by target, so that a second instance is started once; the full disk has a house of its own."""
    found = [Cell(server, fault, seed, load) for server in SERVERS for fault in FAULTS]
    for service in ALL:
        points = [point.name for point in POINTS.values() if service in point.services]
        ordered = sorted(points, key=lambda name: service in POINTS[name].alone)
        found += [Cell(service, fault, seed, load) for fault in (*FAULTS, REBALANCE, *ordered)]
    return [*found, Cell("database", DISK_FULL, seed, load)]


def chosen(all_cells: Sequence[Cell], only: str) -> list[Cell]:
    """Part by part of `only` (parts apart by commas) those whose name has all its words; all if it is empty."""
    parts = [set(part.split()) for part in only.split(",") if part.strip()] or [set[str]()]
    found = [cell for part in parts for cell in all_cells if part <= set(cell.name.split())]
    return list(dict.fromkeys(found))
