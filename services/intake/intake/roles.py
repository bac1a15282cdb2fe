# SPDX-License-Identifier: Apache-2.0
"""What intake's roles do all the time, each a loop of the runtime."""

from datetime import timedelta
from functools import partial

from chassis.files import Files, files_from
from chassis.i18n import Catalogue
from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.service import Runtime
from intake.filing.form_door import FormDoor
from intake.mail.counts import MailCounts
from intake.mail.door import MailDoor
from intake.mail.fetching import Fetcher, Positions
from intake.mail.imap import ImapMailbox
from intake.mail.oauth import Tokens
from intake.mail.readings import Readings
from intake.mail.receiving import Receiver
from intake.mail.token_shelf import SealedShelf
from intake.measures import HeldMeasures, RegulatorMeasures
from intake.persons.following import PAUSE_SECONDS, Following
from intake.persons.store import Persons
from intake.regulator.wiring import regulator_role
from intake.settings import IntakeSettings
from intake.store import Cases
from intake.uploaded.scanning import scanned
from intake.uploaded.uploads import LEASE_SECONDS, SWEEP_SECONDS, UploadsSweep, uploads_url

HELD_SECONDS = 10.0
_log = get_logger(__name__)


def add_fetch(
    runtime: Runtime[IntakeSettings], door: MailDoor, counts: MailCounts, texts: Catalogue, readings: Readings
) -> None:
    """Fetching from each mailbox; the role exists without one too."""
    settings = runtime.settings
    if not settings.mailboxes:
        runtime.add_loop("fetch", "fetch", _no_mailbox)
    shelf = SealedShelf(runtime.database, settings.token_keys) if settings.token_keys else None
    tokens = Tokens(settings.oauth_client, shelf)
    for address in settings.mailboxes:
        fetcher = Fetcher(
            address.name,
            ImapMailbox(address, tokens),
            Positions(runtime.database, address.name),
            Lease(runtime.database, f"fetch {address.name}", runtime.process),
            door,
            runtime.processor,
            runtime.clock,
            texts,
            settings.largest_mail,
            counts,
            readings,
            settings.imap_idle_seconds,
        )
        runtime.add_loop("fetch", f"fetch {address.name}", partial(_fetching, fetcher, shelf, settings))


async def _fetching(fetcher: Fetcher, shelf: SealedShelf | None, settings: IntakeSettings) -> None:
    if shelf is not None:
        shelf.begin()
    await fetcher.run(settings.imap_poll_seconds)


def add_receive(
    runtime: Runtime[IntakeSettings], door: MailDoor, counts: MailCounts, texts: Catalogue, readings: Readings
) -> None:
    """The listeners of SMTP and LMTP; the role exists without one too."""
    settings = runtime.settings
    receiver = Receiver(
        settings,
        settings.own_addresses,
        settings.largest_mail,
        runtime.processor,
        door,
        runtime.clock,
        counts,
        texts,
        readings,
    )
    runtime.add_loop("receive", "receive", receiver.run)
    runtime.health.ready("mail-listener", lambda: "receive" not in runtime.active or receiver.listens_everywhere())


def add_regulator(runtime: Runtime[IntakeSettings], files: Files, texts: Catalogue, form_door: FormDoor) -> None:
    """The regulator's platform; the role exists without one too."""
    role = regulator_role(runtime, files, texts, form_door.places)
    if role is not None:
        measures = RegulatorMeasures(Cases(runtime.database), runtime.clock, runtime.metrics.registry)
        runtime.add_loop("relay", "regulator", partial(every, HELD_SECONDS, measures.measure, name="regulator"))
    runtime.add_loop("regulator", "regulator", _no_regulator if role is None else role.run)


def add_uploads(runtime: Runtime[IntakeSettings]) -> Files:
    """Where files of forms wait, and the loop that removes those of forms that were never sent."""
    settings = runtime.settings
    uploads = scanned(files_from(uploads_url(settings.files_url)), settings.clamd_address)
    lease = Lease(runtime.database, "uploads", runtime.process, seconds=LEASE_SECONDS)
    sweep = UploadsSweep(uploads, lease, timedelta(days=settings.uploads_days))
    runtime.add_loop("relay", "uploads", partial(every, SWEEP_SECONDS, sweep.step, name="uploads"))
    return uploads


def add_held(runtime: Runtime[IntakeSettings]) -> None:
    """How many submissions are held, and since when."""
    measures = HeldMeasures(Cases(runtime.database), runtime.clock, runtime.metrics.registry)
    runtime.add_loop("relay", "held", partial(every, HELD_SECONDS, measures.measure, name="held"))


def add_persons(runtime: Runtime[IntakeSettings]) -> None:
    """Persons follow their cases (ADR 0018)."""
    following = Following(runtime.database, runtime.processor, Persons(runtime.database))
    runtime.add_loop("timers", "persons", partial(every, PAUSE_SECONDS, following.step, name="persons"))


async def _no_mailbox() -> None:
    _log.info("no-mailbox", setting="IMAP_URL")


async def _no_regulator() -> None:
    _log.info("no-regulator", setting="REGULATOR_URL")
