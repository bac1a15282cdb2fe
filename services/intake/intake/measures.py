# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told of intake beside what every service tells."""

from prometheus_client import CollectorRegistry, Gauge

from chassis.clock import Clock
from intake.store import Cases


class HeldMeasures:
    """How many submissions wait for a person of the desk, and for how long: somebody's petition may be among them."""

    def __init__(self, cases: Cases, clock: Clock, registry: CollectorRegistry) -> None:
        self._cases = cases
        self._clock = clock
        self._held = Gauge(
            "ventanilla_held_submissions", "Submissions that wait for a person of the desk", registry=registry
        )
        self._oldest = Gauge(
            "ventanilla_held_oldest_seconds", "For how long the oldest of them has waited", registry=registry
        )

    async def measure(self) -> None:
        """Look into the database. Raises Unavailable."""
        count, oldest = await self._cases.held_now()
        self._held.set(count)
        waited = (self._clock.now() - oldest).total_seconds() if oldest else 0.0
        self._oldest.set(max(0.0, waited))


class RegulatorMeasures:
    """How many cases the regulator's platform is owed something of, and how many wait for a person because of it."""

    def __init__(self, cases: Cases, clock: Clock, registry: CollectorRegistry) -> None:
        self._cases = cases
        self._clock = clock
        self._pending = Gauge(
            "ventanilla_regulator_pending", "Cases of which something is to be sent to the platform", registry=registry
        )
        self._attention = Gauge(
            "ventanilla_regulator_attention", "Cases that wait for a person for the platform", registry=registry
        )
        self._oldest = Gauge(
            "ventanilla_regulator_oldest_seconds",
            "For how long the oldest of those to be sent has waited",
            registry=registry,
        )

    async def measure(self) -> None:
        """Look into the database. Raises Unavailable."""
        pending, attention, oldest = await self._cases.regulator_now()
        self._pending.set(pending)
        self._attention.set(attention)
        self._oldest.set(max(0.0, (self._clock.now() - oldest).total_seconds()) if oldest else 0.0)
