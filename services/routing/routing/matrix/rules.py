# SPDX-License-Identifier: Apache-2.0
"""The rules by which this process decides: the version of the matrix in force is among them, and changes while it runs.

A batch is decided wholly by one version: rules change between batches only. A process that has not heard of a version
by which another one decided a case already reads it before it goes on with that case.
"""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from chassis.clock import Clock
from chassis.inputs import Input
from chassis.leases import every
from chassis.log import get_logger
from chassis.mongo import Unavailable
from chassis.subjects import Subject
from routing.domain.case import Case
from routing.domain.matrix.checks import matrix_faults
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.matrix import EscalationMatrix
from routing.domain.matrix.versions import VersionHead, in_force, to_take
from routing.domain.policy import ROUTING, Policy
from routing.matrix.store import MatrixVersion, VersionExists
from routing.organisation.policy_files import FirstMatrix

POLL_SECONDS = 2.0
DECIDING_ROLES = ("api", "consume", "timers")
NO_MATRIX = "no-matrix"
_log = get_logger(__name__)

Prepare = Callable[[Sequence[tuple[Input, Subject]]], Awaitable[None]]


class Versions(Protocol):
    """The store, as the rules need it."""

    async def after(self, number: int) -> list[MatrixVersion]: ...
    async def add(self, version: MatrixVersion) -> bool: ...


class Rules:
    """``rules()`` is the policy by which to decide now. ``store`` and ``clock`` are given once there are any."""

    store: Versions
    clock: Clock

    def __init__(self, policy: Policy, first: FirstMatrix, faults: Callable[[MatrixFile], Sequence[object]]) -> None:
        self._policy = policy
        self._first = first
        self._faults = faults
        self._heads: list[VersionHead] = []
        self._watched = False

    def __call__(self) -> Policy:
        return self._policy

    @property
    def loaded(self) -> bool:
        """Whether a version of the store is in force; nothing is decided before."""
        return bool(self._heads)

    @property
    def in_force(self) -> VersionHead:
        """Raises IndexError before anything was loaded."""
        return in_force(self._heads, self.clock.now())

    @property
    def to_take(self) -> int:
        """The number of the version that open cases have to take, 0 if there is none."""
        return to_take(self._heads, self.clock.now())

    async def prepare(self, inputs: Sequence[tuple[Input, Subject]]) -> None:
        """Before a batch: know every version by which its cases go. Raises Unavailable."""
        newest = max((_number(subject) for _, subject in inputs), default=0)
        if not self._heads or newest > self._known:
            await self.refresh()

    async def refresh(self) -> None:
        """Take up what is new in the store. Raises Unavailable, also while there is no version at all."""
        found = await self.store.after(self._known)
        if not found and not self._heads:
            await self._add_first()
            found = await self.store.after(0)
        new = [one for one in found if one.number > self._known]  # somebody else may have looked meanwhile
        self._heads += [one.head for one in new]
        of_this_house = self._policy.matrix.with_file
        self._put_in_force(
            {**self._policy.matrices, **{one.number: of_this_house(one.content, one.number) for one in new}}
        )

    async def watch(self) -> None:
        """Look for new versions for ever; in a process of several roles once."""
        if not self._watched:
            self._watched = True
            await every(POLL_SECONDS, self.refresh, name="matrix")

    @property
    def _known(self) -> int:
        return self._heads[-1].number if self._heads else 0

    def _put_in_force(self, matrices: dict[int, EscalationMatrix]) -> None:
        head = self.in_force
        matrix = matrices[head.number]
        if matrices.keys() == self._policy.matrices.keys() and matrix is self._policy.matrix:
            return
        if matrix is not self._policy.matrix:
            faults = len(self._faults(matrix.file))
            _log.info("matrix-in-force", version=head.version, number=head.number, by=head.by.id, faults=faults)
        self._policy = replace(self._policy, matrix=matrix, matrices=matrices)

    async def _add_first(self) -> None:
        """By the files, where the store has none; several processes may try at once."""
        if self._first.faulty is not None:
            for line in self._first.faulty.lines:
                _log.error(NO_MATRIX, fault=line, cure="python -m routing matrix import FILE, or name a MATRIX_FILE")
            raise Unavailable("matrix")
        now = self.clock.now()
        first = MatrixVersion(
            number=1,
            version=self._first.content.version,
            by=ROUTING,
            at=now,
            note=self._first.source,
            in_force_from=now,
            open_cases="keep",
            content=self._first.content,
            text=self._first.text,
        )
        with suppress(VersionExists):  # another process was as early
            await self.store.add(first)


def in_turn(*steps: Prepare) -> Prepare:
    """One after the other."""

    async def prepare(inputs: Sequence[tuple[Input, Subject]]) -> None:
        for step in steps:
            await step(inputs)

    return prepare


def faults_in(policy: Policy) -> Callable[[MatrixFile], Sequence[object]]:
    """What is wrong with a version over the people and areas of today."""
    return lambda file: matrix_faults(file, policy.classifier.file, policy.matrix.house)


def _number(subject: Subject) -> int:
    state = subject.state
    return state.matrix_number if isinstance(state, Case) else 0
