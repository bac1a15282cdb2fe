# SPDX-License-Identifier: Apache-2.0
"""Where intake is put together."""

from functools import partial
from importlib.metadata import version

from chassis.batch import Hooks
from chassis.files import LARGEST, Files, files_from
from chassis.i18n import Catalogue, catalogue
from chassis.ids import Signer
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.mongo import Database
from chassis.service import Definition, Runtime, Service
from chassis.staff import Staff, load_staff
from chassis.web.http import create_app
from chassis.web.pages import Link
from chassis.web.throttle import Throttle
from intake.api import api
from intake.consumers import CASES, SUBMISSIONS, TOLD
from intake.domain.correspondence import Addresses
from intake.doors import Doors
from intake.fetching import Fetcher, Positions
from intake.form_door import FormDoor
from intake.imap import ImapMailbox
from intake.mail_counts import MailCounts
from intake.mail_door import MailDoor
from intake.numbering import HighestNumbers, Numbering
from intake.pages import pages
from intake.receiving import Receiver
from intake.resolving import Resolver
from intake.settings import IntakeSettings
from intake.store import INDEXES, Cases
from intake.tracking import Tracking
from intake.webhooks import signatures_of

PACKAGE = "intake"
_log = get_logger(__name__)


def build(settings: IntakeSettings) -> Service[IntakeSettings]:
    texts, staff = catalogue(PACKAGE), load_staff(settings.staff_file)
    files = files_from(settings.files_url)
    mail_files = files_from(settings.files_url, max(LARGEST, settings.largest_mail))
    mail_door = MailDoor(mail_files, Signer(settings.signing_keys), _addresses(settings, staff), texts)
    form_door = FormDoor(files, texts)

    def hooks(database: Database) -> Hooks:
        return _hooks(settings, database, files, mail_door, form_door, texts)

    runtime = Runtime(Definition(PACKAGE, (CASES, SUBMISSIONS), INDEXES, hooks, TOLD, HighestNumbers), settings)
    counts = MailCounts(PACKAGE, runtime.metrics.registry)
    _fetch(runtime, mail_door, counts, texts)
    _receive(runtime, mail_door, counts, texts)
    cases = Cases(runtime.database)
    doors = Doors(settings, runtime.clock, runtime.commands, cases, files, mail_door, form_door, counts)
    tracking = Tracking(cases, Throttle())
    app = create_app(
        texts.t("service.title"),
        version("ventanilla-intake"),
        (api(doors, tracking, signatures_of(settings.webhook_secrets, staff)), pages(doors, tracking)),
        settings=settings,
        package=PACKAGE,
        health=runtime.health,
        registry=runtime.metrics.registry,
        operations=runtime.operations,
        staff=staff,
        links=(
            Link("/", "nav.file"),
            Link("/track", "nav.track"),
            Link("/desk", "nav.desk", ("adviser", "agent", "general-secretariat", "legal")),
        ),
    )
    return Service(runtime, app)


def _fetch(runtime: Runtime[IntakeSettings], door: MailDoor, counts: MailCounts, texts: Catalogue) -> None:
    """A loop for each mailbox; the role exists without one too."""
    settings = runtime.settings
    if not settings.mailboxes:
        runtime.add_loop("fetch", "fetch", _no_mailbox)
    for address in settings.mailboxes:
        fetcher = Fetcher(
            address.name,
            ImapMailbox(address),
            Positions(runtime.database, address.name),
            Lease(runtime.database, f"fetch {address.name}", runtime.process),
            door,
            runtime.processor,
            runtime.clock,
            texts,
            settings.largest_mail,
            counts,
            settings.imap_idle_seconds,
        )
        runtime.add_loop("fetch", f"fetch {address.name}", partial(fetcher.run, settings.imap_poll_seconds))


def _receive(runtime: Runtime[IntakeSettings], door: MailDoor, counts: MailCounts, texts: Catalogue) -> None:
    """The role exists without a listener too."""
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
    )
    runtime.add_loop("receive", "receive", receiver.run)
    runtime.health.ready("mail-listener", lambda: "receive" not in runtime.active or receiver.listens_everywhere())


async def _no_mailbox() -> None:
    _log.info("no-mailbox", setting="IMAP_URL")


def _addresses(settings: IntakeSettings, staff: Staff) -> Addresses:
    return Addresses(settings.own_addresses, frozenset(member.email.casefold() for member in staff.members))


def _hooks(
    settings: IntakeSettings,
    database: Database,
    files: Files,
    mail_door: MailDoor,
    form_door: FormDoor,
    texts: Catalogue,
) -> Hooks:
    resolver = Resolver(Cases(database), files, mail_door, form_door, texts)
    return Hooks(resolver, Numbering(database, settings.org_code, settings.zone))
