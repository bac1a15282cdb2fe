# SPDX-License-Identifier: Apache-2.0
"""Five separate processes on the real broker, database and mail server, with a clock that the tests step."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.town import Town

from ventanilla_local.ports import claimed_ports
from ventanilla_local.services import house

NEEDED = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI", "SMTP_URL", "IMAP_URL")
START = "2026-03-02T10:15:00-05:00"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The house, its clock on Monday 2 March 2026 at 10:15 in Bogota, and its people."""
    missing = [name for name in NEEDED if name not in os.environ]
    if missing:
        pytest.skip(f"{', '.join(missing)} not set: run by `make e2e`")
    directory = tmp_path_factory.mktemp("house")
    clock = directory / "clock"
    clock.write_text(START, encoding="ascii")
    infrastructure = {name: os.environ[name] for name in NEEDED}
    mailbox = f"pqrs-{secrets.token_hex(4)}@caja.example"
    with (
        claimed_ports() as ports,
        house(
            Path(directory),
            {**infrastructure, "IMAP_URL": _mailbox_url(infrastructure["IMAP_URL"], mailbox)},
            ports,
            prefix=f"e2e{secrets.token_hex(4)}-",
            clock={"CLOCK_FILE": str(clock)},
            settings={"ORG_MAIL_ADDRESS": mailbox},
        ) as running,
        Town(running, clock, mailbox) as people,
    ):
        yield people


def _mailbox_url(url: str, mailbox: str) -> str:
    """The mail server's address, with the login of a mailbox that no other test reads."""
    host = url.rpartition("@")[2].split("//")[-1].split("/")[0]
    return f"imap://{mailbox.replace('@', '%40')}:secret@{host}/INBOX"
