# SPDX-License-Identifier: Apache-2.0
"""The house on which cells run one after the other; after a failure its logs are kept and a new one begins."""

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from tests.faults.collecting import Collector
from tests.faults.crew import Crew, crew
from tests.faults.ground import ground
from ventanilla_local.ports import claimed_ports

PREFIX = "faults-"


class Houses:
    """One at a time, begun when it is needed. `keep`: where the logs of those that failed go."""

    def __init__(self, keep: Path) -> None:
        self._keep = keep
        self._stack = ExitStack()
        self._directory: Path | None = None
        self._small_disk = False
        self._up: tuple[Crew, Collector] | None = None

    def up(self, *, small_disk: bool = False) -> tuple[Crew, Collector]:
        """The one that is up or a new one; its database on a disk that can be filled, if asked.

        Raises DidNotStartError, NoWayError.
        """
        if small_disk != self._small_disk:
            self.end()
        if self._up is None:
            try:
                self._up, self._small_disk = self._begin(small_disk=small_disk), small_disk
            except BaseException:
                self.end(keep_as="did-not-start")
                raise
        return self._up

    def _begin(self, *, small_disk: bool) -> tuple[Crew, Collector]:
        directory = self._directory = Path(tempfile.mkdtemp(prefix="ventanilla-faults-"))
        ports = self._stack.enter_context(claimed_ports())
        servers = self._stack.enter_context(ground(directory / "servers", ports, small_disk=small_disk))
        services = self._stack.enter_context(crew(directory / "house", servers, ports, PREFIX))
        client: MongoClient[dict[str, Any]] = self._stack.enter_context(MongoClient(servers.mongodb, tz_aware=True))
        return services, Collector(services, client)

    @property
    def is_up(self) -> bool:
        return self._up is not None

    def end(self, keep_as: str = "") -> None:
        """Stop it; its logs stay where somebody will look for a cause."""
        directory, self._up, self._directory = self._directory, None, None
        self._stack.close()
        if directory is not None and keep_as:
            for log in [*directory.glob("house/*.log"), *directory.glob("servers/**/*.log")]:
                kept = self._keep / keep_as / log.name
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(log, kept)
        if directory is not None:
            shutil.rmtree(directory, ignore_errors=True)
