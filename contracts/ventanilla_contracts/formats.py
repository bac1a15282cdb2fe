# SPDX-License-Identifier: Apache-2.0
"""Identifiers that leave the house and come back, so that no service has to look them up (design 4).

The signature is an HMAC that the caller computes with a key per purpose; this module only fixes the shapes.
"""

import re
from dataclasses import dataclass

MESSAGE_ID_PURPOSE = "message-id"
_MESSAGE_ID = re.compile(r"<?([0-9a-f-]{36})\.([a-z-]+)\.([0-9a-z]{1,64})\.([A-Za-z0-9_-]{16,64})@([A-Za-z0-9.-]+)>?")


@dataclass(frozen=True, slots=True)
class LetterAddress:
    """Which letter of which case: the n-th of its kind (a number, or the id of what caused it)."""

    case_id: str
    kind: str
    n: str

    def signed_text(self) -> str:
        return f"{self.case_id}.{self.kind}.{self.n}"


def message_id(letter: LetterAddress, signature: str, domain: str) -> str:
    """The Message-ID of a letter, the same at every attempt."""
    return f"<{letter.signed_text()}.{signature}@{domain}>"


def parse_message_id(text: str) -> tuple[LetterAddress, str] | None:
    """Letter and signature of a Message-ID of our shape; the caller verifies the signature."""
    match = _MESSAGE_ID.fullmatch(text.strip())
    if match is None:
        return None
    case_id, kind, n, signature, _ = match.groups()
    return LetterAddress(case_id, kind, n), signature
