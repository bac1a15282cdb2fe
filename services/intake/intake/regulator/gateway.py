# SPDX-License-Identifier: Apache-2.0
"""The port to a regulator's platform of complaints."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from intake.domain.regulator.file import Code


class RegulatorAway(Exception):
    """The platform cannot be talked to now, for no fault of what was sent: nothing is lost, it is asked again.

    ``seconds``: not before; None leaves it to whoever asks. Its text holds nothing secret or personal.
    """

    def __init__(self, why: str, seconds: float | None = None) -> None:
        super().__init__(why)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Taken:
    """It is there now, or was there already."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The platform will not have it, whenever it is asked: a person must mend it. ``words`` are the platform's."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """The platform has no such complaint."""


Answer = Taken | Refusal | Unknown


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file of a complaint; ``url`` leads to it without our keys."""

    url: str
    name: str
    type: str


class RegulatorGateway(Protocol):
    """Everything raises RegulatorAway."""

    def pull(self) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Page by page the complaints that were not acknowledged, as the platform writes them."""
        ...

    async def fetch_files(self, code: str) -> Sequence[RemoteFile]:
        """Which files a complaint has."""
        ...

    def download(self, file: RemoteFile) -> AsyncIterator[bytes]:
        """The content of one, in pieces. Also raises FileRefused: not from there, or too large."""
        ...

    def pull_persons(self) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Page by page what it says of persons that was not acknowledged (moment 4); nothing where it has no such."""
        ...

    async def ack_persons(self, numbers: Sequence[str]) -> Sequence[str]:
        """Say that what it told of those with these documents was noted; those that the platform does not take."""
        ...

    async def ack(self, codes: Sequence[str]) -> Sequence[str]:
        """Say that these were stored with their files; those that the platform does not take."""
        ...

    async def create(self, complaint: Mapping[str, Code]) -> Answer:
        """Hand over a complaint of ours (moment 2)."""
        ...

    async def update(self, progress: Mapping[str, Code]) -> Answer:
        """Say how far a complaint is, or close it (moment 3)."""
        ...

    async def attach(self, code: str, name: str, content: bytes) -> Answer:
        """Add a file to a complaint."""
        ...


class FileRefused(Exception):
    """A file that is not fetched, whatever the platform says of it."""
