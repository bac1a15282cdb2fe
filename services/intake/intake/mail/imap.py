# SPDX-License-Identifier: Apache-2.0
"""One mailbox by IMAP (RFC 3501): read by UID, and nothing in it is changed, no flag either."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from imaplib import IMAP4, Internaldate2tuple
from socket import SHUT_RDWR
from time import mktime
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxTaggedResponseError

from intake.mail.imap_address import ImapAddress
from intake.mail.oauth import TokenRefused, Tokens

SECONDS_TO_ANSWER = 30
PART_OF_TOO_LARGE = 100_000
"""Bytes that are kept of a mail beyond the limit: enough to see whose it is."""

_UID = re.compile(rb"UID (\d+)")
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxAway(Exception):
    """The server cannot be reached, refuses the login or does not have the folder."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A mail that waits: ``arrived`` is when its server took it."""

    uid: int
    size: int
    arrived: datetime | None


@dataclass(frozen=True, slots=True)
class Listing:
    """The mails behind a UID, in order; UIDs of another ``validity`` say nothing."""

    validity: int
    mails: Sequence[Listed]


class ImapMailbox:
    """A connection that is made when it is needed, and made anew after a failure. Blocking: call it in a thread."""

    def __init__(self, address: ImapAddress, tokens: Tokens) -> None:
        self._address = address
        self._tokens = tokens
        self._box: BaseMailBox | None = None
        self.failed_idles = 0
        self.can_idle = False
        """Whether the server said so when we connected last."""

    def behind(self, validity: int | None, last_uid: int, most: int) -> Listing:
        """Up to ``most`` mails behind ``last_uid``; from the first where the validity is another. MailboxAway."""
        with self._away():
            return self._behind(self._connected(), validity, last_uid, most)

    def bytes_of_all(self, mails: Sequence[Listed], largest: int) -> Mapping[int, bytes]:
        """By UID, in one question where none is above ``largest``; without those that are gone. MailboxAway."""
        found: dict[int, bytes] = {}
        if len(mails) > 1 and all(mail.size <= largest for mail in mails):
            with self._away():
                answer = self._fetched(",".join(str(mail.uid) for mail in mails), "(UID BODY.PEEK[])")
            for item in answer:
                if isinstance(item, tuple) and (uid := _UID.search(item[0])):
                    found[int(uid[1])] = bytes(item[1])
        for mail in mails:  # a server may say the UID behind the bytes
            if mail.uid not in found and (raw := self.bytes_of(mail, largest)) is not None:
                found[mail.uid] = raw
        return found

    def bytes_of(self, mail: Listed, largest: int) -> bytes | None:
        """The mail as it is, the beginning of one above ``largest``; None if it is gone. MailboxAway."""
        part = "" if mail.size <= largest else f"<0.{PART_OF_TOO_LARGE}>"
        with self._away():
            answer = self._fetched(str(mail.uid), f"(BODY.PEEK[]{part})")
        return next((bytes(item[1]) for item in answer if isinstance(item, tuple)), None)

    def idle(self, validity: int | None, last_uid: int) -> int | None:
        """Ask to be told of new mails (RFC 2177): a socket that has something to read then, or when it ends.

        ``done`` must follow. None where there is something already. MailboxAway.
        """
        with self._away():
            box = self._connected()
            box.folder.set(self._address.folder, readonly=True)  # whatever comes from here on is told
            known = box.client.untagged_responses.pop("EXISTS", None)
            if self._behind(box, validity, last_uid, 1).mails:
                return None
            self._start_idle(box)
            told = box.client.untagged_responses.pop("EXISTS", known)
            if told != known:
                box.idle.stop()  # type: ignore[no-untyped-call]
                return None
            return box.client.socket().fileno()

    def _start_idle(self, box: BaseMailBox) -> None:
        """A server may tell of a mail before it says that it waits; imap-tools takes that for a refusal."""
        try:
            box.idle.start()  # type: ignore[no-untyped-call]
        except MailboxTaggedResponseError:
            client: Any = box.client
            while client.tagged_commands.get(box.idle._idle_tag) is None:
                if client._get_response() is None:
                    return
            raise

    def done(self) -> None:
        """End ``idle``. A connection that died meanwhile is seen here, and counted until one ends well."""
        try:
            with self._away():
                if self._box is not None:
                    self._box.idle.stop()  # type: ignore[no-untyped-call]
        except MailboxAway:
            self.failed_idles += 1
        else:
            self.failed_idles = 0

    def hang_up(self) -> None:
        """End at once and without a word, from any thread: whoever waits for the server waits no longer."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError):
                box.client.socket().shutdown(SHUT_RDWR)
            with suppress(OSError):
                box.client.shutdown()

    @contextmanager
    def _away(self) -> Iterator[None]:
        try:
            yield
        except TokenRefused as error:
            raise MailboxAway(f"no access token: {error}") from error
        except (ImapToolsError, IMAP4.error, OSError) as error:
            self.close()
            raise MailboxAway(type(error).__name__) from error

    def close(self) -> None:
        """Without a word: after a failure nobody knows who is to speak, and a dead server would be waited for."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(OSError):
                box.client.shutdown()

    def _connected(self) -> BaseMailBox:
        if self._box is None:
            at = self._address
            kind = MailBox if at.secure else MailBoxUnencrypted
            token = self._tokens.token(at.password) if at.by_token else None
            box = kind(at.host, at.port, timeout=SECONDS_TO_ANSWER)
            try:
                self._log_in(box, token)
            except BaseException:
                box.client.shutdown()
                raise
            self._box = box
            self.can_idle = b"IDLE" in self._box.client.capability()[1][0].upper().split()
        return self._box

    def _log_in(self, box: BaseMailBox, token: str | None) -> None:
        """Why a token is not taken the server says in a challenge, to which nothing is to be answered."""
        if token is None:
            box.login(self._address.user, self._address.password, initial_folder=None)
            return
        answers = iter([f"user={self._address.user}\1auth=Bearer {token}\1\1".encode()])
        try:
            box.client.authenticate("XOAUTH2", lambda _: next(answers, b""))
        except IMAP4.error:
            self._tokens.forget(self._address.password)
            raise

    def _behind(self, box: BaseMailBox, validity: int | None, last_uid: int, most: int) -> Listing:
        status = box.folder.status(self._address.folder, ["UIDVALIDITY", "UIDNEXT"])
        found = status["UIDVALIDITY"]
        after = last_uid if found == validity else 0
        if status["UIDNEXT"] <= after + 1:
            return Listing(found, ())
        box.folder.set(self._address.folder, readonly=True)
        uids = sorted(uid for uid in map(int, box.uids(f"UID {after + 1}:*")) if uid > after)[:most]
        return Listing(found, self._listed(uids))

    def _listed(self, uids: Sequence[int]) -> Sequence[Listed]:
        if not uids:
            return ()
        answer = self._fetched(",".join(map(str, uids)), "(UID RFC822.SIZE INTERNALDATE)")
        lines = [item[0] if isinstance(item, tuple) else item for item in answer]
        found = {int(uid[1]): line for line in lines if line and (uid := _UID.search(line))}
        return [_listed(uid, found.get(uid, b"")) for uid in uids]

    def _fetched(self, uids: str, what: str) -> Sequence[bytes | tuple[bytes, bytes]]:
        kind, data = self._connected().client.uid("FETCH", uids, what)
        if kind != "OK":
            raise IMAP4.error("FETCH refused")
        return data


def _listed(uid: int, line: bytes) -> Listed:
    size, arrived = _SIZE.search(line), Internaldate2tuple(line)
    return Listed(uid, int(size[1]) if size else 0, datetime.fromtimestamp(mktime(arrived), UTC) if arrived else None)
