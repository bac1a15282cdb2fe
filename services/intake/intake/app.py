# SPDX-License-Identifier: Apache-2.0
"""Where intake is put together."""

from importlib.metadata import version

from chassis.batch import Hooks
from chassis.files import LARGEST, Files, files_from
from chassis.i18n import Catalogue, catalogue
from chassis.ids import Signer
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
from intake.form_door import FormDoor
from intake.identifying import PERSONS, Identifying
from intake.kept import KeptFiles
from intake.linking import Linking
from intake.links import Links
from intake.mail_counts import MailCounts
from intake.mail_door import MailDoor
from intake.mail_reading import MailPolicy
from intake.memberships import load_memberships
from intake.messages import Messages
from intake.numbering import HighestNumbers, Numbering
from intake.pace import Pace
from intake.pages import pages
from intake.people import People
from intake.person_store import Persons
from intake.readings import Readings
from intake.releasing import HeldActs, HeldNumbering
from intake.resolving import Resolver
from intake.roles import add_fetch, add_held, add_persons, add_receive, add_regulator, add_uploads
from intake.scanning import scanned
from intake.segments import load_segments
from intake.settings import IntakeSettings
from intake.store import INDEXES, Cases
from intake.tracking import Tracking
from intake.webhooks import signatures_of

PACKAGE = "intake"


def build(settings: IntakeSettings) -> Service[IntakeSettings]:
    texts, staff = catalogue(PACKAGE), load_staff(settings.staff_file)
    files = scanned(files_from(settings.files_url), settings.clamd_address)
    mail_files = scanned(files_from(settings.files_url, max(LARGEST, settings.largest_mail)), settings.clamd_address)
    policy = MailPolicy(settings.mail_limits, settings.own_authserv_id, settings.zone, settings.official_notices)
    mail_door = MailDoor(mail_files, Signer(settings.signing_keys), _addresses(settings, staff), texts, policy)
    form_door = FormDoor(files, texts, memberships=load_memberships(settings.membership_file))
    segments = load_segments(settings.segments_file)

    def hooks(database: Database) -> Hooks:
        identifying = Identifying(Persons(database), segments)
        return _hooks(settings, database, files, mail_door, form_door, texts, identifying)

    runtime = Runtime(
        Definition(PACKAGE, (CASES, SUBMISSIONS, PERSONS, BOX_OPENINGS), INDEXES, hooks, TOLD, HighestNumbers), settings
    )
    counts = MailCounts(PACKAGE, runtime.metrics.registry)
    readings = Readings(runtime.database, runtime.heartbeats, runtime.process)
    add_fetch(runtime, mail_door, counts, texts, readings)
    add_receive(runtime, mail_door, counts, texts, readings)
    add_regulator(runtime, files, texts, form_door)
    uploads = add_uploads(runtime)
    cases, persons = Cases(runtime.database), Persons(runtime.database)
    add_held(runtime)
    add_persons(runtime)
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
        shared={
            "contact": Contact.of(settings),
            "names": {one.id: one.name for one in staff.members},
            "takes_members": bool(form_door.memberships.kinds),
        },
    )
    return Service(runtime, app)


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
