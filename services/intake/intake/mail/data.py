# SPDX-License-Identifier: Apache-2.0
"""The bytes of a mail by SMTP (RFC 5321 §4.5.2), as they come and without more of them in memory than there is room."""

from dataclasses import dataclass

END = b"\r\n.\r\n"
"""The only end of a mail: a line end by half ends none, so that no mail can hide another one (SMTP smuggling)."""


@dataclass
class Room:
    """For a mail, and for all that are under way together; ``held`` are their bytes now."""

    largest: int
    most_held: int
    held: int = 0


class Incoming:
    """The bytes of one mail as they come, without more in memory than there is room for."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._bytes = bytearray(b"\r\n")  # so that a mail without any line ends like all others
        self._counted = 0
        self.read = 0
        self.ended = False
        self.refused: str | None = None

    def add(self, piece: bytes) -> bytes:
        """What stands behind the end of the mail, once it came."""
        searched = max(0, len(self._bytes) - len(END) + 1)
        self._bytes += piece
        self.read += len(piece)
        end = self._bytes.find(END, searched)
        rest = b""
        if end >= 0:
            self.ended = True
            rest = bytes(self._bytes[end + len(END) :])
            del self._bytes[end + 2 :]
        self._refuse_what_is_too_much()
        return rest

    def content(self) -> bytes:
        """Without the dots that were put before dots (RFC 5321 §4.5.2)."""
        return bytes(self._bytes).replace(b"\r\n.", b"\r\n")[2:]

    def forget(self) -> None:
        self._bytes.clear()
        self._count()

    def _refuse_what_is_too_much(self) -> None:
        self._count()
        if self.refused is None and len(self._bytes) - 2 > self._room.largest:
            self.refused = "too-large"
        elif self.refused is None and self._room.held > self._room.most_held:
            self.refused = "no-room"
        if self.refused is not None:
            del self._bytes[: -len(END) + 1]
            self._count()

    def _count(self) -> None:
        self._room.held += len(self._bytes) - self._counted
        self._counted = len(self._bytes)
