# SPDX-License-Identifier: Apache-2.0
"""What a case remembers of the ombudsman of the financial consumer: what they asked, until when, what came of it."""

from routing.domain.answering.records import Outcome
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, LocalDate
from ventanilla_contracts.routing import TraceDay
from ventanilla_contracts.vocabulary import Favour


class Widening(Frozen):
    """The ombudsman gave more time, for these reasons: as the event ombudsman-term-widened said it."""

    due_before: LocalDate
    due: LocalDate
    text: str
    by: Actor
    at: Instant


class OmbudsmanDecision(Frozen):
    """What the ombudsman decided: as the event ombudsman-decided said it."""

    decided_on: LocalDate
    favour: Favour
    text: str
    files: tuple[FileRef, ...] = ()
    by: Actor
    noted_at: Instant


class OmbudsmanRequest(Frozen):
    """The ombudsman of the financial consumer asked about the case (ICX-08): as the event ombudsman-asked said it.

    ``trace`` says how its days were counted, those that the ombudsman gave beyond the term included; ``due`` is the
    last day with them. ``reopened_by`` is its receipt where the case was over: its term is then the only one that runs.
    ``answer_id`` is the answer that reached the person while it was waiting, ``in_time`` whether it did so by
    ``due_at``; None until then. ``reminded``, ``overdue``: it was told of ``due``, or is by what is told of the case.
    ``email``: where a letter with it goes, ``letter`` what became of that one;
    ``letter_trouble`` says in words of the mail service why it did not arrive.
    """

    reference: str
    received_on: LocalDate
    text: str
    due: LocalDate
    due_at: Instant
    rule: str
    source: str
    calendar_version: str
    terms_version: str
    trace: tuple[TraceDay, ...]
    by: Actor
    noted_at: Instant
    email: str | None = None
    reopened_by: Instant | None = None
    widened: tuple[Widening, ...] = ()
    reminded: bool = False
    overdue: bool = False
    answer_id: str | None = None
    answered_at: Instant | None = None
    in_time: bool | None = None
    letter: Outcome | None = None
    letter_trouble: str | None = None
    decision: OmbudsmanDecision | None = None

    def is_called(self, reference: str) -> bool:
        """Whether this is the ombudsman's own reference of it; nobody types its capitals alike."""
        return self.reference.casefold() == reference.casefold()


def replaced(
    asked: tuple[OmbudsmanRequest, ...], before: OmbudsmanRequest, after: OmbudsmanRequest
) -> tuple[OmbudsmanRequest, ...]:
    """All that they asked, with one request as it is now."""
    return tuple(after if one is before else one for one in asked)
