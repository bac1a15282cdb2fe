# SPDX-License-Identifier: Apache-2.0
"""Somebody who has the contracts' wheel, the samples and a house with intake in it, and nothing else of ours."""

import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.integrate.document import ROOT, SAMPLES, SETTING_UP, block_with
from tests.integrate.integrator import Integrator

from chassis.passwords import hash_token, new_token
from chassis.staff_cli import write_staff
from ventanilla_local.downloads import kafka_libraries, kafka_tools, uv
from ventanilla_local.ports import claimed_ports
from ventanilla_local.services import CHANNEL_SYSTEM, Login, house

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts background jobs deaf to Ctrl-C, and what they start inherits it: these tests press Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

NEEDED = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")
MAIL = "canales@caja.example"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the contracts, built as the page says."""
    into = tmp_path_factory.mktemp("dist")
    build = [uv(), "build", "--quiet", "--wheel", "--package", "ventanilla-contracts", "--out-dir", str(into)]
    subprocess.run(build, cwd=ROOT, check=True)
    [made] = into.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def integrator(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Integrator]:
    """Set up as the page says: a directory with samples and wheel, a PATH with uv and Kafka's console tools."""
    if missing := [name for name in NEEDED if name not in os.environ]:
        pytest.skip(f"{', '.join(missing)} not set: run by `make test SUITES=integrate`")
    place = tmp_path_factory.mktemp("integrator")
    directory = shutil.copytree(SAMPLES, place / "integrate")
    shutil.copy(wheel, directory)
    path = f"{console_tools(place / 'bin')}:{Path(uv()).parent}:{os.environ['PATH']}"
    infrastructure = {name: os.environ[name] for name in NEEDED}
    prefix = f"int{secrets.token_hex(4)}-"
    one_member(place / "house")
    with (
        claimed_ports() as ports,
        house(
            place / "house", infrastructure, ports, prefix=prefix, settings={"IMAP_URL": ""}, names=("intake",)
        ) as running,
    ):
        somebody = Integrator(running, directory, prefix, path)
        somebody.run(block_with(SETTING_UP))
        yield somebody


def one_member(directory: Path) -> None:
    """A house's staff: the channel system."""
    token = new_token()
    member = {"id": CHANNEL_SYSTEM, "name": "Canales digitales", "email": MAIL, "roles": ["channel-system"]}
    write_staff(directory / "staff.yaml", [{**member, "token_hashes": [hash_token(token)]}])
    login = Login(CHANNEL_SYSTEM, "Canales digitales", "channel-system", "", MAIL, "", token)
    (directory / "logins.json").write_text(json.dumps([asdict(login)]), encoding="utf-8")


def console_tools(into: Path) -> Path:
    """Kafka's own scripts say no more than this; the jars of Maven come without them."""
    into.mkdir()
    classpath = f"{kafka_tools()}/*:{kafka_libraries()}/*"
    for name, tool in {"producer": "ConsoleProducer", "consumer": "consumer.ConsoleConsumer"}.items():
        script = into / f"kafka-console-{name}.sh"
        script.write_text(f"#!/bin/sh\nexec java -cp '{classpath}' org.apache.kafka.tools.{tool} \"$@\"\n", "utf-8")
        script.chmod(0o755)
    return into
