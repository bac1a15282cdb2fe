# SPDX-License-Identifier: Apache-2.0
"""Where satisfaction is put together."""

from functools import partial
from importlib.metadata import version

from chassis.i18n import catalogue
from chassis.leases import Lease, every
from chassis.service import Definition, Runtime, Service
from chassis.staff import load_staff
from chassis.subjects import Aggregate
from chassis.web.asyncapi import ASYNCAPI_LINK
from chassis.web.http import create_app
from chassis.web.pages import Link
from satisfaction.api import Desk, api
from satisfaction.calling_hours_file import read_calling_hours
from satisfaction.domain.calling_hours import CallingHours
from satisfaction.domain.check import Check
from satisfaction.domain.decide import HANDLES, CheckRules
from satisfaction.domain.draw import Sample, decide_sample
from satisfaction.drawing import Drawing
from satisfaction.pages import pages
from satisfaction.settings import SatisfactionSettings
from satisfaction.store import INDEXES, Checks

DRAWING_SECONDS = 2.0
PACKAGE = "satisfaction"


def build(settings: SatisfactionSettings) -> Service[SatisfactionSettings]:
    rules = CheckRules(settings.zone, settings.subsidy_areas)
    cases = Aggregate("cases", Check, rules, ("intake-cases", "routing-cases"), HANDLES)
    samples = Aggregate("samples", Sample, decide_sample, (), ())
    runtime = Runtime(Definition(PACKAGE, (cases, samples), INDEXES), settings)
    checks = Checks(runtime.database)
    drawing = _drawing(runtime, checks, cases, samples)
    runtime.add_loop("timers", "drawing", partial(every, DRAWING_SECONDS, drawing.step, name="drawing"))
    hours = CallingHours(read_calling_hours(settings.calling_hours_file), settings.zone)
    desk = Desk(checks, runtime.commands, cases, runtime.clock, settings.zone, hours)
    app = create_app(
        catalogue(PACKAGE).t("service.title"),
        version("ventanilla-satisfaction"),
        (api(desk), pages(desk)),
        settings=settings,
        package=PACKAGE,
        health=runtime.health,
        registry=runtime.metrics.registry,
        operations=runtime.operations,
        staff=load_staff(settings.staff_file),
        links=(Link("/", "nav.call-list"), Link("/docs", "nav.docs"), ASYNCAPI_LINK),
    )
    return Service(runtime, app)


def _drawing(runtime: Runtime[SatisfactionSettings], checks: Checks, cases: Aggregate, samples: Aggregate) -> Drawing:
    settings = runtime.settings
    return Drawing(
        checks,
        runtime.processor,
        runtime.clock,
        Lease(runtime.database, "drawing", runtime.process),
        cases=cases,
        samples=samples,
        zone=settings.zone,
        size=settings.sample_size,
        hour=settings.sample_draw_hour,
    )
