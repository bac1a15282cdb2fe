# SPDX-License-Identifier: Apache-2.0
"""Where reporting is put together."""

from importlib.metadata import version

from chassis.i18n import catalogue
from chassis.service import Definition, Runtime, Service
from chassis.staff import load_staff
from chassis.subjects import Aggregate
from chassis.web.asyncapi import ASYNCAPI_LINK
from chassis.web.http import create_app
from chassis.web.pages import Link
from reporting.api import Desk, api
from reporting.audit.watch import AuditWatch, audit_in_a_process
from reporting.domain import counting, submissions
from reporting.domain.facts import CaseFact
from reporting.goals import read_goals
from reporting.pages import pages
from reporting.settings import ReportingSettings
from reporting.store import INDEXES, Counts

PACKAGE = "reporting"
CASE_TOPICS = ("intake-cases", "routing-cases", "notifications-deliveries", "satisfaction-checks")


def build(settings: ReportingSettings) -> Service[ReportingSettings]:
    cases = Aggregate("cases", CaseFact, counting.CaseCounting(settings.zone), CASE_TOPICS, counting.HANDLES)
    outcomes = Aggregate(
        "submissions",
        submissions.SubmissionFact,
        submissions.SubmissionCounting(settings.zone),
        ("intake-outcomes",),
        submissions.HANDLES,
    )
    runtime = Runtime(Definition(PACKAGE, (cases, outcomes), INDEXES), settings)
    watch = AuditWatch(
        runtime.database, runtime.metrics, runtime.process, hours=settings.audit_hours, run=audit_in_a_process
    )
    runtime.add_loop("relay", "audit", watch.loop)
    desk = Desk(Counts(runtime.database), runtime.clock, settings.zone, read_goals(settings.goals_file))
    app = create_app(
        catalogue(PACKAGE).t("service.title"),
        version("ventanilla-reporting"),
        (api(desk), pages(desk)),
        settings=settings,
        package=PACKAGE,
        health=runtime.health,
        registry=runtime.metrics.registry,
        operations=runtime.operations,
        staff=load_staff(settings.staff_file),
        links=(Link("/", "nav.dashboard"), Link("/docs", "nav.docs"), ASYNCAPI_LINK),
    )
    return Service(runtime, app)
