# SPDX-License-Identifier: Apache-2.0
"""Who works here: one YAML file that every service reads at its start (design 4)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chassis.faults import Fault, repeated_ids
from chassis.passwords import PASSWORD_HASH, TOKEN_HASH, hash_token
from chassis.settings import MAIL_ADDRESS
from chassis.yaml_file import load_file, or_exit
from ventanilla_contracts.envelope import StaffRef

Role = Literal[
    "agent",
    "adviser",
    "responder",
    "head",
    "legal",
    "general-secretariat",
    "manager",
    "caller",
    "operator",
    "channel-system",
]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]


class Member(BaseModel):
    """One person (or system) that may act."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    id: Slug
    name: str = Field(min_length=1, max_length=200)
    email: Annotated[str, StringConstraints(pattern=MAIL_ADDRESS)]
    roles: tuple[Role, ...]
    area: Slug | None = None
    branch: Slug | None = None
    service_point: Slug | None = None
    deputy: Slug | None = Field(None, description="id of the member who stands in")
    password_hash: str | None = Field(None, pattern=PASSWORD_HASH, repr=False)
    token_hashes: tuple[Annotated[str, StringConstraints(pattern=TOKEN_HASH)], ...] = Field((), repr=False)

    @property
    def ref(self) -> StaffRef:
        """The member as events name them."""
        return StaffRef(id=self.id, name=self.name, email=self.email)


class StaffFile(BaseModel):
    """The file as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: Literal[1]
    members: tuple[Member, ...]


class Staff:
    """The members, found by what one knows of them."""

    def __init__(self, members: Iterable[Member]) -> None:
        self.members = tuple(members)
        self._by_id = {member.id: member for member in self.members}
        self._by_email = {member.email: member for member in self.members}
        self._by_token_hash = {token_hash: member for member in self.members for token_hash in member.token_hashes}

    def by_id(self, member_id: str) -> Member | None:
        return self._by_id.get(member_id)

    def by_email(self, email: str) -> Member | None:
        """By e-mail address, in any case of letters."""
        return self._by_email.get(email.strip().lower())

    def by_token(self, token: str) -> Member | None:
        return self._by_token_hash.get(hash_token(token))

    def with_role(self, role: Role) -> tuple[Member, ...]:
        """In the order of the file."""
        return tuple(member for member in self.members if role in member.roles)

    def for_area(self, area: str, role: Role | None = None) -> tuple[Member, ...]:
        """The members of an area, all or those with a role, in the order of the file."""
        return tuple(one for one in self.members if one.area == area and (role is None or role in one.roles))

    def deputy_of(self, member: Member) -> Member | None:
        return self._by_id.get(member.deputy) if member.deputy else None


def read_staff(path: Path) -> Staff:
    """The staff of a file. Raises FaultyFile."""
    return Staff(load_file(path, StaffFile, "STAFF_FILE", _faults).members)


def load_staff(path: Path) -> Staff:
    """The staff of a file; else its faults on stderr, a line each, and exit 2."""
    return or_exit(lambda: read_staff(path))


def _faults(file: StaffFile) -> Iterator[Fault]:
    members = file.members
    if not members:
        yield Fault(("members",), "has no members", "write at least one: python -m chassis staff init makes some")
    yield from repeated_ids("members", [member.id for member in members])
    yield from repeated_ids("members", [member.email for member in members], "email")
    ids, tokens = {member.id for member in members}, Counter(one for member in members for one in member.token_hashes)
    for n, member in enumerate(members):
        for field, what, cure in _faults_of(member, ids, tokens):
            yield Fault(("members", n, field), f"member {member.id}: {what}", cure)


def _faults_of(member: Member, ids: Set[str], tokens: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
    """Field, what is wrong, and what to write instead."""
    if not member.roles:
        yield "roles", "has no role", "give them at least one"
    if member.email != member.email.lower():
        yield "email", "the e-mail address must be in lower case", f"write {member.email.lower()}"
    if any(tokens[one] > 1 for one in member.token_hashes):
        yield "token_hashes", "a token stands twice", "make one for each: python -m chassis staff token"
    if member.deputy == member.id:
        yield "deputy", "is their own deputy", "name another member, or none"
    elif member.deputy and member.deputy not in ids:
        yield "deputy", f"deputy {member.deputy} is no member", "name the id of a member, or none"
