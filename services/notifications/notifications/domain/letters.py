# SPDX-License-Identifier: Apache-2.0
"""A letter: one message that leaves the house, with everything that writing and sending it needs."""

from collections.abc import Mapping
from typing import Literal
from uuid import uuid5

from ventanilla_contracts.envelope import NAMESPACE, Actor, FileRef, Frozen, Instant, StaffRef
from ventanilla_contracts.vocabulary import LetterKind

LetterState = Literal["preparing", "pending", "sending", "sent", "failed", "bounced", "unknown", "expired", "pointless"]
"""preparing: its certificate is not made yet; pending: to be sent; sending: a sender has it in hand; expired: its cause
was too old; pointless: the case went on before it was sent; bounced: a mail server further on gave it back. failed,
bounced, unknown and expired wait for a person."""

OPEN: frozenset[LetterState] = frozenset({"preparing", "pending", "sending"})
FOR_A_PERSON: frozenset[LetterState] = frozenset({"unknown", "failed", "bounced", "expired"})

SENT_ONCE: frozenset[LetterKind] = frozenset({"answer", "partial-answer", "ombudsman-answer", "filing-certificate"})
"""Letters that never go twice by themselves, nor are dropped for their age: in doubt a person looks (hazard 18)."""

FIRST, SECOND, LAST = (0, 1, 2)
"""Places in the queue of what waits: about emergencies (SQR-03), about tutelas (ICX-15), all else."""

ABOUT_THE_CLOCK: frozenset[LetterKind] = frozenset(
    {
        "completion-request",
        "completion-extended",
        "clock-resumed",
        "deadline-extended",
        "withdrawal",
        "transfer-notice",
    }
)
"""What the person is told of the term (ICX-03, ICX-04), and of the end of a case without an answer."""
TO_THE_PERSON: frozenset[LetterKind] = ABOUT_THE_CLOCK | {
    "acknowledgement",
    "membership-incomplete",
    "answer",
    "partial-answer",
    "clarification-request",
    "rejection",
}
"""Letters to whom the case is about; all others stay in the house."""

WRITTEN_BY_SOMEBODY: frozenset[LetterKind] = frozenset({"answer", "partial-answer", "ombudsman-answer"})
"""A member of the house wrote what they say: no machine is told that they were sent by one (RFC 3834)."""

SERVICE = Actor(id="notifications", role="service")


class Recipient(Frozen):
    address: str
    name: str | None = None


class Thread(Frozen):
    """The conversation that a letter belongs to; ``subject`` is the person's own, None if it was not a mail."""

    in_reply_to: str
    references: tuple[str, ...]
    subject: str | None = None


class Letter(Frozen):
    """As stored in the collection ``letters``.

    ``values`` fill the template of its kind (days as ISO 8601 text). ``reached`` are the addresses that have it
    already. ``place``: in the queue, before its age counts. ``not_before`` and ``claimed_at`` are real time, all else
    is the house's.
    """

    id: str
    case_id: str
    case_number: str
    kind: LetterKind
    message_id: str
    to: tuple[Recipient, ...]
    values: Mapping[str, object]
    files: tuple[FileRef, ...] = ()
    thread: Thread | None = None
    answer_id: str | None = None
    caused_by: str
    caused_at: Instant
    written_at: Instant
    place: int = LAST

    state: LetterState
    actor: Actor = SERVICE
    attempt: int = 0
    reached: tuple[str, ...] = ()
    reason: str | None = None
    settled_at: Instant | None = None
    not_before: Instant | None = None
    process: str | None = None
    claimed_at: Instant | None = None

    @property
    def outstanding(self) -> tuple[Recipient, ...]:
        """Who does not have it yet."""
        return tuple(one for one in self.to if one.address not in self.reached)


def letter_id(case_id: str, kind: LetterKind, n: int) -> str:
    """The id of a case's n-th letter of a kind: the same whenever it is written again."""
    return str(uuid5(NAMESPACE, f"letter/{case_id}/{kind}/{n}"))


def to_staff(members: tuple[StaffRef, ...]) -> tuple[Recipient, ...]:
    """Each address once, in order."""
    by_address = {member.email: Recipient(address=member.email, name=member.name) for member in reversed(members)}
    return tuple(by_address[address] for address in dict.fromkeys(member.email for member in members))
