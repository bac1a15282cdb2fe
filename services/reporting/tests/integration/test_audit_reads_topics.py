# SPDX-License-Identifier: Apache-2.0
"""The audit as it is asked for at the terminal, on topics of the real broker and counts that five services told."""

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from audit_stores import Store, stores_of
from audit_town import PARTITIONS, SERVICES, Town, case_number
from typer.testing import CliRunner

from chassis import testing
from chassis.mongo import Database
from chassis.operating import log_reading
from chassis.operating.counts import message_of
from chassis.testing import Wire, settings_for
from reporting.__main__ import app
from reporting.audit.reading import topic_reader
from reporting.settings import ReportingSettings

pytestmark = pytest.mark.infra

AN_HOUR_AGO = int((time.time() - 3600) * 1000)


def town_of_cases(cases: int = 40) -> Town:
    town = Town()
    for n in range(cases):
        town.file(f"case-{n}")
        town.handle(f"case-{n}")
        if n % 2:
            town.answer(f"case-{n}")
    return town


async def publish(wire: Wire, town: Town) -> None:
    """The records of the town, each at its offset."""
    assert testing.PARTITIONS == PARTITIONS
    futures = [
        await wire.producer.send(
            wire.prefix + told.topic,
            told.value,
            key=told.key,
            partition=told.partition,
            headers=list(told.headers),
            timestamp_ms=AN_HOUR_AGO,
        )
        for place in town.log.values()
        for told in place
    ]
    await asyncio.gather(*futures)


async def tell_counts(wire: Wire, *stores: Store) -> None:
    for store in stores:
        store.counted_at = datetime.now(UTC)
        await wire.send([message_of(store.count())])


@pytest.fixture
def terminal(wire: Wire, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Where the command finds the settings of a reporting on this test's topics."""
    settings = settings_for(ReportingSettings, wire=wire, database=database, tmp_path=tmp_path)
    for name, value in settings.model_dump(exclude_none=True).items():
        monkeypatch.setenv(name.upper(), "x" * 32 if name == "signing_keys" else str(value))
    monkeypatch.setattr("logging.basicConfig", lambda **_: None)
    return CliRunner()


async def test_it_agrees_then_names_what_a_store_has_lost_then_agrees_again(wire: Wire, terminal: CliRunner) -> None:
    town = town_of_cases()
    await publish(wire, town)
    stores = stores_of(town)
    await tell_counts(wire, *stores.values())
    done = await asyncio.to_thread(terminal.invoke, app, ["audit"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"40 cases, {len(town.records())} records, ")
    assert done.output.endswith("\n\nAll agrees.\n")

    lost = stores["notifications"].subjects.pop("case-7")
    await tell_counts(wire, stores["notifications"])
    done = await asyncio.to_thread(terminal.invoke, app, ["audit", "--json"])
    assert done.exit_code == 1
    told = json.loads(done.output)
    assert (told["agrees"], told["cases"], told["disagreements"]["stores"]) == (False, 40, 1)
    [finding] = told["findings"]
    assert finding["text"].startswith("The store of notifications. It has lost this subject: of intake-cases nothing")
    assert {name: finding[name] for name in ("check", "service", "topic", "subject", "case_number")} == {
        "check": "stores",
        "service": "notifications",
        "topic": "intake-cases",
        "subject": "case-7",
        "case_number": case_number(8),
    }
    assert set(told["counted_at"]) == set(SERVICES)

    stores["notifications"].subjects["case-7"] = lost
    await tell_counts(wire, stores["notifications"])
    done = await asyncio.to_thread(terminal.invoke, app, ["audit"])
    assert done.exit_code == 0, done.output


async def test_it_reads_to_where_topics_ended_when_it_began_and_every_record_once(
    wire: Wire, terminal: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_reading, "RECORDS_AT_ONCE", 7)
    town = town_of_cases()
    await publish(wire, town)
    async with topic_reader(wire.servers, wire.prefix, ["intake-cases", "routing-cases"]) as reader:
        bounds = await reader.bounds(["intake-cases", "routing-cases"])
        await publish(wire, town)
        for topic in ("intake-cases", "routing-cases", "intake-cases"):
            found: list[tuple[int, int]] = []
            await reader.read(topic, bounds, lambda record: found.append((record.partition, record.offset)))  # noqa: B023
            assert sorted(found) == sorted((told.partition, told.offset) for told in town.records(topic))
            assert len(found) == sum(end for (name, _), (_, end) in bounds.items() if name == topic)


async def test_without_counts_it_says_who_has_not_counted(wire: Wire, terminal: CliRunner) -> None:
    done = await asyncio.to_thread(terminal.invoke, app, ["audit"])
    assert done.exit_code == 1
    for service in SERVICES:
        assert f"{service} has never counted its store: `python -m {service} count`." in done.output
    assert done.output.endswith("\n5 do not agree.\n")


async def test_what_cannot_be_looked_at_is_no_verdict(
    wire: Wire, terminal: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KAFKA_TOPIC_PREFIX", "nowhere-")
    done = await asyncio.to_thread(terminal.invoke, app, ["audit"])
    assert done.exit_code == 2
    assert "topics missing: nowhere-" in done.output
    monkeypatch.setenv("KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:1")
    done = await asyncio.to_thread(terminal.invoke, app, ["audit"])
    assert (done.exit_code, done.output) == (2, "KAFKA_BOOTSTRAP_SERVERS: KafkaConnectionError\n")
