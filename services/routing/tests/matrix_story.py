# SPDX-License-Identifier: Apache-2.0
"""Versions of the matrix kept in memory, and the sample matrix with changes."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime

from routing_story import local, policy, staff

from chassis.clock import TestClock
from chassis.yaml_file import YamlFile
from routing.domain.case import Case
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.foreseen import PastCase
from routing.domain.matrix.versions import VersionHead
from routing.matrix.putting import Putting
from routing.matrix.rules import Rules, faults_in
from routing.matrix.simulating import Simulating
from routing.matrix.store import MatrixVersion, VersionExists
from routing.organisation.policy_files import DATA, FirstMatrix, checked_matrix, house_of, read_classification
from ventanilla_contracts.envelope import Actor

SAMPLE = (DATA / "matrix.yaml").read_text("utf-8")
MANAGER = Actor(id="rosario-henao", role="manager")


def changed(*replacements: tuple[str, str], version: str = "2026-2") -> str:
    """The sample with these parts replaced, under a new name."""
    text = SAMPLE.replace('version: "2026-1"', f'version: "{version}"')
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def matrix_of(text: str) -> MatrixFile:
    """Raises FaultyFile."""
    return checked_matrix(YamlFile.sent(text, "matrix"), read_classification(), house_of(staff()))


def first(text: str = SAMPLE) -> FirstMatrix:
    return FirstMatrix(matrix_of(text), text, "sample", None)


class VersionsInMemory:
    """As MatrixStore keeps them."""

    def __init__(self) -> None:
        self.rows: list[MatrixVersion] = []

    async def after(self, number: int) -> list[MatrixVersion]:
        return [row for row in self.rows if row.number > number]

    async def heads(self) -> list[VersionHead]:
        return [row.head for row in self.rows[::-1]]

    async def by_version(self, version: str) -> MatrixVersion | None:
        return next((row for row in self.rows if row.version == version), None)

    async def add(self, version: MatrixVersion) -> bool:
        if await self.by_version(version.version) is not None:
            raise VersionExists(version.version)
        if version.number != len(self.rows) + 1:
            return False
        self.rows.append(version)
        return True


class PastInMemory(Simulating):
    """Simulates over cases that are kept in memory, as the store would give them."""

    def __init__(self, cases: Mapping[str, Case], rules: Rules, clock: TestClock) -> None:
        super().__init__(NoDatabase(), rules, clock)  # type: ignore[arg-type]
        self._stored = cases

    async def past(self, since: datetime, until: datetime) -> AsyncIterator[PastCase]:
        for case in self._stored.values():
            if since <= case.received_at < until:
                yield past_case(case)


class NoDatabase:
    """Has collections that nobody reads."""

    def collection(self, name: str) -> str:
        return name


def past_case(case: Case) -> PastCase:
    return PastCase.model_validate(case.model_dump(include=set(PastCase.model_fields)))


def rules_over(store: VersionsInMemory, clock: TestClock) -> Rules:
    """A process that has heard of nothing yet."""
    rules = Rules(policy(), first(), faults_in(policy()))
    rules.store, rules.clock = store, clock
    return rules


def putting_into(store: VersionsInMemory, clock: TestClock) -> Putting:
    return Putting(store, read_classification(), house_of(staff()), clock)  # type: ignore[arg-type]


def version(number: int, at: str, open_cases: str = "keep", text: str = SAMPLE) -> MatrixVersion:
    """A version that is in force from then on."""
    moment: datetime = local(at)
    fields = {"number": number, "version": f"v{number}", "by": MANAGER, "at": moment, "note": "porque sí"}
    return MatrixVersion.model_validate(
        {**fields, "in_force_from": moment, "open_cases": open_cases, "content": matrix_of(text), "text": text}
    )
