# SPDX-License-Identifier: Apache-2.0
import logging
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

pytest_plugins = ["chassis.testing", "toy_instances", "parked_house"]

sys.path.insert(0, str(Path(__file__).parent))  # the toy service, which several test modules use
sys.path.insert(0, str(Path(__file__).parents[3] / "deploy" / "local"))  # servers of our own, to be killed


@pytest.fixture(autouse=True)
def _logs_as_in_a_service() -> Iterator[None]:
    """structlog's own way, a rich traceback with all locals, takes longer than what is tested."""
    import structlog

    from chassis import log

    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    log.configure("window", out=StringIO())
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
