# SPDX-License-Identifier: Apache-2.0
"""What people ask about an answer on its way to the person: drafts, review, approval; or that there will be none."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.vocabulary import Favour, RejectionReason


@dataclass(frozen=True, slots=True)
class SaveDraft:
    """Write the draft, or put other words in its place; ``revision`` is the one that was read (0: none was there)."""

    actor: Actor
    revision: int
    text: str
    files: tuple[FileRef, ...] = ()
    partial: bool = False
    delivery: Literal["handed-over"] | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Ask the legal team to look at this revision, return it with reasons, or pass it (CNF-09)."""

    actor: Actor
    act: Literal["ask", "return", "pass"]
    revision: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class ApproveDraft:
    """Send the draft as it is in this revision."""

    actor: Actor
    answer_id: str
    revision: int


@dataclass(frozen=True, slots=True)
class AskClarification:
    """Return what nobody understands, to be made clear; ``text`` says what is not understood (CPACA art. 19)."""

    actor: Actor
    text: str


@dataclass(frozen=True, slots=True)
class Reject:
    """End the case without an answer, for these reasons (CPACA art. 19)."""

    actor: Actor
    reason: RejectionReason
    text: str
    earlier: str | None = None


@dataclass(frozen=True, slots=True)
class KeepCopy:
    """Add the scan of what went on paper to its answer (None: the last one), whenever it comes (CNF-10)."""

    actor: Actor
    answer_id: str | None
    files: tuple[FileRef, ...]


@dataclass(frozen=True, slots=True)
class MarkOmbudsman:
    """Note that the ombudsman asked about the case, under their reference, on that local date (ICX-08).

    ``email``: where a letter with the answer goes, beside the one to the person.
    """

    actor: Actor
    reference: str
    received_on: date
    text: str
    email: str | None = None


@dataclass(frozen=True, slots=True)
class WidenOmbudsman:
    """Note that the ombudsman gives until that local date to answer what they asked under this reference (ICX-08).

    ``text``: their reasons.
    """

    actor: Actor
    reference: str
    due: date
    text: str


@dataclass(frozen=True, slots=True)
class NoteOmbudsmanDecision:
    """Note what the ombudsman decided on that local date about what they asked under this reference (ICX-08)."""

    actor: Actor
    reference: str
    decided_on: date
    favour: Favour
    text: str
    files: tuple[FileRef, ...] = ()


AnsweringCommand = SaveDraft | Review | ApproveDraft | AskClarification | Reject | KeepCopy
OmbudsmanCommand = MarkOmbudsman | WidenOmbudsman | NoteOmbudsmanDecision
