# SPDX-License-Identifier: Apache-2.0
"""What a letter is before it is one."""

from collections.abc import Mapping
from dataclasses import dataclass

from notifications.domain.letters import Recipient, Thread
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.vocabulary import LetterKind


@dataclass(frozen=True)
class Draft:
    """A letter before it has its number."""

    kind: LetterKind
    to: tuple[Recipient, ...]
    values: Mapping[str, object]
    files: tuple[FileRef, ...] = ()
    thread: Thread | None = None
    answer_id: str | None = None
    needs_certificate: bool = False
