# SPDX-License-Identifier: Apache-2.0
"""What every side of the comparison does: the same events in, routing's own rules, the same events out."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid5

from pydantic import SecretStr

from chassis.messages import Message, event_message
from chassis.settings import ServiceSettings
from chassis.staff import load_staff
from chassis.subjects import Aggregate
from routing.consumers import cases_under
from routing.organisation.policy_files import read_policy
from routing.settings import RoutingSettings
from ventanilla_contracts.envelope import NAMESPACE, Actor, Event
from ventanilla_contracts.intake import CaseFiled, MessageAppended, Person, PersonalFiling, PersonalMessage

TOPIC = "intake-cases"
CITIZEN = Actor(id="citizen", role="citizen")
WORDS = "Buenos días, el subsidio familiar de mi hija no aparece pagado este mes y ya entregué el certificado escolar. "
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
BATCH = 500
KEPT = Path(__file__).parents[2] / ".local" / "bench"
"""Where the staff file of the runs lies: its passwords take longer to hash than a side runs."""


def filed(count: int, salt: str = "") -> Iterator[Message]:
    """``count`` records of about 1.3 kB, each a case of its own; another ``salt`` makes other cases."""
    for n in range(count):
        moment = START + timedelta(seconds=n)
        yield _message(case_id(n, salt), 1, n, _filed(n, moment), moment)


def appended(count: int, salt: str = "") -> Iterator[Message]:
    """The second event of each of the same cases: the person says more."""
    for n in range(count):
        moment = START + timedelta(hours=30, seconds=n)
        yield _message(case_id(n, salt), 2, n, _appended(n, moment), moment)


def case_id(n: int, salt: str = "") -> str:
    """Spread over the whole index, as real ones are."""
    return str(uuid5(NAMESPACE, f"bench/{salt}/{n}"))


def _message(key: str, seq: int, n: int, event: Event, moment: datetime) -> Message:
    trace = f"00-{n + 1:032x}-{n + 1:016x}-01"
    return event_message(event, key=key, seq=seq, seen={}, source="intake", now=moment, traceparent=trace)


def as_hexkit_reads(message: Message) -> Message:
    """The same record with the headers that hexkit expects, its JSON in ASCII."""
    assert message.key is not None
    assert message.value is not None
    headers = dict(message.headers)
    known = {
        "type": headers["ce_type"],
        "event_id": headers["ce_id"],
        "correlation_id": str(UUID(hex=message.key.decode(), version=4)).encode(),
    }
    return Message(message.topic, message.key, json.dumps(json.loads(message.value)).encode(), tuple(known.items()))


def write_staff(directory: Path) -> Path:
    """The sample organisation's staff."""
    staff = directory / "staff.yaml"
    command = [sys.executable, "-m", "chassis", "staff", "init", "--out", str(staff)]
    if not staff.exists():
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return staff


@lru_cache
def settings(prefix: str, database: str) -> RoutingSettings:
    """Routing's settings on the servers of the environment."""
    KEPT.mkdir(parents=True, exist_ok=True)
    return RoutingSettings(
        kafka_bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        kafka_topic_prefix=prefix,
        mongodb_uri=os.environ["MONGODB_URI"],
        mongodb_database=database,
        files_url=f"file://{KEPT}",
        org_code="BENCH",
        org_name="Caja de ejemplo",
        org_mail_domain="caja.example",
        org_mail_address="servicio@caja.example",
        staff_file=write_staff(KEPT),
        signing_keys=(SecretStr("a-key-for-the-bench-only-of-32-characters"),),
        public_url="http://127.0.0.1:8101",
    )


def cases(of: ServiceSettings) -> Aggregate:
    """Routing's cases under the sample organisation's rules."""
    assert isinstance(of, RoutingSettings)
    policy, _ = read_policy(of, load_staff(of.staff_file))
    return cases_under(lambda: policy)


def _filed(n: int, moment: datetime) -> CaseFiled:
    return CaseFiled(
        actor=CITIZEN,
        case_number=f"BENCH-2026-{n:06d}-0",
        submission_id=f"s-{n}",
        channel="web",
        kind_stated="complaint",
        received_at=moment,
        registered_at=moment,
        personal=PersonalFiling(
            person=Person(name="Ana Prueba", email="ana.prueba@example.org", phone="+573001234567"),
            subject="Subsidio familiar no pagado",
            text=WORDS * 6,
            tracking_code="AAAA-BBBB-CCCC-D",
        ),
    )


def _appended(n: int, moment: datetime) -> MessageAppended:
    return MessageAppended(
        actor=CITIZEN,
        submission_id=f"more-{n}",
        channel="web",
        received_at=moment,
        personal=PersonalMessage(text=WORDS * 4),
    )
