# SPDX-License-Identifier: Apache-2.0
"""Who may hand over mail."""

from ipaddress import ip_network

import pytest

from intake.mail.data import Room
from intake.mail.smtp_house import House


async def never(*_: object) -> str:
    raise AssertionError


def said(code: str) -> str:
    return code


def house() -> House:
    return House("smtp", frozenset(), (), 1, 1, Room(1, 1), never, said, lambda _: None)


@pytest.mark.parametrize(
    ("peers", "peer", "says"),
    [
        ("", "192.0.2.7", None),
        ("10.0.0.0/8,2001:db8::/32", "10.1.2.3", None),
        ("10.0.0.0/8", "::ffff:10.1.2.3", None),
        ("2001:db8::/32", "2001:db8::1", None),
        ("10.0.0.0/8", "192.0.2.7", "not-a-peer"),
        ("10.0.0.0/8", "2001:db8::1", "not-a-peer"),
        ("10.0.0.0/8", "", "not-a-peer"),
    ],
)
def test_who_may_hand_over(peers: str, peer: str, says: str | None) -> None:
    at = house()
    at.peers = tuple(ip_network(one) for one in peers.split(",") if one)
    assert at.at_the_door(peer) == says
    at.close()
    assert at.at_the_door(peer) == "closing"
