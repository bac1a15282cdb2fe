# SPDX-License-Identifier: Apache-2.0
"""Passwords (scrypt, RFC 7914) and access tokens (sha256: they are random, so a fast hash is enough)."""

import base64
import hashlib
import hmac
import secrets

_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY = 64 * 1024 * 1024
_PREFIX = "scrypt"
PASSWORD_HASH = r"^scrypt\$\d+\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}$"  # noqa: S105  # a pattern
TOKEN_HASH = r"^[0-9a-f]{64}$"  # noqa: S105


def hash_password(password: str) -> str:
    """`scrypt$<cost>$<salt>$<hash>`. Takes some 80 ms on purpose: call it in a thread."""
    salt = secrets.token_bytes(16)
    return f"{_PREFIX}${_COST}${_text(salt)}${_text(_scrypt(password, salt, _COST))}"


def password_matches(password: str, password_hash: str | None) -> bool:
    """Whether it is this password; takes as long where there is no hash, so that time does not tell who exists."""
    _, cost, salt, expected = (password_hash or _NOBODY).split("$")
    given = _scrypt(password, base64.b64decode(salt), int(cost))
    return hmac.compare_digest(given, base64.b64decode(expected)) and password_hash is not None


def new_password() -> str:
    """72 random bits, readable."""
    return "-".join(secrets.token_hex(3) for _ in range(3))


def new_token() -> str:
    """An access token of 256 random bits."""
    return f"vnt_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def _scrypt(password: str, salt: bytes, cost: int) -> bytes:
    return hashlib.scrypt(password.encode("utf-8"), salt=salt, n=cost, r=_BLOCK, p=_LANES, maxmem=_MEMORY, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


_NOBODY = f"{_PREFIX}${_COST}${_text(bytes(16))}${_text(bytes(32))}"
