# SPDX-License-Identifier: Apache-2.0
"""The real servers: they answer, keep what they were given over a kill -9, and leave nothing behind."""

import asyncio
import imaplib
import os
import shutil
import smtplib
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import UnknownTopicOrPartitionError
from pymongo import MongoClient

from ventanilla_local.addresses import Addresses, NotOursError
from ventanilla_local.downloads import LOCAL
from ventanilla_local.infra import infra

pytestmark = pytest.mark.slow


async def create_topic(kafka: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, num_partitions=12, replication_factor=1)])
    finally:
        await admin.close()


async def send(kafka: str, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(
        bootstrap_servers=kafka, enable_idempotence=True, max_request_size=5_000_000
    ) as producer:
        for number, value in enumerate(values):
            await producer.send_and_wait(topic, value, key=str(number).encode())


async def read(kafka: str, topic: str, count: int) -> list[bytes]:
    async with AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, auto_offset_reset="earliest", max_partition_fetch_bytes=5_000_000
    ) as consumer:
        async with asyncio.timeout(120):
            return [(await consumer.getone()).value or b"" for _ in range(count)]


async def test_the_broker_keeps_its_records_over_a_kill(servers: Addresses) -> None:
    sent = [f"case {number}".encode() for number in range(50)]
    await create_topic(servers.kafka, "kept")
    await send(servers.kafka, "kept", sent)
    before = servers.broker.pid
    servers.broker.kill()
    await asyncio.to_thread(servers.broker.start)
    assert servers.broker.pid != before
    assert sorted(await read(servers.kafka, "kept", len(sent))) == sorted(sent)


async def test_the_broker_takes_4_mb_and_creates_no_topic_by_itself(servers: Addresses) -> None:
    await create_topic(servers.kafka, "large")
    await send(servers.kafka, "large", [b"x" * 4 * 1024 * 1024])
    async with AIOKafkaProducer(bootstrap_servers=servers.kafka) as producer:
        producer.client._request_timeout_ms = 1000  # so long it hopes for the topic
        with pytest.raises(UnknownTopicOrPartitionError):
            await producer.send_and_wait("nobody-created-it", b"x")


def test_the_database_has_transactions_and_keeps_its_documents_over_a_kill(servers: Addresses) -> None:
    with MongoClient[dict[str, object]](servers.mongodb_uri) as client:
        with client.start_session() as session, session.start_transaction():
            client.kept.cases.insert_one({"_id": "1"}, session=session)
        limit = client.admin.command("getParameter", transactionLifetimeLimitSeconds=1)
        assert limit["transactionLifetimeLimitSeconds"] == 5
        servers.database.kill()
        servers.database.start()
        assert client.kept.cases.count_documents({"_id": "1"}) == 1


def test_mail_sent_to_anybody_is_found_in_their_mailbox_until_it_is_purged(servers: Addresses) -> None:
    smtp, imap = urlsplit(servers.smtp_url), urlsplit(servers.imap_url)
    person = "rosa.quintero@correo.example"
    with smtplib.SMTP(smtp.hostname or "", smtp.port or 0) as sender:
        sender.sendmail("pqrsf@entidad.example", [person], "Subject: radicado\r\n\r\nRecibimos su queja.\r\n")
    assert subjects(imap.port or 0, person) == [b"Subject: radicado"]
    httpx.post(f"{servers.mail_api_url}/api/mail/purge").raise_for_status()
    assert subjects(imap.port or 0, person) == []


def subjects(port: int, person: str) -> list[bytes]:
    with imaplib.IMAP4("127.0.0.1", port) as mailbox:
        mailbox.login(person, "any")
        mailbox.select()
        _, numbers = mailbox.search(None, "ALL")
        fetched = [mailbox.fetch(number, "(BODY[HEADER.FIELDS (SUBJECT)])")[1][0] for number in numbers[0].split()]
        return [part[1].strip() for part in fetched if isinstance(part, tuple)]


def test_two_infrastructures_stand_side_by_side_and_the_second_leaves_nothing(
    servers: Addresses, alive: Callable[[set[int]], set[int]]
) -> None:
    with infra("local", mail=False) as second:
        pids = second.pids()
        assert len(pids) == 2
        assert not set(second.environment().values()) & set(servers.environment().values())
        assert set(second.environment()) == {"KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI"}
    assert alive(pids) == set()
    assert alive(servers.pids()) == servers.pids()


def test_a_kept_database_is_there_at_the_next_start_even_on_another_port() -> None:
    keep = f"kept-{os.getpid()}"
    with infra("local", mail=False, keep=keep) as first, MongoClient[dict[str, object]](first.mongodb_uri) as client:
        client.kept.cases.insert_one({"_id": "1"})
        asyncio.run(create_topic(first.kafka, "kept"))
    (LOCAL / keep / "ports.json").unlink()
    try:
        with (
            infra("local", mail=False, keep=keep) as second,
            MongoClient[dict[str, object]](second.mongodb_uri) as client,
        ):
            assert second.mongodb_uri != first.mongodb_uri
            assert client.kept.cases.count_documents({}) == 1
            asyncio.run(send(second.kafka, "kept", [b"again"]))
    finally:
        shutil.rmtree(LOCAL / keep)


def test_what_is_not_ours_cannot_be_killed(monkeypatch: pytest.MonkeyPatch, servers: Addresses) -> None:
    for name, address in servers.environment().items():
        monkeypatch.setenv(name, address)
    with infra("env") as given:
        assert given.environment() == servers.environment()
        with pytest.raises(NotOursError, match="INFRA=env"):
            given.broker.kill()
