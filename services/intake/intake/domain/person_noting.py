# SPDX-License-Identifier: Apache-2.0
"""What a filed case tells of its person is noted with the person: by staff it replaces, by others it fills gaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Decision
from intake.domain.persons import MOST_CONTACTS, Change, ContactPoint, KnownPerson, PersonDocument
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, PersonField

_PLAIN_FIELDS = ("name", "address", "municipality", "segment")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotePerson:
    """What a case said of its person. The same again, or in another order, comes to the same.

    ``by_staff``: a member of staff wrote it down; ``confirmed``: to whom the person confirmed e-mail and telephone.
    ``corrects``: what of it takes the place of what is known (person_changes.py), for this ``reason``.
    """

    actor: Actor
    said: Person
    municipality: str | None
    segment: str | None
    case_number: str
    at: datetime
    by_staff: bool
    confirmed: bool
    person_id: str = ""
    corrects: tuple[PersonField, ...] = ()
    reason: str = ""


def note(person: KnownPerson | None, told: NotePerson, now: datetime) -> Decision[KnownPerson]:
    """A stranger who knows a document number fills gaps at most: what is known stays in use."""
    known = person or KnownPerson()
    replaces = told.by_staff and (known.noted_at is None or told.at >= known.noted_at)
    values: dict[str, object] = {
        "documents": _documents(known, told.said),
        "emails": with_contact(known.emails, told.said.email, first=replaces, confirmed=told.confirmed),
        "phones": with_contact(known.phones, told.said.phone, first=replaces, confirmed=told.confirmed),
        **_plain_values(known, told, replaces),
    }
    if replaces:
        values["noted_at"] = told.at
    before = {
        field: str(getattr(known, field))
        for field in _PLAIN_FIELDS
        if getattr(known, field) is not None and values.get(field, getattr(known, field)) != getattr(known, field)
    }
    change = _change(known, told, before, now) if before else None
    return Decision(known.changed(values, change))


def with_contact(
    points: tuple[ContactPoint, ...], value: str | None, *, first: bool, confirmed: bool
) -> tuple[ContactPoint, ...]:
    """The points with this one: in use if it is to be first; what was confirmed once stays so."""
    if value is None:
        return points
    same = next((one for one in points if one.value.casefold() == value.casefold()), None)
    point = ContactPoint(value=value, confirmed=confirmed or (same is not None and same.confirmed))
    if same is not None and not first:
        return tuple(point if one is same else one for one in points)
    others = tuple(one for one in points if one is not same)
    return _shortened((point, *others) if first else (*others, point))


def _shortened(points: tuple[ContactPoint, ...]) -> tuple[ContactPoint, ...]:
    while len(points) > MOST_CONTACTS:
        spare = next((n for n in range(len(points) - 1, 0, -1) if not points[n].confirmed), len(points) - 1)
        points = points[:spare] + points[spare + 1 :]
    return points


def _documents(known: KnownPerson, said: Person) -> tuple[PersonDocument, ...]:
    if not (said.document_type and said.document_number):
        return known.documents
    document = PersonDocument(type=said.document_type, number=said.document_number)
    return known.documents if document in known.documents else (*known.documents, document)


def _plain_values(known: KnownPerson, told: NotePerson, replaces: bool) -> dict[str, object]:
    said = {
        "name": told.said.name,
        "address": told.said.address,
        "municipality": told.municipality,
        "segment": told.segment,
    }
    return {field: value for field, value in said.items() if value and (replaces or not getattr(known, field))}


def _change(known: KnownPerson, told: NotePerson, before: Mapping[str, str | None], now: datetime) -> Change:
    n = (known.history[-1].n if known.history else 0) + 1
    return Change(n=n, at=now, actor=told.actor, what="noted", reason=told.case_number, before=before)
