# SPDX-License-Identifier: Apache-2.0
"""The checklist of one membership request, and what changes it.

It keeps the requirements as they were when it was filed: a later file of the organisation changes no request. Every
change of a requirement counts up its ``revision``, by which an agent says what they saw.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from intake.domain.membership.file import Asked, MembershipKind, Words
from ventanilla_contracts import intake as told
from ventanilla_contracts.envelope import Actor, FileRef, Frozen, Instant
from ventanilla_contracts.vocabulary import RequirementState

OWED: frozenset[RequirementState] = frozenset({"missing", "refused"})

Checked = Literal["accepted", "refused"]
What = Literal["requested", "received", "accepted", "refused", "told", "complete"]


class Requirement(Frozen):
    """One requirement and how far it is; ``at`` and ``by`` are of its last change, ``reason`` of a refusal."""

    asked: Asked
    state: RequirementState
    files: tuple[FileRef, ...] = ()
    reason: str = ""
    at: Instant
    by: Actor
    revision: int = 1

    @property
    def code(self) -> str:
        return self.asked.code

    @property
    def checkable(self) -> bool:
        """Whether there is something to look at: no document is accepted unseen, nor refused."""
        return self.asked.by == "person" or bool(self.files)


class Happened(Frozen):
    """A line of the checklist's history."""

    at: Instant
    by: Actor
    what: What
    requirement: str | None = None
    reason: str = ""


class Membership(Frozen):
    """``told`` is what the person was told last that it lacks: the revision of each owed requirement, by its code."""

    kind: str
    name: Words
    version: str
    holds: tuple[str, ...] = ()
    requirements: tuple[Requirement, ...]
    told: dict[str, int] = Field(default_factory=dict)
    told_at: Instant | None = None
    times_told: int = 0
    history: tuple[Happened, ...] = ()

    @property
    def owed(self) -> tuple[Requirement, ...]:
        """What the person must still bring."""
        return tuple(one for one in self.requirements if one.state in OWED)

    @property
    def awaited(self) -> tuple[Asked, ...]:
        """The documents that may still come, or come anew."""
        return tuple(one.asked for one in self.requirements if one.asked.by == "document" and one.state != "accepted")

    @property
    def to_check(self) -> tuple[Requirement, ...]:
        return tuple(one for one in self.requirements if one.state == "received")

    @property
    def complete(self) -> bool:
        return all(one.state == "accepted" for one in self.requirements)

    @property
    def revision(self) -> int:
        """Counts every change of the whole."""
        return len(self.history)

    @property
    def owed_now(self) -> dict[str, int]:
        return {one.code: one.revision for one in self.owed}

    def requirement(self, code: str) -> Requirement | None:
        return next((one for one in self.requirements if one.code == code), None)


Documents = Mapping[str, tuple[FileRef, ...]]
"""Files by the code of the document that they are."""


def begun(
    kind: MembershipKind, version: str, holds: Iterable[str], documents: Documents, by: Actor, at: datetime
) -> Membership:
    """What is asked of this person, with what came at once."""
    yes = tuple(dict.fromkeys(holds))
    requirements = tuple(_asked(one, documents.get(one.code, ()), by, at) for one in kind.of(yes))
    history = (Happened(at=at, by=by, what="requested"),)
    return Membership(
        kind=kind.code, name=kind.name, version=version, holds=yes, requirements=requirements, history=history
    )


def began_again(before: Membership, after: Membership) -> Membership:
    """Of another kind, or with other answers: what is asked as before keeps what came of it."""
    kept = tuple(_carried(before.requirement(one.code), one) for one in after.requirements)
    history = (*before.history, *after.history)
    said = {"told": before.told, "told_at": before.told_at, "times_told": before.times_told}
    return after.model_copy(update={"requirements": kept, "history": history, **said})


def with_documents(membership: Membership, documents: Documents, by: Actor, at: datetime) -> Membership:
    """Documents that came. What is accepted stays as it is; a file that it has already changes nothing."""
    for code, files in documents.items():
        one = membership.requirement(code)
        new = tuple(file for file in files if one and file.sha256 not in {known.sha256 for known in one.files})
        if one is None or not new or one.state == "accepted":
            continue
        changed = {"state": "received", "files": (*one.files, *new), "reason": ""}
        membership = _changed(membership, one, changed, Happened(at=at, by=by, what="received", requirement=code))
    return membership


def decided(
    membership: Membership,
    one: Requirement,
    state: Literal["accepted", "refused"],
    reason: str,
    by: Actor,
    at: datetime,
) -> Membership:
    """A person checked it."""
    happened = Happened(at=at, by=by, what=state, requirement=one.code, reason=reason)
    return _changed(membership, one, {"state": state, "reason": reason}, happened)


def completed(membership: Membership, by: Actor, at: datetime) -> Membership:
    """The history says that it became complete."""
    return membership.model_copy(update={"history": (*membership.history, Happened(at=at, by=by, what="complete"))})


def told_missing(membership: Membership, by: Actor, at: datetime) -> Membership:
    """The person is told what is owed now."""
    said = {"told": membership.owed_now, "told_at": at, "times_told": membership.times_told + 1}
    return membership.model_copy(update={**said, "history": (*membership.history, Happened(at=at, by=by, what="told"))})


def as_told(membership: Membership) -> told.Membership:
    """As events say it; names are Spanish, as all that the house sends."""
    return told.Membership(
        kind=membership.kind,
        kind_name=membership.name.es,
        version=membership.version,
        requirements=tuple(
            told.MembershipRequirement(code=one.code, name=one.asked.name.es, state=one.state)
            for one in membership.requirements
        ),
    )


def _asked(asked: Asked, files: tuple[FileRef, ...], by: Actor, at: datetime) -> Requirement:
    if asked.by == "person":
        return Requirement(asked=asked, state="received", at=at, by=by)
    return Requirement(asked=asked, state="received" if files else "missing", files=_each_once(files), at=at, by=by)


def _each_once(files: Iterable[FileRef]) -> tuple[FileRef, ...]:
    return tuple({file.sha256: file for file in files}.values())


def _carried(before: Requirement | None, after: Requirement) -> Requirement:
    if before is None:
        return after
    if before.asked == after.asked and {file.sha256 for file in after.files} <= {one.sha256 for one in before.files}:
        return before
    files = _each_once((*before.files, *after.files))
    state = "received" if files or after.asked.by == "person" else "missing"
    return after.model_copy(update={"files": files, "state": state, "revision": before.revision + 1})


def _changed(membership: Membership, one: Requirement, changed: Mapping[str, object], happened: Happened) -> Membership:
    revised = one.model_copy(update={**changed, "at": happened.at, "by": happened.by, "revision": one.revision + 1})
    requirements = tuple(revised if other.code == one.code else other for other in membership.requirements)
    return membership.model_copy(update={"requirements": requirements, "history": (*membership.history, happened)})
