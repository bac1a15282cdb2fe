# SPDX-License-Identifier: Apache-2.0
"""What a member of staff changes about a person: corrections, merging two, undoing that; each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from chassis.decision import Decision, Insert, Refused
from intake.domain.person_heard import HearOfPerson, hear_of_person
from intake.domain.person_noting import NotePerson, note, with_contact
from intake.domain.persons import Change, ContactPoint, KnownPerson, PersonDocument
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, PersonField

Field = Literal["name", "document", "email", "phone", "address", "municipality", "segment"]
TOLD: tuple[PersonField, ...] = ("name", "document", "email", "phone", "address", "municipality")
"""Corrections of these reach the open cases of the person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectPerson:
    """``values``: of the fields in ``fields`` the new ones, empty where none is to be used any more.

    ``confirmed``: the person said that e-mail and telephone, as they are then, are theirs.
    """

    person_id: str
    actor: Actor
    reason: str
    fields: tuple[Field, ...] = ()
    said: Person = field(default_factory=Person)
    municipality: str | None = None
    segment: str | None = None
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Survivor:
    """The person that another is to be merged into, as it is now; ``merges``: of the whole house until now."""

    exists: bool = False
    merged: bool = False
    goer_has_merged: bool = False
    merges: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePerson:
    """``person_id`` and ``into`` are one person: both are shown as the second from now on."""

    person_id: str
    into: str
    actor: Actor
    reason: str
    facts: Survivor = field(default_factory=Survivor)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergePerson:
    """They are two after all: each has its own cases again."""

    person_id: str
    actor: Actor
    reason: str
    facts: Survivor = field(default_factory=Survivor)


PersonCommand = NotePerson | CorrectPerson | MergePerson | UnmergePerson


def decide_person(person: KnownPerson | None, message: object, now: datetime) -> Decision[KnownPerson] | Refused:
    """Everything that can happen to a person."""
    if isinstance(message, (NotePerson, HearOfPerson)):
        return _noted(person, message, now)
    if not isinstance(message, (CorrectPerson, MergePerson, UnmergePerson)):
        raise TypeError(type(message).__name__)
    if person is None:
        return Refused("person-unknown", kind="not-found")
    if not message.reason.strip():
        return Refused("person-reason-missing", kind="invalid", field="$.reason")
    match message:
        case CorrectPerson():
            return _correct(person, message, now)
        case MergePerson():
            return _merge_refusal(person, message) or _merge(person, message, now)
        case UnmergePerson():
            return _unmerge(person, message, now)


def _noted(
    person: KnownPerson | None, told: NotePerson | HearOfPerson, now: datetime
) -> Decision[KnownPerson] | Refused:
    """What was said on a case of theirs to correct them; of who is not known yet, or not shown, it is one more note."""
    if isinstance(told, HearOfPerson):
        return hear_of_person(person, told, now)
    if not told.corrects or person is None or person.merged_into is not None:
        return note(person, told, now)
    correction = CorrectPerson(
        person_id=told.person_id,
        actor=told.actor,
        reason=told.reason,
        fields=told.corrects,
        said=told.said,
        municipality=told.municipality,
    )
    return _correct(person, correction, now)


def _correct(person: KnownPerson, command: CorrectPerson, now: datetime) -> Decision[KnownPerson] | Refused:
    if person.merged_into is not None:
        return Refused("person-merged", values={"into": person.merged_into}, allowed=("unmerge",))
    values, before = _corrected(person, command)
    if command.confirmed:
        for name in ("emails", "phones"):
            values[name] = _confirmed(values.get(name, getattr(person, name)))
    if not values:
        return Refused("person-nothing-to-correct", kind="invalid", field="$")
    corrected = person.changed(values, _line(person, "corrected", command, before, now))
    n = corrected.history[-1].n
    told = tuple(one for one in TOLD if one in command.fields)
    row = {
        "person_id": command.person_id,
        "fields": list(told),
        "person": corrected.as_person().model_dump(),
        "municipality": corrected.municipality,
        "before_email": before.get("email"),
        "actor": command.actor.model_dump(),
        "at": now,
    }
    rows = (Insert("person_corrections", f"{command.person_id}/{n}", row),) if told else ()
    return Decision(corrected, rows=rows, result={"person_id": command.person_id, "change": n})


def _corrected(person: KnownPerson, command: CorrectPerson) -> tuple[dict[str, object], dict[str, str | None]]:
    """New values by attribute, and the old ones in use by field."""
    said, values = command.said, dict[str, object]()
    now_in_use: Mapping[str, str | None] = {**person.as_person().model_dump(), "document": _written(person)}
    for name in command.fields:
        match name:
            case "document":
                values["documents"] = _documents(person, said)
            case "email" | "phone":
                points = getattr(person, f"{name}s")[1:]
                values[f"{name}s"] = with_contact(points, getattr(said, name), first=True, confirmed=command.confirmed)
            case "municipality" | "segment":
                values[name] = getattr(command, name)
            case _:
                values[name] = getattr(said, name)
    before: dict[str, str | None] = {one: now_in_use.get(one, getattr(person, one, None)) for one in command.fields}
    return values, before


def _documents(person: KnownPerson, said: Person) -> tuple[PersonDocument, ...]:
    """In place of the one in use; one that they have already comes to its place, and none is lost."""
    if not (said.document_type and said.document_number):
        return person.documents[1:]
    new = PersonDocument(type=said.document_type, number=said.document_number)
    others = person.documents if new in person.documents else person.documents[1:]
    return (new, *(one for one in others if one != new))


def _written(person: KnownPerson) -> str | None:
    return f"{person.documents[0].type} {person.documents[0].number}" if person.documents else None


def _confirmed(points: object) -> tuple[ContactPoint, ...]:
    """The one in use; the others were not asked about."""
    assert isinstance(points, tuple)  # noqa: S101  # narrows for mypy
    return (points[0].model_copy(update={"confirmed": True}), *points[1:]) if points else ()


def _merge_refusal(person: KnownPerson, command: MergePerson) -> Refused | None:
    """One level deep, so that whoever reads follows one step; who has merged others is the one to stay."""
    if command.into == command.person_id:
        return Refused("merge-with-itself", kind="invalid", field="$.into")
    if not command.facts.exists:
        return Refused("merge-into-unknown", kind="invalid", field="$.into")
    if person.merged_into is not None:
        return Refused("person-merged", values={"into": person.merged_into}, allowed=("unmerge",))
    if command.facts.merged or command.facts.goer_has_merged:
        return Refused("merge-the-other-way", allowed=("unmerge",))
    return None


def _merge(person: KnownPerson, command: MergePerson, now: datetime) -> Decision[KnownPerson]:
    merged = person.changed({"merged_into": command.into}, _line(person, "merged", command, {}, now))
    return Decision(merged, rows=(_logged(command, command.into, now),), result={"person_id": command.into})


def _unmerge(person: KnownPerson, command: UnmergePerson, now: datetime) -> Decision[KnownPerson] | Refused:
    if person.merged_into is None:
        return Refused("person-not-merged", allowed=("merge",))
    before: dict[str, str | None] = {"merged_into": person.merged_into}
    apart = person.changed({"merged_into": None}, _line(person, "unmerged", command, before, now))
    return Decision(apart, rows=(_logged(command, None, now),), result={"person_id": command.person_id})


def _logged(command: MergePerson | UnmergePerson, into: str | None, now: datetime) -> Insert:
    """One after the other in the whole house: of two at the same time the second sees what the first did."""
    row = {"person_id": command.person_id, "into": into, "reason": command.reason, "at": now}
    return Insert("person_merges", f"{command.facts.merges + 1:09d}", {**row, "actor": command.actor.model_dump()})


def _line(
    person: KnownPerson,
    what: Literal["corrected", "merged", "unmerged"],
    command: CorrectPerson | MergePerson | UnmergePerson,
    before: Mapping[str, str | None],
    now: datetime,
) -> Change:
    n = (person.history[-1].n if person.history else 0) + 1
    return Change(n=n, at=now, actor=command.actor, what=what, reason=command.reason.strip(), before=dict(before))
