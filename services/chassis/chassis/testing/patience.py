# SPDX-License-Identifier: Apache-2.0
"""What a busy machine does late is no fault of what is tested: a part of ``chassis.testing``.

Hypothesis does not measure how long an example takes, and whoever gives a command waits long for its answer. A test of
the limit itself sets its own.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from chassis import commands

ANSWER_SECONDS = 120.0

settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def _commands_are_answered_late() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands, "ANSWER_SECONDS", ANSWER_SECONDS)
        yield
