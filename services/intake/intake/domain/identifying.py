# SPDX-License-Identifier: Apache-2.0
"""Which person a case is of, where that is certain: by document, else by what one person alone has confirmed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from intake.domain.persons import keys_said
from intake.domain.texts import plain
from ventanilla_contracts.intake import Person


@dataclass(frozen=True, slots=True)
class Holder:
    """A person to whom a key leads; ``root``: as whom they are shown (themselves, or whom they were merged into)."""

    person_id: str
    root: str
    name: str | None


Holders = Mapping[str, Collection[Holder]]


def has_document(said: Person) -> bool:
    return bool(said.document_type and said.document_number)


def identified(said: Person, holders: Holders) -> str | None:
    """The id of the person; None where nobody is known, or several could be meant (then a person may say which)."""
    led = [only(holders.get(key, ())) for key in keys_said(said)]
    found = [holder for holder in led if holder is not None]
    if not found or len({holder.root for holder in found}) > 1:
        return None
    holder = found[0]
    return holder.person_id if has_document(said) or _one_name(said.name, holder.name) else None


def is_free(said: Person, holders: Holders) -> bool:
    """Whether the document that was said is nobody's yet: then it makes a person."""
    return has_document(said) and not any(holders.get(key) for key in keys_said(said))


def only(holders: Collection[Holder]) -> Holder | None:
    """Of people who are shown as one, the one that they are shown as; nobody where two share the key."""
    if len({holder.root for holder in holders}) != 1:
        return None
    return min(holders, key=lambda holder: (holder.person_id != holder.root, holder.person_id))


def _one_name(said: str | None, known: str | None) -> bool:
    """Whether two names can be of one person: all words of the shorter are in the longer. No name contradicts none."""
    first, second = set(_words(said)), set(_words(known))
    return not first or not second or first <= second or second <= first


def _words(name: str | None) -> Sequence[str]:
    return plain(name or "").split()
