# SPDX-License-Identifier: Apache-2.0
"""Where notifications is put together."""

from datetime import timedelta
from functools import partial
from importlib.metadata import version

from chassis.commands import Commands
from chassis.files import Files, files_from
from chassis.i18n import LOCALES, catalogue
from chassis.ids import Signer
from chassis.leases import Lease, every
from chassis.log import get_logger
from chassis.service import Definition, Runtime, Service
from chassis.staff import Staff, load_staff
from chassis.subjects import Aggregate
from chassis.web.asyncapi import ASYNCAPI_LINK
from chassis.web.http import create_app
from chassis.web.pages import Link
from notifications.api import Outbox, api
from notifications.bouncing import STEP_SECONDS as BOUNCES_SECONDS
from notifications.bouncing import Bouncing
from notifications.domain.case import Case
from notifications.domain.house import House
from notifications.domain.outcomes import LETTERS
from notifications.domain.rules import HANDLED, Correspondence
from notifications.issuing import STEP_SECONDS, Issuing
from notifications.mail import Composer
from notifications.measures import NOT_DONE, Measures
from notifications.pace import Pace
from notifications.pages import pages
from notifications.rounds import send_for_ever
from notifications.sending import Sender
from notifications.settings import NotificationsSettings
from notifications.smtp import Mailer
from notifications.store import CASES, INDEXES, Letters
from notifications.telling import Outcomes
from notifications.wording import Letterhead, Wording
from ventanilla_contracts.formats import (
    MESSAGE_ID_PURPOSE,
    REPLY_ADDRESS_PURPOSE,
    LetterAddress,
    ReplyAddress,
    message_id,
    reply_address,
)

PACKAGE = "notifications"
SEND = "send"
TOPICS = ("intake-cases", "routing-cases")
COUNT_SECONDS = 5.0
_log = get_logger(__name__)


def build(settings: NotificationsSettings) -> Service[NotificationsSettings]:
    staff = load_staff(settings.staff_file)
    cases = Aggregate(CASES, Case, Correspondence(house_of(settings, staff)), TOPICS, HANDLED)
    runtime = Runtime(Definition(PACKAGE, (cases,), INDEXES), settings)
    wordings = {locale: _wording(settings, locale) for locale in LOCALES}
    files, letters = files_from(settings.files_url), Letters(runtime.database)
    wording = wordings[settings.letters_locale]
    replies = partial(_reply_address, Signer(settings.signing_keys), settings)
    composer = Composer(wording, _letterhead(settings), files, settings.zone, settings.mail_files_limit, replies)
    _add_sending(runtime, cases, letters, composer, wording, files)
    outbox = Outbox(letters, runtime.commands, cases, composer)
    app = create_app(
        catalogue(PACKAGE).t("desk.title"),
        version("ventanilla-notifications"),
        (api(outbox), pages(outbox, wordings)),
        settings=settings,
        package=PACKAGE,
        health=runtime.health,
        registry=runtime.metrics.registry,
        operations=runtime.operations,
        staff=staff,
        links=(
            Link("/", "desk.nav-outbox"),
            Link("/templates", "desk.nav-templates"),
            Link("/docs", "desk.nav-docs"),
            ASYNCAPI_LINK,
        ),
    )
    return Service(runtime, app)


def house_of(settings: NotificationsSettings, staff: Staff) -> House:
    """What the rules must know of this house."""
    secretariat = tuple(member.ref for member in staff.with_role("general-secretariat"))
    if not secretariat:
        _log.warning("no-general-secretariat", meaning="filing certificates go to the service area only (CNF-05)")
    return House(
        message_id=partial(_message_id, Signer(settings.signing_keys), settings.org_mail_domain),
        own_addresses=frozenset({settings.org_mail_address.lower()}),
        secretariat=secretariat,
        names={member.id: member.name for member in staff.members},
        oldest=settings.letters_oldest,
    )


def _add_sending(
    runtime: Runtime[NotificationsSettings],
    cases: Aggregate,
    letters: Letters,
    composer: Composer,
    wording: Wording,
    files: Files,
) -> None:
    """The role ``send``: the sender, the maker of certificates, and the count of what waits."""
    settings, clock, measures = runtime.settings, runtime.clock, Measures(runtime.metrics)
    pace = Pace(settings.smtp_timeout_seconds, timedelta(seconds=settings.letters_retry_seconds))
    outcomes = Outcomes(Commands(runtime.processor), cases)
    sender = Sender(
        letters,
        outcomes,
        composer,
        [_mailer(settings) for _ in range(settings.smtp_connections)],
        Lease(runtime.database, "sender", runtime.process, seconds=pace.lease),
        clock,
        measures,
        runtime.process,
        pace,
    )
    lease = Lease(runtime.database, "certificates", runtime.process)
    issuing = Issuing(letters, outcomes, wording, files, lease, clock, measures, settings.org_name)

    bouncing = Bouncing(letters, outcomes, Lease(runtime.database, "bounces", runtime.process))

    async def count() -> None:
        measures.waiting(await letters.counts(NOT_DONE))

    runtime.add_loop(SEND, "sender", partial(send_for_ever, sender, outcomes, runtime.processor.written(LETTERS)))
    runtime.add_loop(SEND, "certificates", partial(every, STEP_SECONDS, issuing.step, name="certificates"))
    runtime.add_loop(SEND, "bounces", partial(every, BOUNCES_SECONDS, bouncing.step, name="bounces"))
    runtime.add_loop(SEND, "letter-counts", partial(every, COUNT_SECONDS, count, name="letter-counts"))


def _mailer(settings: NotificationsSettings) -> Mailer:
    return Mailer(settings.smtp_url, settings.smtp_timeout_seconds, settings.org_mail_domain)


def _letterhead(settings: NotificationsSettings) -> Letterhead:
    return Letterhead(settings.org_name, settings.org_mail_address, settings.public_url)


def _wording(settings: NotificationsSettings, locale: str) -> Wording:
    return Wording(catalogue(PACKAGE), _letterhead(settings), settings.zone, locale)


def _message_id(signer: Signer, domain: str, address: LetterAddress) -> str:
    return message_id(address, signer.sign(MESSAGE_ID_PURPOSE, address.signed_text()), domain)


def _reply_address(signer: Signer, settings: NotificationsSettings, case_id: str, correspondent: str) -> str | None:
    if not settings.reply_address_tags:
        return None
    address = ReplyAddress(case_id, correspondent)
    return reply_address(address, signer.sign(REPLY_ADDRESS_PURPOSE, address.signed_text()), settings.org_mail_address)
