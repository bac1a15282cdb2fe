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
from intake.consumers import BOX_OPENINGS, CASES, SUBMISSIONS, TOLD
from intake.contact import Contact
from intake.desk.box_store import BoxOpenings
from intake.desk.boxes import Boxes
from intake.domain.correspondence import Addresses
from intake.doors import Doors
from intake.filing.emergencies import load_emergencies
from intake.filing.form_door import FormDoor
from intake.filing.linking import Linking
from intake.filing.links import Links
from intake.filing.memberships import load_memberships
from intake.filing.numbering import HighestNumbers, Numbering
from intake.filing.releasing import HeldActs, HeldNumbering
from intake.filing.resolving import Resolver
from intake.mail.counts import MailCounts
from intake.mail.door import MailDoor
from intake.mail.pace import Pace
from intake.mail.reading import MailPolicy
from intake.mail.readings import Readings
from intake.messages import Messages
from intake.pages import pages
from intake.persons.identifying import PERSONS, Identifying
from intake.persons.people import People
from intake.persons.segments import load_segments
from intake.persons.store import Persons
from intake.roles import add_fetch, add_held, add_persons, add_receive, add_regulator, add_uploads
from intake.settings import IntakeSettings
from intake.store import INDEXES, Cases
from intake.tracking import Tracking
from intake.uploaded.kept import KeptFiles
from intake.uploaded.scanning import scanned
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
            *api(doors, boxes, tracking, messages, signatures_of(settings.webhook_secrets, staff)),
            *pages(doors, boxes, tracking, messages, kept),
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
            Link("/answers", "answers.title"),
            Link("/desk", "nav.desk", ("adviser", "agent", "general-secretariat", "legal")),
        ),
        shared={
            "contact": Contact.of(settings),
            "faq_url": settings.faq_url,
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
