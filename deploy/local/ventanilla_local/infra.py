# SPDX-License-Identifier: Apache-2.0
"""The broker, the database and the mail server that `make run` and `make test` stand on."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

from .addresses import Addresses
from .docker import docker
from .embedded import embedded
from .house import only_house
from .local import local
from .machine import look
from .ports import Ports, claimed_ports
from .way import choose
from .workplace import workplace


class _Way(Protocol):
    def __call__(self, directory: Path, ports: Ports, *, mail: bool) -> AbstractContextManager[Addresses]: ...


@contextmanager
def infra(kind: str = "", purpose: str = "test", *, mail: bool = True, keep: str = "") -> Iterator[Addresses]:
    """Broker, database and mail server while the block runs; all are stopped at its end.

    `kind` (env, docker, local, embedded) forces a way, as INFRA in the environment does; else the first that can be had
    is taken. `purpose` is run, demo or test. With `keep` the local way keeps its data in `.local/<keep>/` for the
    next start; else they are fresh and removed. Raises NoWayError, DidNotStartError or AlreadyRunningError, whose
    messages are for the person at the terminal.
    """
    chosen = choose(kind or os.environ.get("INFRA", ""), purpose, os.environ, look(), mail=mail)
    with nullcontext() if purpose == "test" else only_house():
        if chosen == "env":
            yield _given()
            return
        with workplace(keep if chosen == "local" else "") as directory, claimed_ports() as ports:
            way: _Way = {"docker": docker, "local": local, "embedded": embedded}[chosen]
            with way(directory, ports, mail=mail) as addresses:
                yield addresses


def _given() -> Addresses:
    return Addresses(
        kind="env",
        description="INFRA=env: the addresses given in the environment",
        kafka=os.environ["KAFKA_BOOTSTRAP_SERVERS"],
        mongodb_uri=os.environ["MONGODB_URI"],
        smtp_url=os.environ.get("SMTP_URL", ""),
        imap_url=os.environ.get("IMAP_URL", ""),
        mail_api_url=os.environ.get("MAIL_API_URL", ""),
    )
