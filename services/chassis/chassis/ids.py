# SPDX-License-Identifier: Apache-2.0
"""Ids, trace parents (W3C Trace Context), codes for people, and signatures of what leaves the house and comes back."""

import base64
import hashlib
import hmac
import re
import secrets
import uuid
from collections.abc import Sequence
from functools import lru_cache

from pydantic import SecretStr

from ventanilla_contracts.envelope import NAMESPACE

_TRACEPARENT = re.compile(r"^[0-9a-f]{2}-(?P<trace>[0-9a-f]{32})-(?P<span>[0-9a-f]{16})-(?P<flags>[0-9a-f]{2})$")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
_CODE_SYMBOLS = 13  # of 5 bits: 65 bits
_SIGNATURE_BYTES = 16
SIGNATURE_SYMBOLS = 26


def uuid5_id(*parts: str | int) -> str:
    """The same id for the same parts, everywhere and always; no two lists of parts share one."""
    return str(uuid.uuid5(NAMESPACE, "".join(f"{len(text)}:{text}" for text in map(str, parts))))


def new_id() -> str:
    """A fresh random id."""
    return str(uuid.uuid4())


def new_traceparent() -> str:
    """A W3C trace parent that begins a trace (sampled)."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def child_traceparent(parent: str | None) -> str:
    """A trace parent with a new span in the parent's trace; a new trace where the parent is missing or malformed."""
    match = _valid_traceparent(parent)
    return f"00-{match['trace']}-{secrets.token_hex(8)}-{match['flags']}" if match else new_traceparent()


def trace_id(parent: str | None) -> str | None:
    """The 32 hexadecimal digits of the trace; None where the trace parent is missing or malformed."""
    match = _valid_traceparent(parent)
    return match["trace"] if match else None


def _valid_traceparent(parent: str | None) -> re.Match[str] | None:
    match = _TRACEPARENT.match(parent or "")
    if match is None or match["trace"] == "0" * 32 or match["span"] == "0" * 16 or match[0].startswith("ff"):
        return None
    return match


def random_code() -> str:
    """A code of 65 random bits that people can read aloud: XXXX-XXXX-XXXX-X without I, L, O and U."""
    bits = secrets.randbits(5 * _CODE_SYMBOLS)
    return _grouped("".join(_CROCKFORD[bits >> 5 * n & 31] for n in range(_CODE_SYMBOLS)))


def normalise_code(typed: str) -> str | None:
    """What a person typed (any case, O for 0, I or L for 1) as `random_code` wrote it; None if it is no code."""
    symbols = re.sub(r"[\s-]", "", typed).upper().translate(_LOOK_ALIKES)
    if len(symbols) != _CODE_SYMBOLS or set(symbols) - set(_CROCKFORD):
        return None
    return _grouped(symbols)


def _grouped(symbols: str) -> str:
    return "-".join(symbols[at : at + 4] for at in range(0, len(symbols), 4))


class Signer:
    """Signs for a purpose with the first key, verifies with all (rotation). HMAC-SHA256, a derived key per purpose."""

    def __init__(self, keys: Sequence[SecretStr | str]) -> None:
        if not keys:
            raise ValueError("a signer needs a key")
        self._keys = tuple(
            (key.get_secret_value() if isinstance(key, SecretStr) else key).encode("utf-8") for key in keys
        )

    def sign(self, purpose: str, message: str) -> str:
        """26 characters of a-z and 2-7 (128 bits): fit for an address, a Message-ID or a link."""
        return _signature(self._keys[0], purpose, message)

    def verify(self, purpose: str, message: str, signature: str, *, symbols: int = SIGNATURE_SYMBOLS) -> bool:
        """Whether one of the keys made this signature, in either case of letters; in constant time.

        Of a format that has room for so many symbols only, the first of them count.
        """
        given = signature.lower().encode("utf-8")
        made = [_signature(key, purpose, message)[:symbols].encode("ascii") for key in self._keys]
        good = [hmac.compare_digest(one, given) for one in made]
        return any(good)


def _signature(key: bytes, purpose: str, message: str) -> str:
    digest = hmac.digest(_key_for(key, purpose), message.encode("utf-8"), hashlib.sha256)
    return base64.b32encode(digest[:_SIGNATURE_BYTES]).decode("ascii").rstrip("=").lower()


@lru_cache(maxsize=64)
def _key_for(key: bytes, purpose: str) -> bytes:
    return hmac.digest(key, f"ventanilla signing key for {purpose}".encode(), hashlib.sha256)
