# SPDX-License-Identifier: Apache-2.0
import asyncio
import smtplib
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from pymongo import MongoClient

from ventanilla_local import house
from ventanilla_local import infra as ways
from ventanilla_local.addresses import Addresses, NotOursError
from ventanilla_local.infra import infra


@pytest.fixture(scope="module")
def bare_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Addresses]:
    """What a machine with neither Docker nor Java gets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ways, "only_house", lambda: house.only_house(tmp_path_factory.mktemp("house") / "pid"))
        with infra("embedded", "run") as addresses:
            yield addresses


async def test_what_an_idempotent_producer_sends_is_read_once_and_resumed_after_a_commit(bare_house: Addresses) -> None:
    sent = [f"case {number}".encode() for number in range(100)]
    async with AIOKafkaProducer(bootstrap_servers=bare_house.kafka, enable_idempotence=True) as producer:
        for number, value in enumerate(sent):
            await producer.send_and_wait("cases", value, key=str(number % 7).encode())
    assert sorted(await _read_and_commit(bare_house.kafka, len(sent))) == sorted(sent)
    async with AIOKafkaProducer(bootstrap_servers=bare_house.kafka, enable_idempotence=True) as producer:
        await producer.send_and_wait("cases", b"the next", key=b"0")
    assert await _read_and_commit(bare_house.kafka, 1) == [b"the next"]


async def _read_and_commit(kafka: str, count: int) -> list[bytes]:
    values: list[bytes] = []
    async with AIOKafkaConsumer(
        "cases", bootstrap_servers=kafka, group_id="routing", auto_offset_reset="earliest", enable_auto_commit=False
    ) as consumer:
        async with asyncio.timeout(120):
            while len(values) < count:
                records = await consumer.getmany(timeout_ms=200)
                values += [record.value or b"" for batch in records.values() for record in batch]
        await consumer.commit()
    return values


def test_the_sink_keeps_every_mail_as_a_file(bare_house: Addresses) -> None:
    smtp = urlsplit(bare_house.smtp_url)
    with smtplib.SMTP(smtp.hostname or "", smtp.port or 0) as sender:
        sender.sendmail(
            "pqrsf@entidad.example", ["rosa@correo.example"], "Subject: radicado\r\n\r\nRecibimos su queja.\r\n"
        )
    kept = Path(bare_house.mail.log.parent, "mail", "00001.eml").read_text(encoding="utf-8")
    assert "X-Envelope-To: rosa@correo.example" in kept
    assert "Recibimos su queja." in kept


def test_the_database_is_a_real_one(bare_house: Addresses) -> None:
    with MongoClient[dict[str, object]](bare_house.mongodb_uri) as client, client.start_session() as session:
        with session.start_transaction():
            client.kept.cases.insert_one({"_id": "1"}, session=session)
        assert client.kept.cases.count_documents({}) == 1


def test_its_line_says_that_the_broker_forgets_and_nobody_may_kill_it(bare_house: Addresses) -> None:
    assert "forgets everything at exit" in bare_house.description
    with pytest.raises(NotOursError):
        bare_house.broker.kill()


def test_it_leaves_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alive: Callable[[set[int]], set[int]]
) -> None:
    monkeypatch.setattr(ways, "only_house", lambda: house.only_house(tmp_path / "pid"))
    with infra("embedded", "run") as addresses:
        pids = addresses.pids()
    assert alive(pids) == set()
