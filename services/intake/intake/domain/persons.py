# SPDX-License-Identifier: Apache-2.0
"""Persons: who spoke, known from case to case by an identity document (CNF-12, ICX-13).

A person exists once somebody said with which document they identify themselves. Other data lead to them only where the
person confirmed them to a member of staff, and where no other person did: a family's address proves no identity.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from pydantic import Field

from intake.domain.identity import nit_check_digit
from intake.domain.texts import plain
from ventanilla_contracts.envelope import Actor, Frozen, Instant
from ventanilla_contracts.intake import Person
from ventanilla_contracts.vocabulary import DocumentType

MOST_CONTACTS = 10
"""E-mail addresses or telephones of a person; of more, those that came first and were never confirmed are let go."""

MOST_CHANGES = 500
MOST_WORDS = 60


class PersonDocument(Frozen):
    type: DocumentType
    number: str


class ContactPoint(Frozen):
    """An address or telephone; ``confirmed``: the person said to a member of staff that it is theirs."""

    value: str
    confirmed: bool = False


class Change(Frozen):
    """One line of the history. ``before``: the values that do not hold any more, as text by field."""

    n: int
    at: Instant
    actor: Actor
    what: Literal["noted", "corrected", "merged", "unmerged"]
    reason: str
    before: Mapping[str, str | None] = Field(default_factory=dict)


class HeardOfPerson(Frozen):
    """What an authority says of somebody, whatever is known; its last word."""

    authority: str
    at: Instant
    said: Person


class KnownPerson(Frozen):
    """What the house knows of a person; the first of several values is the one in use.

    ``keys`` and ``words`` follow from the rest, for the indexes. ``noted_at``: when staff last wrote data down.
    """

    name: str | None = None
    documents: tuple[PersonDocument, ...] = ()
    emails: tuple[ContactPoint, ...] = ()
    phones: tuple[ContactPoint, ...] = ()
    address: str | None = None
    municipality: str | None = None
    segment: str | None = None
    merged_into: str | None = None
    noted_at: Instant | None = None
    heard: HeardOfPerson | None = None
    history: tuple[Change, ...] = ()
    keys: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def as_person(self) -> Person:
        """The values in use, as forms and events write them."""
        document = self.documents[0] if self.documents else None
        return Person(
            name=self.name,
            document_type=document.type if document else None,
            document_number=document.number if document else None,
            email=self.emails[0].value if self.emails else None,
            phone=self.phones[0].value if self.phones else None,
            address=self.address,
        )

    def changed(self, values: Mapping[str, object], change: Change | None = None) -> "KnownPerson":
        """With these values, a line of history, and what follows from them."""
        history = (*self.history, change)[-MOST_CHANGES:] if change else self.history
        person = self.model_copy(update={**values, "history": history})
        return person.model_copy(update={"keys": keys_of(person), "words": words_of(person)})


def document_key(type_: DocumentType, number: str) -> str:
    return f"document:{type_}:{number}"


def email_key(address: str) -> str:
    return f"email:{address.casefold()}"


def phone_key(number: str) -> str:
    return f"phone:{number}"


def keys_of(person: KnownPerson) -> tuple[str, ...]:
    """What leads to this person: documents, and what they confirmed."""
    return (
        *(document_key(one.type, one.number) for one in person.documents),
        *(email_key(one.value) for one in person.emails if one.confirmed),
        *(phone_key(one.value) for one in person.phones if one.confirmed),
    )


def keys_said(person: Person) -> tuple[str, ...]:
    """What a form says that may lead to a person: the document if there is one, else e-mail and telephone."""
    if person.document_type and person.document_number:
        return (document_key(person.document_type, person.document_number),)
    said = (email_key(person.email) if person.email else None, phone_key(person.phone) if person.phone else None)
    return tuple(key for key in said if key)


def words_of(person: KnownPerson) -> tuple[str, ...]:
    """What a search finds by its beginning: names, document and telephone numbers, addresses; plain."""
    found: list[str] = [*plain(person.name or "").split()]
    for document in person.documents:
        found += _document_words(document)
    for email in person.emails:
        found += [email.value.casefold(), *plain(email.value).split()]
    for phone in person.phones:
        found += [phone.value.removeprefix("+"), phone.value.removeprefix("+57")]
    return tuple(dict.fromkeys(word for word in found if word))[:MOST_WORDS]


def _document_words(document: PersonDocument) -> Iterable[str]:
    number = document.number.casefold()
    yield number
    if document.type == "NIT":
        yield number + nit_check_digit(number)


def words_asked(query: str) -> tuple[str, ...]:
    """What somebody typed, as ``words_of`` writes it: a number with its dots, spaces and dashes is one word."""
    text = query.strip().casefold()
    if text and not any(sign.isalpha() for sign in text):
        digits = "".join(sign for sign in text if sign.isdigit())
        return (digits,) if digits else ()
    words: list[str] = []
    for part in text.split():
        words += [part] if "@" in part else plain(part).split()
    return tuple(sorted(dict.fromkeys(words), key=len, reverse=True))[:6]
