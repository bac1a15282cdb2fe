# SPDX-License-Identifier: Apache-2.0
"""What both sides of the comparison do: the same events in, routing's own rules, the same events out."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from pydantic import SecretStr

from chassis.messages import Message, event_message
from chassis.settings import ServiceSettings
from chassis.staff import load_staff
from chassis.subjects import Aggregate
from routing.consumers import cases_under
from routing.policy_files import read_policy
from routing.settings import RoutingSettings
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseFiled, Person, PersonalFiling

TOPIC = "intake-cases"
CITIZEN = Actor(id="citizen", role="citizen")
WORDS = "Buenos días, el subsidio familiar de mi hija no aparece pagado este mes y ya entregué el certificado escolar. "
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
BATCH = 500


def messages(count: int) -> Iterator[Message]:
    """``count`` records of about 1.5 kB, each a case of its own."""
    for n in range(count):
        key = f"00000000-0000-5000-8000-{n:012d}"
        moment = START + timedelta(seconds=n)
        trace = f"00-{n + 1:032x}-{n + 1:016x}-01"
        yield event_message(_filed(n, moment), key=key, seq=1, seen={}, source="intake", now=moment, traceparent=trace)


@lru_cache
def settings(prefix: str, database: str) -> RoutingSettings:
    """Routing's settings on the servers of the environment."""
    directory = Path(tempfile.mkdtemp(prefix="ventanilla-bench-"))
    staff = directory / "staff.yaml"
    subprocess.run(
        [sys.executable, "-m", "chassis", "staff", "init", "--out", str(staff)], check=True, stdout=subprocess.DEVNULL
    )
    return RoutingSettings(
        kafka_bootstrap_servers=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        kafka_topic_prefix=prefix,
        mongodb_uri=os.environ["MONGODB_URI"],
        mongodb_database=database,
        files_url=f"file://{directory}",
        org_code="BENCH",
        org_name="Caja de ejemplo",
        org_mail_domain="caja.example",
        org_mail_address="servicio@caja.example",
        staff_file=staff,
        signing_keys=(SecretStr("a-key-for-the-bench-only-of-32-characters"),),
        public_url="http://127.0.0.1:8101",
    )


def cases(of: ServiceSettings) -> Aggregate:
    """Routing's cases under the sample organisation's rules."""
    assert isinstance(of, RoutingSettings)
    return cases_under(read_policy(of, load_staff(of.staff_file)))


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
