# SPDX-License-Identifier: Apache-2.0
"""Somebody who has the contracts' wheel, the samples and a house with intake in it, and nothing else of ours."""

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.integrate.document import ROOT, SAMPLES
from tests.integrate.integrator import Integrator

from ventanilla_local.downloads import kafka_libraries, kafka_tools, uv
from ventanilla_local.ports import claimed_ports
from ventanilla_local.services import house

NEEDED = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of the contracts, as docs/integrate.md says to build it."""
    into = tmp_path_factory.mktemp("dist")
    build = [uv(), "build", "--quiet", "--wheel", "--package", "ventanilla-contracts", "--out-dir", str(into)]
    subprocess.run(build, cwd=ROOT, check=True)
    [made] = into.glob("*.whl")
    return made


@pytest.fixture(scope="session")
def integrator(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Integrator]:
    """Their directory holds the samples and the wheel; their PATH has uv and Kafka's console tools."""
    if missing := [name for name in NEEDED if name not in os.environ]:
        pytest.skip(f"{', '.join(missing)} not set: run by `make test SUITES=integrate`")
    place = tmp_path_factory.mktemp("integrator")
    directory = shutil.copytree(SAMPLES, place / "integrate")
    shutil.copy(wheel, directory)
    infrastructure = {name: os.environ[name] for name in NEEDED}
    prefix = f"int{secrets.token_hex(4)}-"
    with ThreadPoolExecutor(1) as beside, claimed_ports() as ports:
        tools = beside.submit(console_tools, place / "bin")
        with house(
            place / "house", infrastructure, ports, prefix=prefix, settings={"IMAP_URL": ""}, names=("intake",)
        ) as running:
            path = f"{tools.result()}:{Path(uv()).parent}:{os.environ['PATH']}"
            yield Integrator(running, directory, prefix, path)


def console_tools(into: Path) -> Path:
    """Kafka's own scripts say no more than this; the jars of Maven come without them."""
    into.mkdir()
    classpath = f"{kafka_tools()}/*:{kafka_libraries()}/*"
    for name, tool in {"producer": "ConsoleProducer", "consumer": "consumer.ConsoleConsumer"}.items():
        script = into / f"kafka-console-{name}.sh"
        java = f"exec java -XX:TieredStopAtLevel=1 -cp '{classpath}' org.apache.kafka.tools.{tool} \"$@\""
        script.write_text(f"#!/bin/sh\n{java}\n", encoding="utf-8")
        script.chmod(0o755)
    return into
