# SPDX-License-Identifier: Apache-2.0
"""The audit of the whole house, as somebody who operates it would ask for it: from the topics alone."""

from concurrent.futures import ThreadPoolExecutor

from tests.faults.crew import Crew
from tests.faults.nursery import Nursling
from ventanilla_local.services import SERVICES

SECONDS = 120.0


def audit(crew: Crew) -> list[str]:
    """What does not agree; each service counts its store first."""
    with ThreadPoolExecutor(2) as counters:
        counted = counters.map(lambda service: _say(crew, service, "count"), SERVICES)
    return [*(line for lines in counted for line in lines), *_say(crew, "reporting", "audit")]


def _say(crew: Crew, service: str, word: str) -> list[str]:
    """What `python -m SERVICE WORD` complains of."""
    said = crew.directory / f"{service}-{word}.said"
    said.unlink(missing_ok=True)
    process = Nursling(crew.nursery, [service, word], dict(crew.instances[f"{service}-a"].environment or {}), said)
    if process.wait(SECONDS) == 0:
        return []
    return [f"{service} {word}: {line}" for line in said.read_text(encoding="utf-8").splitlines() if line.strip()]
