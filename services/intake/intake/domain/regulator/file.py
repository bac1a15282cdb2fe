# SPDX-License-Identifier: Apache-2.0
"""What the house owes to the regulator's platform about one case, kept with the case: the outbox of its gateway."""

from typing import Annotated, Literal

from pydantic import Field

from ventanilla_contracts.envelope import FileRef, Frozen, Instant
from ventanilla_contracts.vocabulary import Favour, Kind

Operation = Literal["create", "update"]
Scope = Literal["all", "supervised"]
"""Which cases of its own the house reports: all, or complaints and claims about what the regulator supervises."""

FraudKind = Literal["internal", "external"]
"""By whom: from within the house, or from outside."""

MOST_PESOS = 10**13
Pesos = Annotated[int, Field(ge=0, le=MOST_PESOS, description="Pesos, without cents")]


class Fraud(Frozen):
    """A person of the house found that it was one (CE 019 de 2024). ``modality`` is a code of the platform's catalogue,
    ``inquiry`` the file that tells what was found out."""

    kind: FraudKind
    modality: Annotated[int, Field(ge=1, le=9999)]
    claimed: Pesos
    recognised: Pesos
    inquiry: FileRef


Phase = Literal["open", "in-progress", "answered"]
DispatchState = Literal["pending", "sent", "refused", "undecided", "left-out", "by-hand"]
"""``undecided``: the closing waits until somebody says in whose favour; ``left-out``: the regulator does not supervise
what it is about; ``by-hand``: a person uploaded it to the platform."""

Code = str | int | bool | None
"""A value as the platform writes it."""


class Says(Frozen):
    """What one version of an operation tells; another version is owed when this is another."""

    phase: Phase = "open"
    area: str | None = None
    category: str | None = None
    answer_id: str | None = None
    favour: Favour | None = None
    fraud: Fraud | None = None
    extended: bool = False


class Dispatch(Frozen):
    """One operation that is owed: only its latest version is sent. ``why``: the words of the regulator, or ours."""

    version: int
    says: Says
    state: DispatchState
    at: Instant
    why: tuple[str, ...] = ()


class GivenAnswer(Frozen):
    """The last answer that was approved, whichever way it goes."""

    answer_id: str
    approved_at: Instant
    text: str
    files: tuple[FileRef, ...] = ()


class RegulatorFile(Frozen):
    """``code`` is the platform's name for the case; ``said`` what the platform told of it, if it came from there.

    ``extended``: the person was told that the answer takes longer (CPACA art. 14). ``pending_since`` and
    ``attention_since`` are what is looked for: something to send, something for a person to do.
    """

    scope: Scope
    code: str | None = None
    said: dict[str, Code] = Field(default_factory=dict)
    area: str | None = None
    category: str | None = None
    kind: Kind | None = None
    answer: GivenAnswer | None = None
    answered_at: Instant | None = None
    favour: Favour | None = None
    fraud: Fraud | None = None
    extended: bool = False
    create: Dispatch | None = None
    update: Dispatch | None = None
    pending_since: Instant | None = None
    attention_since: Instant | None = None

    @property
    def from_platform(self) -> bool:
        """Whether the complaint came from the platform, which therefore has it already."""
        return bool(self.said)

    def dispatch(self, operation: Operation) -> Dispatch | None:
        return self.create if operation == "create" else self.update
