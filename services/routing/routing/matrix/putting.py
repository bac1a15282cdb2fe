# SPDX-License-Identifier: Apache-2.0
"""Puts a version of the matrix in force: checked, under a name of its own, with who, when and why (ICX-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import yaml

from chassis.clock import Clock
from chassis.log import get_logger
from chassis.yaml_file import YamlFile
from routing.domain.classifying.file import ClassificationFile
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.house import House
from routing.domain.matrix.versions import OpenCases, VersionHead, in_force
from routing.matrix.store import MatrixStore, MatrixVersion, VersionExists, content_of
from routing.organisation.policy_files import checked_matrix
from ventanilla_contracts.envelope import Actor

LONGEST_TEXT = 500_000
"""Characters; the sample has 4 000."""

_log = get_logger(__name__)


@dataclass(frozen=True)
class Order:
    """How a version is put in force; ``replaces``: only if that is the one in force, ``from_`` None: at once."""

    by: Actor
    note: str
    open_cases: OpenCases = "keep"
    from_: datetime | None = None
    replaces: str | None = None


@dataclass(frozen=True)
class NotReplaced:
    """Another version is in force than the one that was to be replaced."""

    in_force: VersionHead


@dataclass(frozen=True)
class Putting:
    """Wired once; ``classification`` and ``house`` say what areas and people there are."""

    store: MatrixStore
    classification: ClassificationFile
    house: House
    clock: Clock

    def checked(self, text: str, name: str = "matrix") -> MatrixFile:
        """A matrix as YAML or JSON. Raises FaultyFile with every fault, its line and its cure."""
        return checked_matrix(YamlFile.sent(text, name), self.classification, self.house)

    async def put(self, matrix: MatrixFile, text: str, order: Order) -> VersionHead | NotReplaced:
        """The version as it stands now; one that was put in already, word for word, is answered as it stands.

        Raises VersionExists for a name that says something else, and Unavailable.
        """
        while True:
            heads = await self.store.heads()
            if (there := await self._there(matrix, heads)) is not None:
                return there
            if order.replaces is not None and (other := self._other(heads, order.replaces)) is not None:
                return NotReplaced(other)
            version = self._version(matrix, text, order, number=heads[0].number + 1 if heads else 1)
            if await self.store.add(version):
                _log.info("matrix-put-in", version=version.version, number=version.number, by=order.by.id)
                return version.head

    async def _there(self, matrix: MatrixFile, heads: Sequence[VersionHead]) -> VersionHead | None:
        if matrix.version not in [head.version for head in heads]:
            return None
        found = await self.store.by_version(matrix.version)
        if found is None or found.content != matrix:
            raise VersionExists(matrix.version)
        return found.head

    def _other(self, heads: Sequence[VersionHead], replaces: str) -> VersionHead | None:
        """The version in force, if it is another one than was thought."""
        now = in_force(heads[::-1], self.clock.now()) if heads else None
        return now if now is not None and now.version != replaces else None

    def _version(self, matrix: MatrixFile, text: str, order: Order, number: int) -> MatrixVersion:
        now = self.clock.now()
        return MatrixVersion(
            number=number,
            version=matrix.version,
            by=order.by,
            at=now,
            note=order.note,
            in_force_from=max(now, order.from_ or now),
            open_cases=order.open_cases,
            content=matrix,
            text=text,
        )


def as_yaml(matrix: MatrixFile) -> str:
    """A matrix that came without a text of its own, to be edited and put in again."""
    return yaml.safe_dump(content_of(matrix), sort_keys=False, allow_unicode=True, width=120)
