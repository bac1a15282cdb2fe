# SPDX-License-Identifier: Apache-2.0
"""What intake keeps of a case to decide: who takes part, which submissions it holds, and how far it is for tracking."""

from typing import Literal

from pydantic import Field

from intake.domain.membership.checklist import Membership
from intake.domain.regulator.file import RegulatorFile
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant, LocalDate
from ventanilla_contracts.intake import Emergency, PersonField, RegulatorRequest, Tutela
from ventanilla_contracts.vocabulary import CaseStatus, Channel, LinkRelation, LinkStatus

StepCode = Literal[
    "filed",
    "message-appended",
    "acknowledged",
    "assigned",
    "deadline-set",
    "in-progress",
    "deadline-missed",
    "answer-approved",
    "answered",
    "answer-bounced",
    "reopened",
    "filed-with-regulator",
    "certificate-issued",
    "closed",
    "membership-incomplete",
    "documents-received",
    "membership-complete",
    "stopped",
    "stop-extended",
    "resumed",
    "extended",
    "recounted",
    "withdrawn",
    "not-withdrawn",
    "transferred",
    "partial-answer",
    "unclear",
    "rejected",
]


class Filed(Frozen):
    """One submission in the case, and how many outcomes were told of it (repetitions count on).

    ``first`` is which of them was the first to say so: of a submission that was held others came before. ``mailboxes``
    are ours through which it came.
    """

    outcome: Literal["created", "appended"]
    received_at: Instant
    told: int = 1
    first: int = 1
    mailboxes: tuple[str, ...] = ()

    @property
    def repeated(self) -> bool:
        """Whether the last outcome told was a repetition."""
        return self.told > self.first


class Step(Frozen):
    """One line of the timeline that the person sees; the words are in the catalogue under ``steps``."""

    code: StepCode
    at: Instant
    area: str | None = None
    due: LocalDate | None = None
    said: str | None = None
    """What the house wrote for the person: what is missing, or why it takes longer."""


class Asked(Frozen):
    """What the person is asked to complete, and until when; the term stands still meanwhile (ICX-04)."""

    text: str
    since: LocalDate
    until: LocalDate


class Progress(Frozen):
    """How far the case is, as the other services told (the tracking read model)."""

    status: CaseStatus = "filed"
    area_name: str | None = None
    due: LocalDate | None = None
    term_days: tuple[LocalDate, ...] = ()
    """The days that count, through the due date."""
    asked: Asked | None = None
    answered_at: Instant | None = None
    published_answer: str | None = None
    published_at: Instant | None = None
    steps: tuple[Step, ...] = ()


class AnswerToUpload(Frozen):
    """An approved answer that a person must upload to the regulator's platform (CNF-05)."""

    answer_id: str
    approved_at: Instant
    text: str
    files: tuple[FileRef, ...] = ()


class Uploaded(Frozen):
    """The upload: ``reference`` is the number that the platform gave to it."""

    answer_id: str
    reference: str
    filed_at: Instant


class Link(Frozen):
    """A link to another case, kept at the one that it was found at (domain/links.py); ``by``, ``at``: of its status."""

    id: str
    other_case_id: str
    other_case_number: str
    relation: LinkRelation
    status: LinkStatus
    at: Instant
    by: Actor
    score: int | None = None


class EmergencyMark(Frozen):
    """What was decided last of the case's being an emergency: None is that it is none (SQR-03)."""

    emergency: Emergency | None
    at: Instant
    by: Actor
    reason: str = ""


class PersonChange(Frozen):
    """Somebody of the house said, on the case, who speaks; ``values`` by the names of Person, and ``municipality``."""

    n: int
    at: Instant
    by: Actor
    reason: str
    fields: tuple[PersonField, ...]
    values: dict[str, str | None]


class Case(Frozen):
    """``participants`` are addresses in lower case; ``submissions`` by submission id.

    ``reports`` are mails that report on its letters: submission id to how often its outcome was told.
    """

    number: str
    tracking_code: str
    channel: Channel
    received_at: Instant
    registered_at: Instant
    anonymous: bool
    participants: tuple[str, ...] = ()
    regulator: RegulatorRequest | None = None
    submissions: dict[str, Filed]
    reports: dict[str, int] = Field(default_factory=dict)
    progress: Progress = Progress()
    to_upload: AnswerToUpload | None = None
    uploaded: Uploaded | None = None
    person_id: str | None = None
    """Where it is certain who speaks; of persons that were merged the one that the case named."""
    corrections: tuple[str, ...] = ()
    """Of the person's data, that this case has heard of."""
    corrected: dict[str, str | None] = Field(default_factory=dict)
    """Of the person's data what holds now in place of what was filed; by the names of Person, and ``municipality``."""
    person_changes: tuple[PersonChange, ...] = ()
    """Those that were made on the case itself."""
    links: tuple[Link, ...] = ()
    regulator_file: RegulatorFile | None = None
    """Where the house reports to the regulator's platform."""
    mark: EmergencyMark | None = None
    tutela: Tutela | None = None
    asks_due: Instant | None = None
    """Since when an agent is asked until when a regulator wants the answer, which could not be read (CNF-03)."""

    membership: Membership | None = None
    """Of a membership request: what is checked before admission, and how far that is (CSC-06)."""

    @property
    def emergency(self) -> Emergency | None:
        return self.mark.emergency if self.mark else None

    def link_with(self, other_case_id: str) -> Link | None:
        """The link of this case's own to the other."""
        return next((link for link in self.links if link.other_case_id == other_case_id), None)

    @property
    def closed_at(self) -> Instant | None:
        """When it was closed, if it is."""
        return self._when("closed")

    @property
    def ended_at(self) -> Instant | None:
        """When it was withdrawn or transferred, if it is."""
        return self._when("withdrawn") or self._when("transferred")

    def _when(self, code: Literal["closed", "withdrawn", "transferred"]) -> Instant | None:
        times = [step.at for step in self.progress.steps if step.code == code]
        return times[-1] if times and self.progress.status == code else None

    def takes_part(self, address: str | None) -> bool:
        """Whether mail from this address belongs to the correspondence of the case."""
        return bool(address) and (address or "").casefold() in self.participants
