# SPDX-License-Identifier: Apache-2.0
"""`python -m intake mails`: whether every mail that came in has its one outcome."""

import asyncio
import sys
from typing import Annotated, NoReturn

import typer

from chassis import log
from chassis.files import files_from
from chassis.i18n import catalogue
from chassis.ids import Signer
from chassis.mongo import Database, Unavailable
from chassis.settings import load
from intake.domain.correspondence import Addresses
from intake.mail.check import MailsCheck, Tally, table
from intake.mail.door import MailDoor
from intake.mail.fetching import Positions
from intake.mail.imap import ImapMailbox, MailboxAway
from intake.mail.oauth import Tokens
from intake.settings import IntakeSettings

Last = Annotated[int, typer.Option(min=1, help="how many of the newest mails of each mailbox are read again")]


def mails_command(last: Last = 10_000) -> None:
    """Print a table by way in; exit 1 where something does not agree, 2 where something cannot be asked."""
    settings = load(IntakeSettings)
    log.configure(settings.service, level="ERROR", style=settings.log_format, out=sys.stderr)
    try:
        tallies = asyncio.run(tallied(settings, last))
    except Unavailable:
        _fail("MONGODB_URI: the database does not answer")
    except MailboxAway as error:
        _fail(f"IMAP_URL: a mailbox cannot be read: {error}")
    print(table(tallies))
    if any(one.wrong for one in tallies):
        raise typer.Exit(1)


async def tallied(settings: IntakeSettings, last: int) -> list[Tally]:
    """What came in by each transport, then mailbox by mailbox. Raises Unavailable, MailboxAway."""
    database, files = Database(settings.mongodb_uri, settings.database), files_from(settings.files_url)
    addresses = Addresses(settings.own_addresses, {})
    check = MailsCheck(
        database, files, MailDoor(files, Signer(settings.signing_keys), addresses, catalogue(settings.service))
    )
    try:
        found, tokens = await check.stored(), Tokens(settings.oauth_client)
        for address in settings.mailboxes:
            box, position = ImapMailbox(address, tokens), await Positions(database, address.name).read()
            try:
                found.append(await check.mailbox(address.name, box, position, settings.largest_mail, last))
            finally:
                box.hang_up()
        return found
    finally:
        database.close()


def _fail(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise typer.Exit(2)
