# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, however often, whoever dies at it: intake's store is that of a clean run.

Which case gets which number depends on who comes first, and its tracking code is drawn: both may differ between two
runs, but each number is given once and none is left out. A submission that a channel hands over again has its outcome
told again: repetitions are not compared.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from intake_house import write_staff

from chassis.clock import parse_instant
from chassis.files import files_from
from chassis.i18n import catalogue
from chassis.ids import uuid5_id
from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import settings_for
from chassis.testing.machine import whatever_comes
from chassis.testing.process import wire_without_broker
from chassis.testing.snapshot import Snapshot
from chassis.testing.story import Asked, Day, Found, Heard, Tale
from intake.app import build
from intake.domain.links import LinkCases, SettleLink, link_id
from intake.domain.numbers import case_number
from intake.domain.splitting import SplitCase
from intake.domain.submission import FileSubmission
from intake.filing.form_door import FormDoor
from intake.settings import IntakeSettings
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.intake import Person, PersonalSubmission, SubmissionForm, SubmissionReceived
from ventanilla_contracts.routing import AnswerApproved, CaseAnswered, CaseAssigned, CaseClassified, PersonalAnswer

pytestmark = pytest.mark.infra

MONDAY = parse_instant("2026-03-02T08:00:00-05:00")
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]
AGENT = Actor(id="yuliana", role="agent")
CITIZEN, PORTAL = Actor(id="citizen", role="citizen"), Actor(id="portal", role="channel-system")
ROUTING = Actor(id="routing", role="service")
ANA = StaffRef(id="ana", name="Ana", email="ana@caja.example")
NUMBER = re.compile(r"CAJA-\d{4}-\d{6}-\d")

Filing = Callable[..., FileSubmission]


def form(text: str, **fields: Any) -> SubmissionForm:
    return SubmissionForm(text=text, person=Person(name="Luz", email="luz@correo.example"), **fields)


def handed_over(external_id: str, said: SubmissionForm) -> Heard:
    """By a channel system, through Kafka; it counts nothing."""
    received = SubmissionReceived(
        actor=PORTAL, channel="web", external_id=external_id, personal=PersonalSubmission(form=said)
    )
    return Heard(received, key=external_id)


def classified() -> Heard:
    event = CaseClassified(
        actor=ROUTING,
        area="credit",
        area_name="Crédito",
        attribute="accuracy",
        regulator_category="x",
        kind="claim",
        term="general",
        priority="normal",
        by="rules",
    )
    return Heard(event)


def assigned() -> Heard:
    event = CaseAssigned(actor=ROUTING, area="credit", area_name="Crédito", responder=ANA, matrix_version="1", rule="r")
    return Heard(event)


def answered() -> tuple[Heard, Heard]:
    words = PersonalAnswer(text="Ya.", to="luz@correo.example")
    approved = AnswerApproved(actor=ROUTING, answer_id="a", delivery="email", personal=words)
    told = CaseAnswered(
        actor=ROUTING, answer_id="a", answered_at=DAYS[2], delivery="email", due=DAYS[3].date(), in_time=True
    )
    return Heard(approved), Heard(told)


def of_a_case(first: FileSubmission, *days: Day) -> Tale:
    return Tale(uuid5_id("case", first.submission_id), days)


def ask(submission: FileSubmission) -> Asked:
    return Asked(submission, resolved=True)


def case_of(submission: FileSubmission) -> str:
    return uuid5_id("case", submission.submission_id)


def quoting(submission: FileSubmission, quoted: FileSubmission) -> Found:
    """With the number of the other's case as its subject."""

    async def make(database: Database) -> FileSubmission:
        number = (await _cases(database, quoted))[0]
        return replace(submission, form=submission.form.model_copy(update={"subject": number}))

    return Found(make)


def linking(one: FileSubmission, other: FileSubmission) -> Found:
    async def make(database: Database) -> LinkCases:
        numbers = await _cases(database, one, other)
        return LinkCases(AGENT, case_of(one), numbers[0], case_of(other), numbers[1], "same-matter")

    return Found(make)


async def _cases(database: Database, *filed: FileSubmission) -> list[str]:
    found = [await database.collection("cases").find_one({"_id": case_of(one)}) for one in filed]
    return [row["state"]["number"] for row in found if row]


def split(first: FileSubmission, second: FileSubmission) -> SplitCase:
    filing = replace(second, case_id=case_of(second), external_key=None)
    return SplitCase(AGENT, case_of(first), first.submission_id, "Dos asuntos", filing)


def linked(filing: Filing) -> list[Tale]:
    """A form that quotes the case of another, and what agents do with the link; a message with two matters."""
    first, second = filing("Se quejan de la sede."), filing("Del radicado.")
    both, other = filing("Son dos asuntos."), filing("Lo segundo.")
    about = link_id(case_of(first), case_of(second))
    return [
        of_a_case(
            second,
            Day(DAYS[0], (ask(first),)),
            Day(DAYS[1], (Asked(quoting(second, first), resolved=True),)),
            Day(DAYS[2], (Asked(linking(first, second), resolved=True),)),
            Day(DAYS[3], (Asked(SettleLink(AGENT, case_of(second), about, "dismissed", seen="confirmed")),)),
        ),
        of_a_case(
            both,
            Day(DAYS[0], (ask(both), classified())),
            Day(DAYS[1], (Asked(split(both, other)), assigned())),
            Day(DAYS[2], (Asked(split(both, other)), *answered())),
        ),
    ]


def tales(filing: Filing) -> Sequence[Tale]:
    web, beside = filing("No me llegó la cuota."), filing("Felicito a la biblioteca.")
    handed, other = filing("Una queja", external_id="p-1"), filing("Otra queja", external_id="p-1")
    more = filing("Adjunto lo que faltaba.", replies_to=web)
    invalid = form("Una queja").model_copy(update={"person": Person(phone="123")})
    return [
        *linked(filing),
        of_a_case(
            web,
            Day(DAYS[0], (ask(web), classified(), assigned())),
            Day(DAYS[1], (ask(more), classified())),
            Day(DAYS[2], answered()),
        ),
        of_a_case(beside, Day(DAYS[0], (ask(beside), ask(beside), classified()))),
        of_a_case(
            handed,
            Day(DAYS[0], (handed_over("p-1", form("Una queja")), handed_over("p-1", form("Una queja")))),
            Day(DAYS[1], (classified(), assigned(), handed_over("p-1", form("Otra queja")))),
            Day(DAYS[2], answered()),
        ),
        of_a_case(
            other,
            Day(DAYS[2], (handed_over("p-1", form("Otra queja")),)),
            Day(DAYS[3], (classified(), assigned())),
        ),
        Tale("p-2", (Day(DAYS[0], (handed_over("p-2", invalid),)),)),
        *(of_a_case(one, Day(DAYS[n], (ask(one),))) for n, one in enumerate(map(filing, ("Uno", "Dos", "Tres")))),
    ]


def alike(found: Snapshot) -> Snapshot:
    """By each case's id instead of its number and code; every number from 1 on was given once."""
    cases = {key: row["state"] for key, row in found["rows of cases"].items() if row["state"]}
    numbers = sorted(case["number"] for case in cases.values())
    assert numbers == [case_number("CAJA", 2026, n) for n in range(1, len(cases) + 1)]
    names = {case[drawn]: f"{drawn} of {key}" for key, case in cases.items() for drawn in ("number", "tracking_code")}
    published = {
        key: {seq: told for seq, told in of_key.items() if not told["value"].get("repeat")}
        for key, of_key in found["published"].items()
    }
    alike: Snapshot = _named({**found, "published": published}, names)
    return alike


def _named(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: 1 if key == "told" else _named(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [_named(inner, names) for inner in value]
    return names.get(value, value) if isinstance(value, str) else value


def test_the_state_is_that_of_a_clean_run(tmp_path: Path) -> None:
    write_staff(tmp_path / "staff.yaml")
    (tmp_path / "files").mkdir()
    door = FormDoor(files_from(f"file://{tmp_path}/files"), catalogue("intake"))

    def filing(text: str, *, external_id: str | None = None, replies_to: FileSubmission | None = None) -> Any:
        made = asyncio.run(door.submission("web", form(text), actor=CITIZEN, external_id=external_id))
        assert isinstance(made, FileSubmission)
        cases = (uuid5_id("case", replies_to.submission_id),) if replies_to else ()
        return replace(made, replies_to=cases)

    def start(database: Database, clock: Path) -> Service[Any]:
        own: dict[str, Any] = {"wire": wire_without_broker(), "tmp_path": tmp_path, "clock_file": clock}
        return build(settings_for(IntakeSettings, database=database, imap_url="", **own))

    whatever_comes(start, tales(filing), folder=tmp_path, alike=alike)
