# SPDX-License-Identifier: Apache-2.0
"""The bytes of a mail by SMTP: however they are cut into pieces it is the same mail, and its end is the only end."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from intake.mail.data import END, Incoming, Room

LARGEST = 1_000
ROOM = 3_000


def stuffed(mail: bytes) -> bytes:
    """As a client sends it (RFC 5321 §4.5.2)."""
    return mail.replace(b"\r\n.", b"\r\n..") if not mail.startswith(b".") else stuffed(b"\r\n" + mail)[2:]


def fed(incoming: Incoming, data: bytes, cuts: list[int]) -> bytes:
    """What stands behind the end."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    rest = b""
    for start, end in pairwise(places):
        rest += data[start:end] if incoming.ended else incoming.add(data[start:end])
    return rest


LINES = st.lists(
    st.binary(max_size=30).map(lambda b: b.replace(b"\r\n", b"")) | st.sampled_from([b".", b"..", b"\r", b"\n.", b""])
)


@given(LINES, st.lists(st.integers(0, 10_000), max_size=12), st.sampled_from([b"", b"MAIL FROM:<a@b.example>\r\n"]))
@example([], [1, 2, 3], b"")
@example([b".", b"..x"], list(range(20)), b"QUIT\r\n")
def test_a_mail_is_the_same_however_it_is_cut(lines: list[bytes], cuts: list[int], behind: bytes) -> None:
    mail = b"".join(line.rstrip(b"\r") + b"\r\n" for line in lines)
    incoming = Incoming(Room(LARGEST, ROOM))
    rest = fed(incoming, stuffed(mail) + b".\r\n" + behind, cuts)
    assert incoming.ended
    assert incoming.content() == mail
    assert rest == behind


@pytest.mark.parametrize("almost", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r\n.\r", b"\r\n..\r\n"])
def test_a_line_end_by_half_ends_no_mail(almost: bytes) -> None:
    incoming = Incoming(Room(LARGEST, ROOM))
    assert incoming.add(b"Subject: a" + almost + b"MAIL FROM:<spoofed@caja.example>") == b""
    assert not incoming.ended
    incoming.add(END)
    assert b"spoofed" in incoming.content()


@given(st.lists(st.integers(0, 50_000), max_size=30))
def test_what_is_too_large_is_heard_to_its_end_and_not_kept(cuts: list[int]) -> None:
    at = Room(LARGEST, ROOM)
    incoming = Incoming(at)
    assert fed(incoming, b"x" * 50_000 + END + b"QUIT\r\n", cuts) == b"QUIT\r\n"
    assert (incoming.ended, incoming.refused) == (True, "too-large")
    assert at.held < 10


def test_mails_that_together_are_too_much_are_put_off_and_the_room_is_given_back() -> None:
    at = Room(LARGEST, ROOM)
    several = [Incoming(at) for _ in range(4)]
    for incoming in several:
        incoming.add(b"x" * 900)
    assert [incoming.refused for incoming in several] == [None, None, None, "no-room"]
    assert at.held < ROOM
    for incoming in several:
        incoming.forget()
    assert at.held == 0
