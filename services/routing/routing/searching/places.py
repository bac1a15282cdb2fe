# SPDX-License-Identifier: Apache-2.0
"""Where an index lies: in memory, or in a directory of the process's own among those under SEARCH_INDEX.

A directory is whole where its note says so. Whatever else is found in it, such as what a process left that was killed
while it built, is thrown away.
"""

import fcntl
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from chassis.ids import new_id
from routing.searching.index import VERSION, CaseIndex

NOTE, HELD = "built.json", ".held"
MOST_PROCESSES = 64
PRIVATE = 0o700


class NoPlace(OSError):
    """SEARCH_INDEX cannot be written, or every place in it is taken."""


@dataclass(frozen=True)
class Built:
    """A whole index: until where it has followed the store (a change stream's token), and which rebuild it is of."""

    index: CaseIndex
    token: Mapping[str, Any]
    asked: int


class InMemory:
    """Gone with the process."""

    def begin(self) -> CaseIndex:
        return CaseIndex()

    def whole(self, built: Built) -> None: ...

    def found(self) -> Built | None:
        return None

    def close(self) -> None: ...


class OnDisk:
    """One of the numbered places under a directory: the first that no living process holds. Raises NoPlace."""

    def __init__(self, directory: Path) -> None:
        self._place, self._held = _taken(directory)
        self._folder = ""

    def begin(self) -> CaseIndex:
        """An empty index beside the one in use."""
        self._folder = f"cases-{new_id()}"
        folder = self._place / self._folder
        folder.mkdir(PRIVATE)
        return CaseIndex(folder)

    def whole(self, built: Built) -> None:
        """Note that it has followed the store until there; other folders of this place are thrown away."""
        note = {"version": VERSION, "folder": self._folder, "token": built.token, "asked": built.asked}
        fresh = self._place / f"{NOTE}.new"
        fresh.write_text(json.dumps(note), "utf-8")
        fresh.replace(self._place / NOTE)
        for other in self._place.iterdir():
            if other.is_dir() and other.name != self._folder:
                shutil.rmtree(other, ignore_errors=True)

    def found(self) -> Built | None:
        """What a former process left whole; None where it must be built anew."""
        try:
            note = json.loads((self._place / NOTE).read_text("utf-8"))
            if note["version"] != VERSION or not (self._place / note["folder"] / "meta.json").is_file():
                return None
            built = Built(CaseIndex(self._place / note["folder"]), note["token"], note["asked"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self._folder = note["folder"]
        return built

    def close(self) -> None:
        self._held.close()


Place = InMemory | OnDisk


def place_under(directory: Path | None) -> Place:
    """Raises NoPlace."""
    return OnDisk(directory) if directory else InMemory()


def _taken(directory: Path) -> tuple[Path, IO[str]]:
    """The kernel gives a lock back when its process dies, however it dies."""
    try:
        for n in range(MOST_PROCESSES):
            place = directory / str(n)
            place.mkdir(PRIVATE, parents=True, exist_ok=True)
            held = (place / HELD).open("w")
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                held.close()
                continue
            return place, held
    except OSError as error:
        raise NoPlace(error.errno, f"SEARCH_INDEX {directory}: {error.strerror}") from error
    raise NoPlace(f"SEARCH_INDEX {directory}: all {MOST_PROCESSES} places are taken")
