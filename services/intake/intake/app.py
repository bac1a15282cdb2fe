# SPDX-License-Identifier: Apache-2.0
"""Where intake is put together."""

from datetime import timedelta
from functools import partial
from importlib.metadata import version

from chassis.batch import Hooks
from chassis.files import LARGEST, Files, files_from
from chassis.i18n import Catalogue, catalogue
from chassis.ids import Signer
from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.mongo import Database
from chassis.service import Definition, Runtime, Service
from chassis.staff import Staff, load_staff
from chassis.web.http import create_app
from chassis.web.pages import Link
from chassis.web.throttle import Throttle
from intake.api import api
from intake.box_store import BoxOpenings
from intake.boxes import Boxes
from intake.consumers import BOX_OPENINGS, CASES, SUBMISSIONS, TOLD
from intake.contact import Contact
from intake.domain.correspondence import Addresses
from intake.doors import Doors
from intake.emergencies import load_emergencies
from intake.fetching import Fetcher, Positions
from intake.following import PAUSE_SECONDS, Following
from intake.form_door import FormDoor
from intake.identifying import PERSONS, Identifying
from intake.imap import ImapMailbox
from intake.kept import KeptFiles
from intake.linking import Linking
from intake.links import Links
from intake.mail_counts import MailCounts
from intake.mail_door import MailDoor, MailPolicy
from intake.measures import HeldMeasures, RegulatorMeasures
from intake.messages import Messages
from intake.numbering import HighestNumbers, Numbering
from intake.oauth import Tokens
from intake.pace import Pace
from intake.pages import pages
from intake.people import People
from intake.person_store import Persons
from intake.readings import Readings
from intake.receiving import Receiver
from intake.regulator.wiring import regulator_role
from intake.releasing import HeldActs, HeldNumbering
from intake.resolving import Resolver
from intake.scanning import scanned
from intake.segments import load_segments
from intake.settings import IntakeSettings
from intake.store import INDEXES, Cases
from intake.tracking import Tracking
from intake.uploads import LEASE_SECONDS, SWEEP_SECONDS, UploadsSweep, uploads_url
from intake.webhooks import signatures_of

PACKAGE = "intake"
HELD_SECONDS = 10.0
_log = get_logger(__name__)


def build(settings: IntakeSettings) -> Service[IntakeSettings]:
    texts, staff = catalogue(PACKAGE), load_staff(settings.staff_file)
    files = scanned(files_from(settings.files_url), settings.clamd_address)
    mail_files = scanned(files_from(settings.files_url, max(LARGEST, settings.largest_mail)), settings.clamd_address)
    policy = MailPolicy(settings.mail_limits, settings.own_authserv_id, settings.zone, settings.official_notices)
    mail_door = MailDoor(mail_files, Signer(settings.signing_keys), _addresses(settings, staff), texts, policy)
    form_door = FormDoor(files, texts)
    segments = load_segments(settings.segments_file)

    def hooks(database: Database) -> Hooks:
        identifying = Identifying(Persons(database), segments)
        return _hooks(settings, database, files, mail_door, form_door, texts, identifying)

    runtime = Runtime(
        Definition(PACKAGE, (CASES, SUBMISSIONS, PERSONS, BOX_OPENINGS), INDEXES, hooks, TOLD, HighestNumbers), settings
    )
    counts = MailCounts(PACKAGE, runtime.metrics.registry)
    readings = Readings(runtime.database, runtime.heartbeats, runtime.process)
    _fetch(runtime, mail_door, counts, texts, readings)
    _receive(runtime, mail_door, counts, texts, readings)
    _regulator(runtime, files, texts, form_door)
    uploads = _uploads(runtime)
    cases, persons = Cases(runtime.database), Persons(runtime.database)
    measures = HeldMeasures(cases, runtime.clock, runtime.metrics.registry)
    runtime.add_loop("relay", "held", partial(every, HELD_SECONDS, measures.measure, name="held"))
    following = Following(runtime.database, runtime.processor, persons)
    runtime.add_loop("timers", "persons", partial(every, PAUSE_SECONDS, following.step, name="persons"))
    links = Links(runtime.database)
    people = People(persons, segments, form_door.places, Signer(settings.signing_keys))
    doors = Doors(
        settings,
        runtime.clock,
        runtime.commands,
        cases,
        files,
        mail_door,
        form_door,
        people,
        counts,
        links,
        readings,
        uploads,
    )
    boxes = Boxes(doors, BoxOpenings(runtime.database))
    tracking = Tracking(cases, Throttle(), runtime.clock, settings.zone)
    messages = Messages(doors, tracking, Throttle())
    kept = KeptFiles(Signer(settings.signing_keys), uploads)
    app = create_app(
        texts.t("service.title"),
        version("ventanilla-intake"),
        (
            api(doors, boxes, tracking, messages, signatures_of(settings.webhook_secrets, staff)),
            pages(doors, boxes, tracking, messages, kept),
        ),
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
        shared={"contact": Contact.of(settings)},
    )
    return Service(runtime, app)


def _fetch(
    runtime: Runtime[IntakeSettings], door: MailDoor, counts: MailCounts, texts: Catalogue, readings: Readings
) -> None:
    """A loop for each mailbox; the role exists without one too."""
    settings = runtime.settings
    if not settings.mailboxes:
        runtime.add_loop("fetch", "fetch", _no_mailbox)
    tokens = Tokens(settings.oauth_client)
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
        runtime.add_loop("fetch", f"fetch {address.name}", partial(fetcher.run, settings.imap_poll_seconds))


def _receive(
    runtime: Runtime[IntakeSettings], door: MailDoor, counts: MailCounts, texts: Catalogue, readings: Readings
) -> None:
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
        readings,
    )
    runtime.add_loop("receive", "receive", receiver.run)
    runtime.health.ready("mail-listener", lambda: "receive" not in runtime.active or receiver.listens_everywhere())


def _regulator(runtime: Runtime[IntakeSettings], files: Files, texts: Catalogue, form_door: FormDoor) -> None:
    """The role exists without a platform too."""
    role = regulator_role(runtime, files, texts, form_door.places)
    if role is not None:
        measures = RegulatorMeasures(Cases(runtime.database), runtime.clock, runtime.metrics.registry)
        runtime.add_loop("relay", "regulator", partial(every, HELD_SECONDS, measures.measure, name="regulator"))
    runtime.add_loop("regulator", "regulator", _no_regulator if role is None else role.run)


async def _no_regulator() -> None:
    _log.info("no-regulator", setting="REGULATOR_URL")


def _uploads(runtime: Runtime[IntakeSettings]) -> Files:
    """Where files of forms wait, and the loop that removes those of forms that were never sent."""
    settings = runtime.settings
    uploads = scanned(files_from(uploads_url(settings.files_url)), settings.clamd_address)
    lease = Lease(runtime.database, "uploads", runtime.process, seconds=LEASE_SECONDS)
    sweep = UploadsSweep(uploads, lease, timedelta(days=settings.uploads_days))
    runtime.add_loop("relay", "uploads", partial(every, SWEEP_SECONDS, sweep.step, name="uploads"))
    return uploads


async def _no_mailbox() -> None:
    _log.info("no-mailbox", setting="IMAP_URL")


def _addresses(settings: IntakeSettings, staff: Staff) -> Addresses:
    return Addresses(settings.own_addresses, {member.email.casefold(): member.ref for member in staff.members})


def _hooks(
    settings: IntakeSettings,
    database: Database,
    files: Files,
    mail_door: MailDoor,
    form_door: FormDoor,
    texts: Catalogue,
    identifying: Identifying,
) -> Hooks:
    pace = Pace(database, settings.mail_most_an_hour)
    held, closed = HeldActs(database), settings.to_closed
    emergencies, scope = load_emergencies(settings.emergencies_file), settings.regulator_scope
    resolver = Resolver(
        Cases(database), files, mail_door, form_door, texts, identifying, pace, held, closed, emergencies, scope
    )
    numbering = HeldNumbering(database, Numbering(database, settings.org_code, settings.zone))
    return Hooks(resolver, Linking(numbering, database, settings.link_rules))
