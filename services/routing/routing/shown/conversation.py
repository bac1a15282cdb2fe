# SPDX-License-Identifier: Apache-2.0
"""What the person and the house said to each other, in its order."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from routing.domain.answering.records import Outcome
from routing.shown.case import CaseView
from ventanilla_contracts.envelope import FileRef

What = Literal["filed", "wrote", "answer", "asked-to-complete", "extension", "transfer", "withdrawal"]


@dataclass(frozen=True)
class Turn:
    """``way``: the channel of what the person said, or how an answer goes; ``outcome`` is of an answer."""

    at: datetime
    what: What
    text: str
    files: Sequence[FileRef] = ()
    subject: str = ""
    way: str = ""
    outcome: Outcome | None = None

    @property
    def by_person(self) -> bool:
        return self.what in ("filed", "wrote")


def turns_of(case: CaseView) -> list[Turn]:
    """The filing first; of two of the same time what the person said."""
    turns = [*_person(case), *_answers(case), *_letters(case)]
    return sorted(turns, key=lambda turn: (turn.what != "filed", turn.at, not turn.by_person))


def _person(case: CaseView) -> Iterator[Turn]:
    later = {file.sha256 for message in case.messages for file in message.files}
    first = [file for file in (case.full_text, *case.files) if file is not None and file.sha256 not in later]
    yield Turn(case.received_at, "filed", case.text, first, case.subject, case.channel)
    for one in case.messages:
        yield Turn(one.at, "wrote", one.text, one.files, way=one.channel)


def _answers(case: CaseView) -> Iterator[Turn]:
    for one in case.answers:
        yield Turn(one.approved_at, "answer", one.text, one.files, way=one.delivery, outcome=one.outcome)


def _letters(case: CaseView) -> Iterator[Turn]:
    for one in case.stops:
        yield Turn(one.asked_at, "asked-to-complete", one.text)
    if case.extension is not None:
        yield Turn(case.extension.at, "extension", case.extension.text)
    if case.transferred is not None:
        yield Turn(case.transferred.at, "transfer", case.transferred.text)
    if case.withdrawn is not None and case.withdrawn.text:
        yield Turn(case.withdrawn.at, "withdrawal", case.withdrawn.text)
