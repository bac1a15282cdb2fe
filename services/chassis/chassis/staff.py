# SPDX-License-Identifier: Apache-2.0
"""Who works here: one YAML file that every service reads at its start (design 4)."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from chassis.passwords import PASSWORD_HASH, TOKEN_HASH, hash_token
from chassis.settings import MAIL_ADDRESS
from chassis.yaml_text import read_yaml
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


class StaffFileError(ValueError):
    """The file cannot be used; one line per fault, each with file and member."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


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
    """The staff of a file; StaffFileError where it cannot be used."""
    try:
        content = read_yaml(path.read_text("utf-8"))
    except OSError as error:
        raise StaffFileError([f"{path}: cannot be read: {error.strerror}"]) from None
    except yaml.YAMLError as error:
        raise StaffFileError([f"{path}: is not YAML: {str(error).splitlines()[-1].strip()}"]) from None
    try:
        file = StaffFile.model_validate(content)
    except ValidationError as error:
        raise StaffFileError([_line(path, content, dict(one)) for one in error.errors(include_url=False)]) from None
    if faults := _faults(file.members):
        raise StaffFileError([f"{path}: {fault}" for fault in faults])
    return Staff(file.members)


def load_staff(path: Path) -> Staff:
    """The staff of a file; else its faults on stderr, a line each, and exit 2."""
    try:
        return read_staff(path)
    except StaffFileError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None


def _faults(members: Sequence[Member]) -> list[str]:
    ids = [member.id for member in members]
    emails = [member.email for member in members]
    tokens = [token_hash for member in members for token_hash in member.token_hashes]
    return [
        *([] if members else ["has no members"]),
        *[f"member {m.id}: has no role" for m in members if not m.roles],
        *[f"member {one}: the id stands twice" for one in _repeated(ids)],
        *[f"member {m.id}: the e-mail address stands twice" for m in members if emails.count(m.email) > 1],
        *[f"member {m.id}: the e-mail address must be in lower case" for m in members if m.email != m.email.lower()],
        *[f"member {m.id}: a token stands twice" for m in members if any(tokens.count(h) > 1 for h in m.token_hashes)],
        *[f"member {m.id}: deputy {m.deputy} is no member" for m in members if m.deputy and m.deputy not in ids],
        *[f"member {m.id}: is their own deputy" for m in members if m.deputy == m.id],
    ]


def _repeated(values: Sequence[str]) -> list[str]:
    return sorted({value for value in values if values.count(value) > 1})


def _line(path: Path, content: object, error: dict[str, object]) -> str:
    loc = error["loc"]
    where = _member_name(content, loc) if isinstance(loc, tuple) else ""
    return f"{path}: {where}: {error['msg']}"


def _member_name(content: object, loc: tuple[str | int, ...]) -> str:
    if len(loc) < 2 or loc[0] != "members" or not isinstance(content, dict):
        return ".".join(map(str, loc)) or "the file"
    member = content["members"][loc[1]]
    name = member.get("id", f"number {int(loc[1]) + 1}") if isinstance(member, dict) else f"number {int(loc[1]) + 1}"
    return " ".join([f"member {name}:", ".".join(map(str, loc[2:]))]).rstrip(": ")
