# SPDX-License-Identifier: Apache-2.0
"""The doors of routing over cases kept in memory: what they ask for is decided by the real rules."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response
from matrix_story import PastInMemory, VersionsInMemory, putting_into, rules_over
from routing_story import local, policy, staff, token_of

from chassis import log
from chassis.clock import TestClock
from chassis.decision import Decision, Insert, Put, Received, Refused
from chassis.files import files_from
from chassis.i18n import catalogue
from chassis.idempotency import OTHER_BODY, Key
from chassis.subjects import Aggregate
from chassis.web.http import create_app
from chassis.web.sessions import begin_session
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
from routing.cases.cursors import UnknownCursor
from routing.cases.filters import CaseFilter
from routing.cases.store import Page
from routing.consumers import cases_under
from routing.desk import Desk
from routing.domain.answering.drafting import DRAFTS
from routing.domain.answering.ombudsman_follow_up import AskedOfCase
from routing.domain.case import Case
from routing.domain.classifying.proposal import FiledWithProposal, Proposal
from routing.domain.earlier.questions import FrequentQuestion
from routing.domain.filing import MESSAGES
from routing.domain.links import LINKS as LINKED
from routing.following.desk import FollowUpDesk
from routing.live.presence import Present
from routing.matrix.desk import MatrixDesk
from routing.matrix.rules import Rules
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
from routing.searching.building import StillBuilding
from routing.searching.earlier import EarlierAnswers
from routing.searching.entries import entry_of
from routing.searching.index import CaseIndex, Found, Often
from routing.settings import RoutingSettings
from routing.wording import Wording
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import CaseFiled

WINDOW = "http://window.example"


@dataclass
class CasesInMemory:
    """The store that the doors read, the index beside it, and the commands that they give."""

    aggregate: Aggregate
    clock: TestClock
    cases: dict[str, Case] = field(default_factory=dict)
    rows: list[Insert | Put] = field(default_factory=list)
    told: list[Any] = field(default_factory=list)
    building: bool = False
    questions: "QuestionsInMemory" = field(default_factory=lambda: QuestionsInMemory())

    def hear(self, case_id: str, event: Event) -> None:
        outcome = self._decided(case_id, Received(event, f"e-{len(self.told)}", case_id, self.clock.now(), event.TOPIC))
        assert isinstance(outcome, Decision)

    def hear_with(self, case_id: str, event: CaseFiled, proposal: Proposal) -> None:
        """A filing of which a model was asked."""
        received = Received(event, f"e-{len(self.told)}", case_id, self.clock.now(), event.TOPIC)
        assert isinstance(self._decided(case_id, FiledWithProposal(received, proposal)), Decision)

    async def execute(self, aggregate: Aggregate, subject: str, command: object, **_: object) -> Any:
        assert aggregate is self.aggregate
        outcome = self._decided(subject, command)
        return outcome if isinstance(outcome, Refused) else outcome.result

    async def by_number(self, number: str) -> Case | None:
        return next((case for case in self.cases.values() if case.case_number == number), None)

    async def ids(self, numbers: Sequence[str]) -> dict[str, str]:
        return {case.case_number: case.id for case in self.cases.values() if case.case_number in numbers}

    async def counts(self, wanted: Mapping[str, CaseFilter]) -> dict[str, int]:
        return {name: len((await self.page(one, limit=1000)).cases) for name, one in wanted.items()}

    async def page(self, wanted: CaseFilter, *, limit: int, cursor: str | None = None) -> Page:
        if cursor:
            raise UnknownCursor(cursor)
        if wanted.text:
            found = (await self.find(wanted.text, wanted.query(), limit=limit)).ids
            return Page(tuple(self.cases[one] for one in found), None)
        fits = [case for case in self.cases.values() if wanted.open is None or case.open is wanted.open]
        fits = [case for case in fits if wanted.to_classify is None or case.to_classify is wanted.to_classify]
        fits = [case for case in fits if wanted.to_review is None or case.to_review is wanted.to_review]
        fits = [case for case in fits if wanted.by_ombudsman is None or case.by_ombudsman is wanted.by_ombudsman]
        return Page(tuple(fits[:limit]), None)

    async def asked(self, first: date, last: date) -> list[AskedOfCase]:
        every = [AskedOfCase(case_number=one.case_number, requests=one.ombudsman) for one in self.cases.values()]
        return [case for case in every if any(first <= one.received_on <= last for one in case.requests)]

    async def drafts(self, case_id: str) -> list[dict[str, Any]]:
        rows = [dict(row.document) for row in self.rows if row.collection == DRAFTS]
        return [{name: row[name] for name in row if name != "case"} for row in rows if row["case"] == case_id]

    async def links(self, case_id: str) -> list[dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {row.id: dict(row.document) for row in self.rows if row.collection == LINKED}
        return [row for row in rows.values() if case_id in row["cases"]]

    async def messages(self, case_id: str) -> list[dict[str, Any]]:
        rows = [dict(row.document) for row in self.rows if row.collection == MESSAGES]
        return [
            {name: row[name] for name in ("at", "channel", "text", "files")} for row in rows if row["case"] == case_id
        ]

    async def answered(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        return [self.cases[one].model_dump() for one in ids if one in self.cases]

    async def find(self, text: str, filters: Mapping[str, Any], *, limit: int, after: int | None = None) -> Found:
        return self._index().find(text, filters, limit=limit, after=after)

    async def nearest(self, asked: Collection[str], area: str, *, limit: int) -> Sequence[str]:
        return self._index().nearest(asked, area, limit=limit)

    async def often_answered(self, *, at_least: int, limit: int) -> Sequence[Often]:
        return self._index().often_answered(at_least=at_least, limit=limit)

    async def weights(self, asked: Collection[str]) -> Mapping[str, float]:
        return self._index().weights(asked)

    def _index(self) -> CaseIndex:
        if self.building:
            raise StillBuilding(3, 12)
        index = CaseIndex()
        index.put([entry_of(case.model_dump()) for case in self.cases.values()])
        index.commit()
        return index

    def _decided(self, case_id: str, message: object) -> Decision[Case] | Refused:
        outcome = self.aggregate.decide(self.cases.get(case_id), message, self.clock.now())
        if isinstance(outcome, Decision):
            self.cases[case_id] = outcome.state
            self.rows += [row for row in outcome.rows if isinstance(row, (Insert, Put))]
            self.told += outcome.events
        return outcome


@dataclass
class Visitors:
    """Who has which case open, for as long as the test goes on."""

    there: dict[tuple[str, str], datetime] = field(default_factory=dict)

    async def enter(self, case_id: str, member: str, now: datetime) -> None:
        self.there.setdefault((case_id, member), now)

    async def others(self, case_id: str, member: str) -> list[Present]:
        return [Present(who, since) for (case, who), since in self.there.items() if case == case_id and who != member]


@dataclass
class QuestionsInMemory:
    """``meanwhile`` happens once, between an edit's reading and its writing."""

    kept: dict[str, FrequentQuestion] = field(default_factory=dict)
    heard: dict[str, tuple[FrequentQuestion, str]] = field(default_factory=dict)
    meanwhile: Callable[[], object] | None = None

    async def all(self, status: str | None = None, area: str | None = None) -> list[FrequentQuestion]:
        fits = [one for one in self.kept.values() if status in (None, one.status) and area in (None, one.area)]
        return sorted(fits, key=lambda one: (one.area or "", one.question))

    async def one(self, id_: str) -> FrequentQuestion | None:
        return self.kept.get(id_)

    async def add(self, question: FrequentQuestion, key: Key | None = None) -> FrequentQuestion | Refused:
        first, mark = self.heard.setdefault(key.name, (question, key.fingerprint)) if key else (question, "")
        if key and mark != key.fingerprint:
            return OTHER_BODY
        self.kept.setdefault(first.id, first)
        return first

    async def put(self, question: FrequentQuestion) -> bool:
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        if self.kept[question.id].revision != question.revision - 1:
            return False
        self.kept[question.id] = question
        return True


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    log.configure("routing", level="CRITICAL")


@pytest.fixture
def clock() -> TestClock:
    return TestClock(local("2026-03-02 10:15"))


@pytest.fixture
def versions() -> VersionsInMemory:
    return VersionsInMemory()


@pytest.fixture
def rules(versions: VersionsInMemory, clock: TestClock) -> Rules:
    return rules_over(versions, clock)


@pytest.fixture
def cases(rules: Rules, clock: TestClock) -> CasesInMemory:
    return CasesInMemory(cases_under(rules), clock)


class Stand:
    """Stands for what the test at hand has, in an app that all tests share: an app takes half a second to build."""

    here: Any = None

    def __getattr__(self, name: str) -> Any:
        if self.here is not None:
            return getattr(self.here, name)

        async def later() -> Any:
            """What a router makes a dependency of while the app is built."""
            return await getattr(self.here, name)()

        return later


@dataclass(frozen=True)
class SharedApp:
    app: FastAPI
    desk: Any
    matrix: Any
    following: Any


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> SharedApp:
    directory = tmp_path_factory.mktemp("routing")
    settings = RoutingSettings(
        kafka_bootstrap_servers="127.0.0.1:9",
        mongodb_uri="mongodb://127.0.0.1:9",
        files_url=f"file://{directory}/files",
        org_code="CAJA",
        org_name="Caja de ejemplo",
        org_mail_domain="caja.example",
        org_mail_address="servicio@caja.example",
        staff_file=directory / "staff.yaml",
        signing_keys="a-key-for-tests-only-of-32-characters",  # type: ignore[arg-type]
        public_url=WINDOW,
    )
    desk: Any = Stand()
    desk.curating = Stand()
    matrix: Any = Stand()
    following: Any = Stand()
    routers = [
        matrix_router(matrix),
        follow_up_router(following),
        case_router(desk),
        handling_router(desk),
        file_router(desk),
        bulk_router(desk),
        clock_router(desk),
        answering_router(desk),
        deadline_router(policy(), _wording()),
        earlier_router(desk),
        queue_router(desk),
        question_router(desk),
        question_page_router(desk),
        page_router(desk),
        bulk_page_router(desk),
        live_page_router(desk),
        clock_page_router(desk),
        matrix_page_router(matrix),
        follow_up_page_router(following),
        answering_page_router(desk),
    ]
    links = (*LINKS, MATRIX_LINK, FOLLOW_UP_LINK)
    app = create_app("Casos", "0", routers, settings=settings, package="routing", staff=staff(), links=links)
    show_refusals(app, desk)
    return SharedApp(app, desk, matrix, following)


@pytest.fixture
def app(shared: SharedApp, cases: CasesInMemory, rules: Rules, versions: VersionsInMemory, tmp_path: Path) -> FastAPI:
    curating = Curating(cases.questions, cases, cases.answered)
    shared.desk.curating.here = curating
    shared.desk.here = Desk(
        rules=rules,
        cases=cases.aggregate,
        commands=cases,  # type: ignore[arg-type]
        store=cases,  # type: ignore[arg-type]
        files=files_from(f"file://{tmp_path}/files"),
        clock=cases.clock,
        wording=_wording(),
        earlier=EarlierAnswers(cases, cases.answered),
        presence=Visitors(),  # type: ignore[arg-type]
        curating=curating,
    )
    shared.matrix.here = MatrixDesk(
        rules,
        versions,  # type: ignore[arg-type]
        putting_into(versions, cases.clock),
        PastInMemory(cases.cases, rules, cases.clock),
        cases.clock,
    )
    shared.following.here = FollowUpDesk(cases, policy().calendar, cases.clock)
    return shared.app


def _wording() -> Wording:
    return Wording(catalogue("routing"), policy().calendar, policy().matrix.people)


@dataclass
class Doors:
    """Clients of the app: by token, or as a browser in which somebody is signed in."""

    app: FastAPI

    def client(self, member: str | None = None, **headers: str) -> httpx.AsyncClient:
        token = {"authorization": f"Bearer {token_of(member)}"} if member else {}
        transport = httpx.ASGITransport(self.app)
        return httpx.AsyncClient(transport=transport, base_url=WINDOW, headers={**token, **headers})

    def browser(self, member_id: str) -> httpx.AsyncClient:
        """Signed in as the login would do it, without the half second that a password takes."""
        member, answer = staff().by_id(member_id), Response()
        assert member is not None
        begin_session(
            Request({"type": "http", "app": self.app, "headers": [], "path": "/", "scheme": "http"}), answer, member
        )
        client = self.client(accept="text/html", origin=WINDOW)
        client.cookies.update({name: one.value for name, one in SimpleCookie(answer.headers["set-cookie"]).items()})
        return client


@pytest.fixture
def doors(app: FastAPI) -> Doors:
    return Doors(app)
