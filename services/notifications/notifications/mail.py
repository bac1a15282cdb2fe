# SPDX-License-Identifier: Apache-2.0
"""A letter as an RFC 5322 message: text and HTML, files attached, in its thread, the same at every attempt."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from email.utils import format_datetime

from chassis.files import FileLost, Files
from notifications import headers, mime
from notifications.domain.letters import SENT_ONCE, TO_THE_PERSON, WRITTEN_BY_SOMEBODY, Letter, Recipient
from notifications.wording import Letterhead, Wording, Words
from ventanilla_contracts.envelope import FileRef

AUTOMATIC = ("Auto-Submitted: auto-generated", "X-Auto-Response-Suppress: All")
"""Of all but an answer, which is written by a person (RFC 3834, 5)."""


class Unsendable(Exception):
    """A letter that cannot become a mail; its text says why and names nobody."""


@dataclass(frozen=True)
class Mail:
    """What is handed to the mail server."""

    sender: str
    to: tuple[str, ...]
    content: bytes
    needs_utf8: bool
    lost: int = 0
    """How many of its files the store has lost."""


class Composer:
    """Makes mails of letters. ``largest`` is the most bytes of files that a mail carries.

    ``reply_address`` says where a correspondent answers to about a case; None: the address of the house.
    """

    def __init__(
        self,
        wording: Wording,
        letterhead: Letterhead,
        files: Files,
        zone: tzinfo,
        largest: int,
        reply_address: Callable[[str, str], str | None] = lambda _case_id, _correspondent: None,
    ) -> None:
        self._reply_address = reply_address
        self._wording = wording
        self._letterhead = letterhead
        self._files = files
        self._zone = zone
        self._largest = largest

    def preview(self, letter: Letter) -> Words:
        attached, left_out = travelling(letter.files, self._largest)
        return self._wording.words(letter, attached, left_out)

    async def compose(self, letter: Letter, now: datetime) -> Mail:
        """The mail to whom does not have it yet. Raises Unsendable, or FileLost for what must not go without it."""
        attached, left_out = travelling(letter.files, self._largest)
        if left_out and letter.kind in SENT_ONCE:
            raise Unsendable("its files are too large for a mail, or not safe")
        to = [_reachable(one) for one in letter.outstanding]
        contents, lost = await self._contents(attached, letter)
        words = self._wording.words(letter, list(contents), [*left_out, *lost])
        head = "".join(f"{line}\r\n" for line in self._head(letter, words, to, now)).encode("utf-8")
        return Mail(
            sender=self._letterhead.org_mail_address,
            to=tuple(one.address for one in to),
            content=head + _body(words, contents),
            needs_utf8=not head.isascii(),
            lost=len(lost),
        )

    def _head(self, letter: Letter, words: Words, to: Sequence[Recipient], now: datetime) -> list[str]:
        house = Recipient(address=self._letterhead.org_mail_address, name=self._letterhead.org_name)
        return [
            *headers.thread(letter),
            headers.addresses("From", [house]),
            headers.addresses("Reply-To", [self._answered_to(letter, house)]),
            headers.addresses("To", to),
            headers.text("Subject", words.subject),
            f"Date: {format_datetime(now.astimezone(self._zone))}",
            f"Content-Language: {self._wording.locale}",
            *(() if letter.kind in WRITTEN_BY_SOMEBODY else AUTOMATIC),
        ]

    def _answered_to(self, letter: Letter, house: Recipient) -> Recipient:
        """The person's own address for this case: whatever their program quotes, the answer finds it (design 4)."""
        if letter.kind not in TO_THE_PERSON or len(letter.to) != 1:
            return house
        address = self._reply_address(letter.case_id, letter.to[0].address)
        return Recipient(address=address, name=house.name) if address else house

    async def _contents(self, files: Sequence[FileRef], letter: Letter) -> tuple[dict[FileRef, bytes], list[FileRef]]:
        """What the store has of the files, and what it lost: staff can look for that, the person must get theirs."""
        found: dict[FileRef, bytes] = {}
        lost: list[FileRef] = []
        for file in files:
            try:
                found[file] = await self._files.get(file)
            except FileLost:
                if letter.kind in SENT_ONCE:
                    raise
                lost.append(file)
        return found, lost


def _body(words: Words, contents: Mapping[FileRef, bytes]) -> bytes:
    both = mime.together("alternative", (mime.text("plain", words.text), mime.text("html", words.html)))
    attached = [mime.file(content, file.type, file.name) for file, content in contents.items()]
    return (mime.together("mixed", (both, *attached)) if attached else both).as_bytes()


def travelling(files: Sequence[FileRef], largest: int) -> tuple[list[FileRef], list[FileRef]]:
    """Which files travel with a mail and which do not: what is infected, and what is too much."""
    attached: list[FileRef] = []
    left_out: list[FileRef] = []
    room = largest
    for file in files:
        if file.scan != "infected" and file.size <= room:
            attached.append(file)
            room -= file.size
        else:
            left_out.append(file)
    return attached, left_out


def _reachable(recipient: Recipient) -> Recipient:
    address = headers.valid_address(recipient.address)
    if address is None:
        raise Unsendable("the address is not one")
    return Recipient(address=address, name=recipient.name)
