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
from intake.mail_door import MailDoor, MailPolicy
from intake.numbering import HighestNumbers, Numbering
from intake.pace import Pace
from intake.pages import pages
from intake.resolving import Resolver
from intake.scanning import scanned
from intake.settings import IntakeSettings
from intake.store import INDEXES, Cases
from intake.tracking import Tracking
from intake.webhooks import signatures_of

PACKAGE = "intake"
_log = get_logger(__name__)


def build(settings: IntakeSettings) -> Service[IntakeSettings]:
    texts, staff = catalogue(PACKAGE), load_staff(settings.staff_file)
    files = scanned(files_from(settings.files_url, max(LARGEST, settings.largest_mail)), settings.clamd_address)
    policy = MailPolicy(settings.mail_limits, settings.own_authserv_id, settings.zone)
    mail_door = MailDoor(files, Signer(settings.signing_keys), _addresses(settings, staff), texts, policy)
    form_door = FormDoor(files, texts)

    def hooks(database: Database) -> Hooks:
        return _hooks(settings, database, files, mail_door, form_door, texts)

    runtime = Runtime(Definition(PACKAGE, (CASES, SUBMISSIONS), INDEXES, hooks, TOLD, HighestNumbers), settings)
    _fetch(runtime, mail_door, texts)
    cases = Cases(runtime.database)
    doors = Doors(settings, runtime.clock, runtime.commands, cases, files, mail_door, form_door)
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


def _fetch(runtime: Runtime[IntakeSettings], door: MailDoor, texts: Catalogue) -> None:
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
        )
        runtime.add_loop("fetch", f"fetch {address.name}", partial(fetcher.run, settings.imap_poll_seconds))


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
    pace = Pace(database, settings.mail_most_an_hour)
    resolver = Resolver(Cases(database), files, mail_door, form_door, texts, pace=pace)
    return Hooks(resolver, Numbering(database, settings.org_code, settings.zone))
