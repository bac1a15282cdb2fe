# SPDX-License-Identifier: Apache-2.0
"""The daily opening of a suggestion box: as many cases as forms were counted, or a reason for each that is none.

CNF-01 (opened once a day, counted, scanned, transcribed, the scan kept with the case) and SQR-04 (what was handled was
registered). A form becomes a case through the door of its own; the opening knows what was counted, which scans there
are, and what cannot be transcribed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from chassis.decision import Decision, Refused
from intake.domain.receipt import CLOCKS_DIFFER
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant

MOST_FORMS = 500
"""That a box holds on one day; more is a slip of the pen."""
MOST_SCANS = 200


class Void(Frozen):
    """A form that becomes no case: empty, unreadable, a child's drawing; its scan stays."""

    reason: str
    at: Instant
    actor: Actor


class Recount(Frozen):
    """What was counted before, and why it was wrong."""

    counted: int
    reason: str
    at: Instant
    actor: Actor


class BoxOpening(Frozen):
    """``counted`` forms, numbered from 1; ``void`` by number as text. ``closed_at``: nothing is missing any more."""

    box: str
    place: str
    officer: Actor
    opened_at: Instant
    registered_at: Instant
    counted: int
    scans: tuple[FileRef, ...] = ()
    void: Mapping[str, Void] = Field(default_factory=dict)
    recounts: tuple[Recount, ...] = ()
    closed_at: Instant | None = None

    def missing(self, transcribed: Collection[int]) -> tuple[int, ...]:
        """Numbers of forms that are neither a case nor void."""
        return tuple(n for n in range(1, self.counted + 1) if n not in transcribed and str(n) not in self.void)

    def uncounted(self, transcribed: Collection[int]) -> tuple[int, ...]:
        """Forms that are a case and not in the count: somebody counted again while another transcribed."""
        return tuple(sorted(n for n in transcribed if n > self.counted))


@dataclass(frozen=True, slots=True)
class OpenBox:
    actor: Actor
    box: str
    place: str
    opened_at: datetime
    counted: int
    scans: tuple[FileRef, ...] = ()


@dataclass(frozen=True, slots=True)
class KeepScans:
    actor: Actor
    scans: tuple[FileRef, ...]


@dataclass(frozen=True, slots=True)
class VoidForm:
    actor: Actor
    n: int
    reason: str
    transcribed: frozenset[int]


@dataclass(frozen=True, slots=True)
class RecountForms:
    actor: Actor
    counted: int
    reason: str
    transcribed: frozenset[int]


@dataclass(frozen=True, slots=True)
class CloseOpening:
    """``transcribed``: the forms that are cases now; none of them ever ceases to be one."""

    actor: Actor
    transcribed: frozenset[int]


def decide_opening(opening: BoxOpening | None, message: object, now: datetime) -> Decision[BoxOpening] | Refused:
    if isinstance(message, OpenBox):
        return _open(opening, message, now)
    if opening is None:
        return Refused("opening-unknown", kind="not-found")
    match message:
        case KeepScans():
            return _keep_scans(opening, message)
        case VoidForm():
            return _void(opening, message, now)
        case RecountForms():
            return _recount(opening, message, now)
        case CloseOpening():
            return _close(opening, message, now)
    raise TypeError(type(message).__name__)


def form_refusal(opening: BoxOpening, n: int) -> Refused | None:
    """Why form ``n`` cannot be transcribed; one that was void may be read after all."""
    if opening.closed_at is not None:
        return Refused("opening-closed", values={"box": opening.box})
    if not 1 <= n <= opening.counted:
        return Refused("form-not-counted", kind="invalid", field="$.n", values={"counted": opening.counted})
    return None


def _open(opening: BoxOpening | None, command: OpenBox, now: datetime) -> Decision[BoxOpening] | Refused:
    """The same opening again (its id follows from the form that was sent) changes nothing."""
    if opening is not None:
        return Decision(opening)
    if not command.box.strip():
        return Refused("box-missing", kind="invalid", field="$.box")
    if not command.place.strip():
        return Refused("place-missing", kind="invalid", field="$.place")
    if command.opened_at > now + CLOCKS_DIFFER:
        return Refused("opened-in-future", kind="invalid", field="$.opened_at")
    if refused := _count_refusal(command.counted) or _scans_refusal(len(command.scans)):
        return refused
    opened = BoxOpening(
        box=command.box.strip(),
        place=command.place.strip(),
        officer=command.actor,
        opened_at=min(command.opened_at, now),
        registered_at=now,
        counted=command.counted,
        scans=command.scans,
        closed_at=now if command.counted == 0 else None,
    )
    return Decision(opened)


def _keep_scans(opening: BoxOpening, command: KeepScans) -> Decision[BoxOpening] | Refused:
    """Also once it is closed: paper that turns up later is kept. The same scan again is the same."""
    kept = {scan.sha256: scan for scan in (*opening.scans, *command.scans)}
    if refused := _scans_refusal(len(kept)):
        return refused
    return Decision(opening.model_copy(update={"scans": tuple(kept.values())}))


def _void(opening: BoxOpening, command: VoidForm, now: datetime) -> Decision[BoxOpening] | Refused:
    if opening.void.get(str(command.n)) is not None:
        return Decision(opening)
    if not command.reason.strip():
        return Refused("void-reason-missing", kind="invalid", field="$.reason")
    if command.n in command.transcribed:
        return Refused("form-is-a-case", values={"n": command.n})
    if refused := form_refusal(opening, command.n):
        return refused
    void = Void(reason=command.reason.strip(), at=now, actor=command.actor)
    return Decision(opening.model_copy(update={"void": {**opening.void, str(command.n): void}}))


def _recount(opening: BoxOpening, command: RecountForms, now: datetime) -> Decision[BoxOpening] | Refused:
    """Counted again: nothing that is a case or void falls out of the count. An opening that was closed opens again."""
    if command.counted == opening.counted:
        return Decision(opening)
    if not command.reason.strip():
        return Refused("recount-reason-missing", kind="invalid", field="$.reason")
    if refused := _count_refusal(command.counted):
        return refused
    highest = max((*command.transcribed, *map(int, opening.void)), default=0)
    if command.counted < highest:
        return Refused("count-below-forms", kind="invalid", field="$.counted", values={"highest": highest})
    before = Recount(counted=opening.counted, reason=command.reason.strip(), at=now, actor=command.actor)
    update = {"counted": command.counted, "recounts": (*opening.recounts, before), "closed_at": None}
    return Decision(opening.model_copy(update=update))


def _close(opening: BoxOpening, command: CloseOpening, now: datetime) -> Decision[BoxOpening] | Refused:
    if opening.closed_at is not None:
        return Decision(opening)
    if differing := [*opening.missing(command.transcribed), *opening.uncounted(command.transcribed)]:
        values = {"differing": len(differing), "forms": ", ".join(map(str, differing[:20]))}
        return Refused("forms-differ", values=values, allowed=("transcribe", "void", "recount"))
    return Decision(opening.model_copy(update={"closed_at": now}))


def _count_refusal(counted: int) -> Refused | None:
    if 0 <= counted <= MOST_FORMS:
        return None
    return Refused("count-out-of-range", kind="invalid", field="$.counted", values={"most": MOST_FORMS})


def _scans_refusal(scans: int) -> Refused | None:
    if scans <= MOST_SCANS:
        return None
    return Refused("too-many-files", kind="invalid", field="$.files", values={"most": MOST_SCANS})
