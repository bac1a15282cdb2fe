# SPDX-License-Identifier: Apache-2.0
"""Where routing is wired together: policy, cases, loops, doors."""

from importlib.metadata import version

from chassis.batch import Hooks
from chassis.files import files_from
from chassis.i18n import catalogue
from chassis.leases import every
from chassis.service import Definition, Runtime, Service
from chassis.staff import load_staff
from chassis.web.http import create_app
from chassis.yaml_file import or_exit
from routing.api.answering import answering_router
from routing.api.bulk import bulk_router
from routing.api.cases import case_router
from routing.api.clock import clock_router
from routing.api.deadlines import deadline_router
from routing.api.earlier import earlier_router
from routing.api.files import file_router
from routing.api.follow_up import follow_up_router
from routing.api.handling import handling_router
from routing.api.matrix import matrix_router
from routing.api.questions import question_router
from routing.cases.store import CaseStore
from routing.consumers import cases_under
from routing.desk import Desk
from routing.following.desk import FollowUpDesk
from routing.following.store import FollowUpStore
from routing.indexes import INDEXES
from routing.learning.proposing import Proposing
from routing.live.events import events_router
from routing.live.feed import Feed
from routing.live.presence import Presence
from routing.matrix.desk import MatrixDesk
from routing.matrix.putting import Putting
from routing.matrix.rules import DECIDING_ROLES, Rules, faults_in, in_turn
from routing.matrix.simulating import Simulating
from routing.matrix.store import MatrixStore
from routing.matrix.taking import LOOK_SECONDS as TAKE_SECONDS
from routing.matrix.taking import Taking
from routing.organisation.policy_files import read_policy
from routing.pages.answering import answering_page_router
from routing.pages.bulk import bulk_page_router
from routing.pages.cases import page_router
from routing.pages.clock import clock_page_router
from routing.pages.follow_up import FOLLOW_UP_LINK, follow_up_page_router
from routing.pages.live import live_page_router
from routing.pages.matrix import MATRIX_LINK, matrix_page_router
from routing.pages.questions import question_page_router
from routing.pages.queue import LINKS, queue_router
from routing.pages.refusals import show_refusals
from routing.questions.curating import Curating
from routing.questions.store import QuestionStore
from routing.recounting import LOOK_SECONDS, Recounting
from routing.searching.earlier import EarlierAnswers
from routing.searching.measures import measure
from routing.searching.reading import CaseReading
from routing.searching.searching import Searching
from routing.settings import RoutingSettings
from routing.wording import Wording


def build(settings: RoutingSettings) -> Service[RoutingSettings]:
    """One process of routing; exits with 2 and clear lines where a file of the organisation is faulty."""
    staff = load_staff(settings.staff_file)
    policy, first = or_exit(lambda: read_policy(settings, staff))
    rules = Rules(policy, first, faults_in(policy))
    cases = cases_under(rules)
    proposing = Proposing(settings.classifier_model)
    prepare = in_turn(rules.prepare, proposing)
    runtime = Runtime(Definition("routing", (cases,), INDEXES, lambda _: Hooks(prepare=prepare)), settings)
    store = MatrixStore(runtime.database)
    rules.store, rules.clock = store, runtime.clock
    runtime.health.ready("matrix", lambda: rules.loaded)
    for role in DECIDING_ROLES:
        runtime.add_loop(role, "matrix", rules.watch)
    proposing.alarm = runtime.metrics.alarm
    runtime.add_loop("consume", "classifier", proposing.ready)
    again = Recounting(runtime.database, runtime.processor, cases, policy, runtime.process)
    runtime.add_loop("timers", "recount", lambda: every(LOOK_SECONDS, again.step, name="recount"))
    taking = Taking(runtime.database, runtime.processor, cases, rules, runtime.process)
    runtime.add_loop("timers", "matrix-taking", lambda: every(TAKE_SECONDS, taking.step, name="matrix-taking"))
    searching = Searching(runtime.database, settings.search_index, runtime.process)
    measure(searching, runtime.metrics.registry)
    runtime.add_loop("api", "search", searching.run)
    reading = CaseReading(runtime.database)
    desk = Desk(
        rules=rules,
        cases=cases,
        commands=runtime.commands,
        store=CaseStore(runtime.database, searching),
        files=files_from(settings.files_url),
        clock=runtime.clock,
        wording=Wording(catalogue("routing"), policy.calendar, policy.matrix.people),
        earlier=EarlierAnswers(searching, reading.answered),
        presence=Presence(runtime.database),
        curating=Curating(QuestionStore(runtime.database), searching, reading.answered),
    )
    putting = Putting(store, policy.classifier.file, policy.matrix.house, runtime.clock)
    matrix = MatrixDesk(rules, store, putting, Simulating(runtime.database, rules, runtime.clock), runtime.clock)
    following = FollowUpDesk(FollowUpStore(runtime.database), policy.calendar, runtime.clock)
    feed = Feed(runtime.database)
    runtime.add_loop("api", "feed", feed.run)
    app = create_app(
        "Ventanilla · Gestión de casos",
        version("ventanilla-routing"),
        [
            case_router(desk),
            handling_router(desk),
            file_router(desk),
            bulk_router(desk),
            clock_router(desk),
            earlier_router(desk),
            answering_router(desk),
            question_router(desk),
            deadline_router(policy, desk.wording),
            matrix_router(matrix),
            follow_up_router(following),
            queue_router(desk),
            page_router(desk),
            bulk_page_router(desk),
            live_page_router(desk),
            events_router(desk, feed),
            question_page_router(desk),
            clock_page_router(desk),
            matrix_page_router(matrix),
            follow_up_page_router(following),
            answering_page_router(desk),
        ],
        settings=settings,
        package="routing",
        health=runtime.health,
        registry=runtime.metrics.registry,
        operations=runtime.operations,
        staff=staff,
        links=(*LINKS, MATRIX_LINK, FOLLOW_UP_LINK),
    )
    show_refusals(app, desk)
    return Service(runtime, app)
