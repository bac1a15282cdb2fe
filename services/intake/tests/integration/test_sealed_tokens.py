# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens in the real database: sealed, one for each of the settings, opened by whoever has a key."""

import asyncio

import pytest
from cryptography.fernet import Fernet

from chassis.mongo import Database, Unavailable
from intake.mail.token_shelf import SealedShelf

pytestmark = pytest.mark.infra

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def shelf(database: Database, *keys: str) -> SealedShelf:
    one = SealedShelf(database, keys)
    one.begin()
    return one


async def test_a_kept_token_is_sealed_replaced_and_read_by_every_process_with_a_key(database: Database) -> None:
    with pytest.raises(Unavailable):
        SealedShelf(database, (OLD,)).last("r-1")
    first = shelf(database, OLD)
    assert await asyncio.to_thread(first.last, "r-1") is None
    for given in ("next-2", "next-3"):
        await asyncio.to_thread(first.keep, "r-1", given)
    await asyncio.to_thread(first.keep, "r-of-another", "next-9")
    rows = await database.collection("refresh_tokens").find({}).to_list(None)
    assert len(rows) == 2
    assert not [row for row in rows if "next-" in str(row) or "r-1" in str(row)]
    turned = shelf(database, NEW, OLD)
    assert await asyncio.to_thread(turned.last, "r-1") == "next-3"
    await asyncio.to_thread(turned.keep, "r-1", "next-4")
    assert await asyncio.to_thread(shelf(database, NEW).last, "r-1") == "next-4"
    assert await asyncio.to_thread(first.last, "r-1") is None
