# SPDX-License-Identifier: Apache-2.0
"""Whether a request was signed by the channel system that it names, by Standard Webhooks (ADR 0011)."""

import base64
import secrets
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from chassis.staff import Staff

Secrets = Mapping[str, tuple[SecretStr, ...]]
"""By channel system, as the staff file names it; several where one takes the place of another."""

Fault = Literal["webhook-headers-missing", "webhook-time-wrong", "webhook-signature-wrong"]

ID, TIMESTAMP, SIGNATURE = HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE_SECONDS = 300
SECRET_BYTES = range(24, 65)
PREFIX = "whsec_"


@dataclass(frozen=True)
class Signatures:
    """The secrets of all channel systems; an unknown one is answered as a wrong signature is, after the same work."""

    known: Secrets
    _nobodys: SecretStr = field(default_factory=lambda: SecretStr(new_secret()), repr=False)

    def fault(self, sender: str, headers: Mapping[str, str], body: bytes) -> Fault | None:
        """Why this is not known to come from ``sender``, now; None where it is. ``headers`` has lower-case names."""
        signed = {name: headers.get(name, "") for name in HEADERS}
        if not all(signed.values()):
            return "webhook-headers-missing"
        if any(_signed(secret, signed, body) for secret in self.known.get(sender, (self._nobodys,))):
            return None
        return "webhook-signature-wrong" if _is_now(signed[TIMESTAMP]) else "webhook-time-wrong"


def _signed(secret: SecretStr, headers: dict[str, str], body: bytes) -> bool:
    try:
        Webhook(secret.get_secret_value()).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):  # ValueError: a signature that is no base64, a body that is no UTF-8
        return False
    return True


def _is_now(timestamp: str) -> bool:
    """Only to choose the words of a refusal: the library has judged."""
    try:
        return abs(time.time() - float(timestamp)) <= TOLERANCE_SECONDS
    except ValueError:
        return False


def new_secret() -> str:
    """A secret as Standard Webhooks writes it: ``whsec_`` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii")


def parse_secrets(text: str) -> dict[str, tuple[str, ...]]:
    """``name=whsec_…,name=whsec_…`` by name. Raises ValueError, which quotes no secret."""
    found: dict[str, tuple[str, ...]] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, secret = part.partition("=")
        _check(secret.strip())
        found[name.strip()] = (*found.get(name.strip(), ()), secret.strip())
    if "" in found:
        raise ValueError("a secret without a name")
    return found


def _check(secret: str) -> None:
    if not secret.startswith(PREFIX):
        raise ValueError("a secret does not begin with whsec_")
    text = secret.removeprefix(PREFIX)
    key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if len(key) not in SECRET_BYTES:
        raise ValueError("a secret is too short or too long")


def signatures_of(known: Secrets, staff: Staff) -> Signatures:
    """For members with the role ``channel-system`` only; else a line for each other on stderr, and exit 2."""
    systems = {member.id for member in staff.with_role("channel-system")}
    strangers = sorted(known.keys() - systems)
    for name in strangers:
        print(f"WEBHOOK_SECRETS: {name} is no channel-system of the staff file", file=sys.stderr)
    if strangers:
        raise SystemExit(2)
    return Signatures(known)
