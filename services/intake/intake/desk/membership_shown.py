# SPDX-License-Identifier: Apache-2.0
"""What is shown of a membership request: to the person in words, to an agent with who did what, and when (CSC-06)."""

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, Field

from chassis.web.door import door_of, locale_of
from intake.domain.membership.checklist import Membership, Requirement, What
from intake.domain.membership.file import FileKind, LongWords, MembershipKind, Words
from ventanilla_contracts.envelope import Actor, FileRef
from ventanilla_contracts.vocabulary import RequirementState


class RequirementShown(BaseModel):
    """One requirement, for the person."""

    code: str
    name: str
    about: str | None
    state: RequirementState
    state_text: str
    reason: str = Field(description="Why what came does not do; empty otherwise")
    takes_files: bool = Field(description="Whether the person can send the document, again or for the first time")
    file_kinds: tuple[FileKind, ...] = Field(description="What the document may be; none named: anything")
    files: list[str] = Field(description="Names of the files that came")


class MembershipShown(BaseModel):
    """What is checked before admission, for the person."""

    kind: str
    kind_name: str
    complete: bool
    missing: int = Field(description="How many requirements the person must still do something about")
    requirements: list[RequirementShown]


class RequirementSeen(BaseModel):
    """One requirement, for the desk."""

    code: str
    name: Words
    about: LongWords | None
    by_person: bool = Field(description="Nothing is sent for it: a person looks it up")
    state: RequirementState
    reason: str
    files: list[FileRef]
    checkable: bool = Field(description="Whether there is something to look at")
    at: datetime
    by: Actor
    revision: int = Field(description="Say it as `seen` when you check the requirement")


class HappenedSeen(BaseModel):
    at: datetime
    by: Actor
    what: What
    requirement: Words | None
    reason: str


class MembershipSeen(BaseModel):
    """A membership request, for the desk; requirements are those that held when it was filed."""

    kind: str
    name: Words
    version: str = Field(description="Of the organisation's list of requirements")
    holds: tuple[str, ...] = Field(description="The questions that the person answered with yes")
    complete: bool
    missing: int = Field(description="How many requirements the person must still do something about")
    to_check: int = Field(description="How many wait for the house")
    told_at: datetime | None = Field(description="When the person was told last what is missing")
    to_tell: bool = Field(description="Whether something is missing that the person was not told as it is now")
    revision: int
    requirements: list[RequirementSeen]
    history: list[HappenedSeen]


def membership_shown(request: Request, membership: Membership | None) -> MembershipShown | None:
    if membership is None:
        return None
    locale = locale_of(request)
    return MembershipShown(
        kind=membership.kind,
        kind_name=membership.name.read_in(locale),
        complete=membership.complete,
        missing=len(membership.owed),
        requirements=[_shown(request, one, locale) for one in membership.requirements],
    )


def membership_seen(membership: Membership | None) -> MembershipSeen | None:
    if membership is None:
        return None
    names = {one.code: one.asked.name for one in membership.requirements}
    return MembershipSeen(
        **{name: getattr(membership, name) for name in MembershipSeen.model_fields if name in _AS_KEPT},
        missing=len(membership.owed),
        to_check=len(membership.to_check),
        to_tell=bool(membership.owed) and membership.told != membership.owed_now,
        requirements=[_seen(one) for one in membership.requirements],
        history=[
            HappenedSeen(
                at=one.at, by=one.by, what=one.what, requirement=names.get(one.requirement or ""), reason=one.reason
            )
            for one in membership.history
        ],
    )


_AS_KEPT = frozenset({"kind", "name", "version", "holds", "complete", "told_at", "revision"})


def file_kinds_text(request: Request, kinds: tuple[FileKind, ...]) -> str:
    """As people read them; nothing for anything."""
    texts, locale = door_of(request).catalogue, locale_of(request)
    names = [texts.t(f"membership.file-kinds.{kind}", locale) for kind in kinds]
    return f" {texts.t('membership.or', locale)} ".join(names)


def kind_named(kinds: tuple[MembershipKind, ...], code: str) -> MembershipKind | None:
    """The only kind needs no choice."""
    if len(kinds) == 1:
        return kinds[0]
    return next((kind for kind in kinds if kind.code == code), None)


def _shown(request: Request, one: Requirement, locale: str) -> RequirementShown:
    texts, by = door_of(request).catalogue, "by-person." if one.asked.by == "person" else ""
    return RequirementShown(
        code=one.code,
        name=one.asked.name.read_in(locale),
        about=one.asked.about.read_in(locale) if one.asked.about else None,
        state=one.state,
        state_text=texts.t(f"membership.states.{by}{one.state}", locale),
        reason=one.reason,
        takes_files=one.asked.by == "document" and one.state != "accepted",
        file_kinds=one.asked.files,
        files=[file.name for file in one.files],
    )


def _seen(one: Requirement) -> RequirementSeen:
    return RequirementSeen(
        code=one.code,
        name=one.asked.name,
        about=one.asked.about,
        by_person=one.asked.by == "person",
        files=list(one.files),
        **{name: getattr(one, name) for name in ("state", "reason", "checkable", "at", "by", "revision")},
    )
