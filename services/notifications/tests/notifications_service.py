# SPDX-License-Identifier: Apache-2.0
"""The service under test, with its staff and its mail server."""

import email
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from letters_story import CARLOS, GLORIA, LILIANA, PATRICIA

from chassis.mongo import Database
from chassis.passwords import hash_token
from chassis.service import Service
from chassis.testing import Wire, settings_for
from notifications.app import build
from notifications.domain.letters import Letter
from notifications.settings import NotificationsSettings
from notifications.store import Letters
from ventanilla_contracts.envelope import StaffRef

ROLES: Mapping[StaffRef, tuple[str, ...]] = {
    LILIANA: ("agent",),
    CARLOS: ("responder",),
    GLORIA: ("head",),
    PATRICIA: ("general-secretariat",),
}


def token(member: StaffRef) -> str:
    return f"a-token-for-tests-only-of-{member.id}"


def write_staff(path: Path) -> None:
    members = [
        {
            "id": member.id,
            "name": member.name,
            "email": member.email,
            "roles": list(roles),
            "token_hashes": [hash_token(token(member))],
        }
        for member, roles in ROLES.items()
    ]
    path.write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")


@dataclass(frozen=True)
class House:
    """Builds the service as often as a test wants it, always on the same database and topics."""

    wire: Wire
    database: Database
    tmp_path: Path
    smtp_url: str

    def service(self, **own: Any) -> Service[NotificationsSettings]:
        write_staff(self.tmp_path / "staff.yaml")
        values = {"smtp_url": self.smtp_url, "letters_retry_seconds": 0.2, "smtp_timeout_seconds": 40, **own}
        return build(
            settings_for(
                NotificationsSettings, wire=self.wire, database=self.database, tmp_path=self.tmp_path, **values
            )
        )

    @property
    def letters(self) -> Letters:
        return Letters(self.database)

    async def in_state(self, *states: str) -> list[Letter]:
        found = []
        for state in states:
            found += await self.letters.waiting(state, 10_000)  # type: ignore[arg-type]
        return found

    async def all(self) -> list[Letter]:
        rows = await self.database.collection("letters").find({}).to_list(None)
        found = [await self.letters.one(row["_id"]) for row in rows]
        return [letter for letter in found if letter is not None]

    async def left_in_hand(self, letter: Letter, process: str = "a-dead-one") -> None:
        """As a sender leaves it that dies between marking and hearing."""
        claim = {"state": "sending", "process": process, "claimed_at": datetime.now(UTC), "attempt": letter.attempt + 1}
        await self.database.collection("letters").update_one({"_id": letter.id}, {"$set": claim})


def desk(service: Service[Any], member: StaffRef | None = LILIANA) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token(member)}"} if member else {}
    transport = httpx.ASGITransport(app=service.app)
    return httpx.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers)


def address(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        pytest.skip(f"{name} is not set: run by `make test`, or python -m ventanilla_local with-infra -- pytest …")
    return value


async def mailbox(address_: str) -> list[EmailMessage]:
    """What lies in a mailbox of GreenMail."""
    async with httpx.AsyncClient(base_url=address("MAIL_API_URL")) as client:
        answer = await client.get(f"/api/user/{address_}/messages")
    if answer.status_code != httpx.codes.OK:
        return []
    found = [email.message_from_string(one["mimeMessage"], policy=policy.default) for one in answer.json()]
    return [message for message in found if isinstance(message, EmailMessage)]
