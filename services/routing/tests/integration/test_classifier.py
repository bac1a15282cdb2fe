# SPDX-License-Identifier: Apache-2.0
"""A trained model on the real broker and database: what it is unsure of waits for a person, who trains the next one."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from prometheus_client import generate_latest
from routing_story import filed, staff, token_of
from typer.testing import CliRunner

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import StepClock, Wire, eventually, running, settings_for
from routing.__main__ import app as command_line
from routing.app import build
from routing.learning.corrections import corrections, fared
from routing.learning.example import Example
from routing.learning.model import Model
from routing.learning.model_file import write_model
from routing.learning.proposing import REFUSED
from routing.learning.samples import SAMPLES
from routing.learning.training import trained
from routing.organisation.policy_files import read_classification
from routing.settings import RoutingSettings
from ventanilla_contracts.routing import CaseClassified
from ventanilla_contracts.vocabulary import ClassifiedField

pytestmark = pytest.mark.infra

Start = Callable[[Path], AbstractAsyncContextManager[Service[RoutingSettings]]]
CASE, NUMBER, TOPIC = "case-1", "CAJA-2026-000001-1", "routing-cases"
SILENT = "No aparecen las pastillas de mi tratamiento"
"""No rule says anything of it."""


@cache
def model(area: str, other: str) -> Model:
    """One that takes pills for a matter of ``area``, surely, and knows nothing of greetings."""
    texts = ("No aparecen las pastillas", "Las pastillas de mi tratamiento", "Faltan pastillas de tratamiento")
    others = ("La cuota subió mucho", "Pagué la cuota y el interés", "El interés de la cuota subió")
    learned = [Example(text, {"area": area, "kind": "claim"}) for text in texts * 8]
    unlike = [Example(text, {"area": other, "kind": "petition"}) for text in others * 8]
    courts = ("El salón y la cancha", "Reservé la cancha y el salón", "No abrieron el salón ni la cancha")
    third = [Example(text, {"area": "recreacion", "kind": "suggestion"}) for text in courts * 8]
    return trained([*learned, *unlike, *third], read_classification(), datetime(2026, 3, 2, tzinfo=UTC))


@pytest.fixture
def start(wire: Wire, database: Database, tmp_path: Path, step_clock: StepClock) -> Start:
    members = [member.model_dump(mode="json", exclude_none=True) for member in staff().members]
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": members}), "utf-8")

    def starting(path: Path) -> AbstractAsyncContextManager[Service[RoutingSettings]]:
        own: dict[str, Any] = {"clock_file": step_clock.path, "classifier_model": path}
        return running(build(settings_for(RoutingSettings, wire=wire, database=database, tmp_path=tmp_path, **own)))

    return starting


def client(service: Service[RoutingSettings]) -> httpx.AsyncClient:
    headers = {"authorization": f"Bearer {token_of('catalina-ospina')}"}
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(service.app), base_url="http://127.0.0.1:8102", headers=headers
    )


async def classified(wire: Wire, count: int, nth: int = -1) -> CaseClassified:
    told = await wire.expect(TOPIC, count, key=CASE)
    said = [one.event for one in told if isinstance(one.event, CaseClassified)]
    return said[nth]


async def test_an_unsure_case_waits_and_the_persons_word_is_an_event_and_a_row_to_learn_from(
    wire: Wire, start: Start, database: Database, tmp_path: Path
) -> None:
    path = write_model(model("salud", "credito"), tmp_path)
    await wire.publish(CASE, filed("Hola, escribo por mi caso"))
    async with start(path) as service:
        said = await classified(wire, 3)
        assert (said.area, said.model) == ("atencion-al-cliente", model("salud", "credito").about.version)
        assert "area" in said.waiting
        agent = client(service)
        [item] = (await agent.get("/v1/cases", params={"to_classify": True})).json()["items"]
        assert item["case_number"] == NUMBER
        correction: dict[ClassifiedField, str] = {"area": "vivienda", "kind": "request", "term": "documents"}
        answer = await agent.post(f"/v1/cases/{NUMBER}/classify", json=correction)
        assert answer.status_code == 200, answer.text
        said = await classified(wire, 6)
        assert (said.by, said.actor.id, said.area, said.waiting) == ("person", "catalina-ospina", "vivienda", ())
        assert (await agent.get("/v1/cases", params={"to_classify": True})).json()["items"] == []
    [row] = await corrections(database)
    assert row == Example("\nHola, escribo por mi caso", correction, corrected=True)
    of_area = (await fared(database))[model("salud", "credito").about.version, "area"]
    assert sum(of_area.corrected.values()) == 1


async def test_a_filing_that_is_read_again_under_another_model_stays_as_it_was_decided(
    wire: Wire, start: Start, database: Database, tmp_path: Path
) -> None:
    await wire.publish(CASE, filed(SILENT))
    async with start(write_model(model("salud", "credito"), tmp_path)):
        said = await classified(wire, 3)
        assert (said.area, said.by) == ("salud", "model")
    before = await database.collection("cases").find_one({"_id": CASE})
    await database.collection("marks").delete_many({})  # as after a restore: all of the log is read again
    await wire.publish("case-2", filed(SILENT, case_number="CAJA-2026-000002-9"))
    async with start(write_model(model("vivienda", "credito"), tmp_path)):
        told = await wire.expect(TOPIC, 3, key="case-2")
        assert isinstance(told[0].event, CaseClassified)
        assert told[0].event.area == "vivienda"
    assert await database.collection("cases").find_one({"_id": CASE}) == before
    assert len(await wire.expect(TOPIC, 3, key=CASE)) == 3


async def test_with_a_broken_model_the_rules_decide_alone_and_an_alarm_says_so(
    wire: Wire, start: Start, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"not a model")
    await wire.publish(CASE, filed(SILENT))
    async with start(broken) as service:
        said = await classified(wire, 3)
        assert (said.by, said.model, said.area, said.waiting) == ("rules", None, "atencion-al-cliente", ())

        def alarmed() -> bool:
            return f'alarm="{REFUSED}"' in generate_latest(service.runtime.metrics.registry).decode()

        await eventually(alarmed)
        assert (await client(service).get("/readyz")).status_code == 200


def test_train_evaluate_and_report_work_in_a_folder_of_their_own(tmp_path: Path) -> None:
    run, samples = CliRunner().invoke, tmp_path / "samples.csv"
    lines = SAMPLES.read_text("utf-8").splitlines(keepends=True)
    samples.write_text("".join([lines[0], *lines[1:9], *lines[41:49], *lines[-8:]]), "utf-8")
    mine = ["--samples", str(samples)]
    told = run(command_line, ["classifier", "train", "--samples-only", "--out", str(tmp_path), *mine])
    assert told.exit_code == 0, told.output
    [path] = tmp_path.glob("classifier-*.npz")
    assert str(path) in told.output
    report = run(command_line, ["classifier", "report", str(path), "--samples-only"])
    assert report.exit_code == 0, report.output
    assert "24 samples and 0 corrections" in report.output
    figures = run(command_line, ["classifier", "evaluate", "--folds", "2", *mine])
    assert figures.exit_code == 0, figures.output
    assert "macro-F1" in figures.output
    assert "talento-humano" in figures.output


def test_a_report_of_what_is_no_model_ends_with_2_and_a_reason(tmp_path: Path) -> None:
    path = tmp_path / "broken.npz"
    path.write_bytes(b"not a model")
    told = CliRunner().invoke(command_line, ["classifier", "report", str(path), "--samples-only"])
    assert told.exit_code == 2
    assert "is no model, or is damaged" in told.output


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("area,text\nsalud,hola\n", "samples.csv:2: attribute is missing; the columns are text, area"),
        (None, "samples.csv cannot be read"),
    ],
)
def test_a_sample_set_that_is_none_is_refused_in_words(tmp_path: Path, content: str | None, why: str) -> None:
    samples = tmp_path / "samples.csv"
    if content:
        samples.write_text(content, "utf-8")
    told = CliRunner().invoke(command_line, ["classifier", "train", "--samples-only", "--samples", str(samples)])
    assert told.exit_code == 2
    assert why in told.output


def test_nothing_is_trained_without_settings_for_the_house(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("ORG_CODE", raising=False)
    told = CliRunner().invoke(command_line, ["classifier", "train", "--out", str(tmp_path)])
    assert told.exit_code == 2
    assert not list(tmp_path.iterdir())
