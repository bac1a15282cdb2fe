# SPDX-License-Identifier: Apache-2.0
"""The role put together."""

from chassis.files import Files
from chassis.i18n import Catalogue
from chassis.leases import Lease
from chassis.service import Runtime
from intake.domain.municipalities import Municipalities
from intake.domain.regulator.codes import Codes
from intake.persons.store import Persons
from intake.regulator.codes import load_own_codes, smartsupervision_codes
from intake.regulator.documents import Documents
from intake.regulator.persons import PersonsPuller
from intake.regulator.pulling import Puller
from intake.regulator.role import RegulatorRole
from intake.regulator.sending import Sender
from intake.regulator.smartsupervision import Account, SmartSupervision
from intake.settings import IntakeSettings
from intake.store import Cases


def regulator_role(
    runtime: Runtime[IntakeSettings], files: Files, texts: Catalogue, places: Municipalities
) -> RegulatorRole | None:
    """None without REGULATOR_URL."""
    settings = runtime.settings
    if not settings.regulator_url or settings.regulator_codes is None:
        return None
    platform = smartsupervision_codes()
    codes = Codes(platform, load_own_codes(settings.regulator_codes), settings.zone)
    gateway = SmartSupervision(account_of(settings), platform.phrases)
    cases = Cases(runtime.database)
    return RegulatorRole(
        gateway,
        Lease(runtime.database, "regulator", runtime.process),
        Puller(
            gateway,
            runtime.processor,
            cases,
            files,
            runtime.clock,
            texts,
            settings.regulator_authority,
            platform,
            places,
            settings.zone,
        ),
        PersonsPuller(
            gateway,
            runtime.processor,
            Persons(runtime.database),
            runtime.clock,
            settings.regulator_authority,
            platform,
        ),
        Sender(gateway, runtime.processor, cases, files, runtime.clock, codes, Documents(texts, settings.org_name)),
        settings.regulator_look_seconds,
        settings.regulator_pull_seconds,
    )


def account_of(settings: IntakeSettings) -> Account:
    return Account(
        settings.regulator_url,
        settings.regulator_user,
        settings.regulator_password.get_secret_value(),
        settings.regulator_key.get_secret_value(),
        settings.regulator_pace_seconds,
        settings.regulator_timeout_seconds,
        settings.regulator_file_hosts,
        settings.largest_mail,
    )
