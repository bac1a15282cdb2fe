# SPDX-License-Identifier: Apache-2.0
"""A house whose stores a test may reach into, a day of cases for it, and its counts and audits."""

import asyncio
import importlib
import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database
from tests.e2e.town import Town, eventually

from chassis.service import Runtime
from chassis.topics import load_topics
from reporting.audit.run import Audited, audit
from reporting.settings import ReportingSettings
from ventanilla_contracts.audits import StoreCounted
from ventanilla_local.ports import claimed_ports
from ventanilla_local.process import Server, running
from ventanilla_local.services import SERVICES, House, house

NEEDED = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")
KINDS = ("compliment", "claim", "petition", "petition")
"""In turn: closed at once; answered, then on the call list; open; answered, then closed without a call."""
ANSWERED = {1, 3}
AT_ONCE = 6
SPECS = load_topics()


@dataclass
class Day:
    """The house, its people, and the database of each service."""

    house: House
    people: Town
    prefix: str
    client: MongoClient[dict[str, Any]]
    loop: asyncio.Runner
    counters: dict[str, Runtime[Any]] = field(default_factory=dict)
    filed: int = 0

    def store(self, service: str) -> Database[dict[str, Any]]:
        return self.client[f"{self.prefix}{service}"]

    def environment(self, service: str) -> dict[str, str]:
        return dict(self.house.servers[service].environment or {})

    def file(self, cases: int) -> None:
        """File so many cases (by four), and answer half of them."""
        first, self.filed = self.filed, self.filed + cases
        with ThreadPoolExecutor(AT_ONCE) as crowd:
            list(crowd.map(self._file, range(first, self.filed)))

    def _file(self, n: int) -> None:
        person = {"name": f"Persona {n}", "email": f"persona-{n}@correo.example", "phone": "+573001234567"}
        body = {"kind": KINDS[n % 4], "subject": f"Caso {n}", "text": f"Sobre la cuota del crédito, caso {n}."}
        filed = self.people.file("web", {**body, "data_consent": True, "person": person})
        if n % 4 in ANSWERED:
            number = filed["case_number"]
            self.people.case(number)
            answer = self.people.give("routing", f"/v1/cases/{number}/answer", {"text": f"Respuesta a {number}."})
            assert answer.is_success, answer.text

    def wait_until_settled(self) -> None:
        """Every store has come to the end of its work."""
        eventually(
            lambda: self._is_settled() and self._has_read_all(), "every store at the end of its work", timeout=120
        )

    def _is_settled(self) -> bool:
        quarter = self.filed // 4
        stores = [self.store(name) for name in SERVICES]
        routed = Counter(row["state"]["status"] for row in self.store("routing")["cases"].find({}, {"state.status": 1}))
        left = sum(store[rows].count_documents({}) for store in stores for rows in ("outbox", "waiting", "parked"))
        return (
            left == 0
            and all(store["cases"].count_documents({}) == self.filed for store in stores)
            and routed == {"closed": 2 * quarter, "answered": quarter, "assigned": quarter}
            and self.store("notifications")["letters"].distinct("state") == ["sent"]
        )

    def _has_read_all(self) -> bool:
        counts = self.count()
        ends = {(one.topic, one.partition): one.after for count in counts for one in count.produced if one.after}
        return all(
            {(one.topic, one.partition) for one in count.positions if ends.get((one.topic, one.partition)) == one.next}
            == {place for place in ends if count.service in SPECS[place[0]].consumers}
            for count in counts
        )

    def command(self, service: str, *words: str) -> subprocess.CompletedProcess[str]:
        """``python -m <service> …``, as an operator would."""
        command = [sys.executable, "-m", service, *words]
        return subprocess.run(command, env=self.environment(service), capture_output=True, text=True, check=False)

    def count(self, services: Sequence[str] = tuple(SERVICES)) -> list[StoreCounted]:
        """What ``python -m <service> count`` does, without five new processes."""

        async def all_of_them() -> list[StoreCounted]:
            return await asyncio.gather(*(self.counters[name].counts.publish() for name in services))

        return self.loop.run(all_of_them())

    def audit(self) -> Audited:
        """What ``python -m reporting audit`` does."""
        return self.loop.run(audit(_settings(ReportingSettings, self.environment("reporting"))))


@contextmanager
def _counters(today: Day) -> Iterator[None]:
    """A runtime of each service in which nothing runs."""
    for name in SERVICES:
        wiring, settings = importlib.import_module(f"{name}.app"), importlib.import_module(f"{name}.settings")
        settings_class = getattr(settings, f"{name.title()}Settings")
        today.counters[name] = wiring.build(_settings(settings_class, today.environment(name))).runtime
    try:
        yield
    finally:
        for counter in today.counters.values():
            counter.database.close()


def _settings(settings_class: Any, environment: Mapping[str, str]) -> Any:
    known = settings_class.model_fields
    return settings_class(**{name.lower(): value for name, value in environment.items() if name.lower() in known})


@contextmanager
def day(directory: Path) -> Iterator[Day]:
    """Five services on the broker and database of the environment, which count and audit only when asked."""
    if missing := [name for name in NEEDED if name not in os.environ]:
        pytest.skip(f"{', '.join(missing)} not set: run by `make e2e`")
    mail, prefix = directory / "mail", f"day{secrets.token_hex(4)}-"
    with claimed_ports() as ports, MongoClient[dict[str, Any]](os.environ["MONGODB_URI"], tz_aware=True) as client:
        port = ports.take()
        command = [sys.executable, "-m", "ventanilla_local.mail_sink", str(port), str(mail)]
        sink = Server("mail sink", command, directory / "sink.log", lambda _: mail.is_dir())
        infrastructure = {name: os.environ[name] for name in NEEDED} | {"SMTP_URL": f"smtp://127.0.0.1:{port}"}
        settings = {"IMAP_URL": "", "COUNT_HOURS": "0", "AUDIT_HOURS": "0", "LETTERS_RETRY_SECONDS": "1"}
        with running({"mail": sink}):
            sink.start()
            with (
                house(directory / "house", infrastructure, ports, prefix=prefix, settings=settings) as up,
                Town(up, directory / "no-clock", "") as people,
                asyncio.Runner() as loop,
            ):
                today = Day(up, people, prefix, client, loop)
                with _counters(today):
                    yield today
            for service in SERVICES:
                client.drop_database(f"{prefix}{service}")


def verdict_of(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What ``audit --json`` printed."""
    assert done.stdout, done.stderr
    return dict(json.loads(done.stdout))
