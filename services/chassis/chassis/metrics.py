# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told: what was applied, how far behind, what waits, is parked or unpublished."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """The metrics of one process. All names begin with ``ventanilla_``; ``service`` is a label of each."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self.registry = registry
        self._service = service
        self._inputs = Counter(
            "ventanilla_inputs",
            "Events, timers and commands by what became of them",
            ["service", "what"],
            registry=registry,
        )
        self._lag = Gauge(
            "ventanilla_lag",
            "Records behind the end of a partition",
            ["service", "topic", "partition"],
            registry=registry,
        )
        self._alarms = Counter(
            "ventanilla_alarms", "Things a person must look at", ["service", "alarm"], registry=registry
        )
        sizes = (1, 5, 20, 100, 250, 500)
        batch = Histogram(
            "ventanilla_batch_items", "Items per transaction", ["service"], buckets=sizes, registry=registry
        )
        conflicts = Counter("ventanilla_conflicts", "Transactions decided again", ["service"], registry=registry)
        outbox = Gauge("ventanilla_outbox_pending", "Documents not yet published", ["service"], registry=registry)
        stopped = Gauge("ventanilla_consumer_stopped", "1 once it stopped itself", ["service"], registry=registry)
        parked = Gauge("ventanilla_parked", "Records and timers that wait for a person", ["service"], registry=registry)
        gaps = Gauge(
            "ventanilla_gaps", "Subjects and topics that lack events without a cause", ["service"], registry=registry
        )
        self._batch = batch.labels(service)
        self.conflicts = conflicts.labels(service)
        self.outbox = outbox.labels(service)
        self.stopped = stopped.labels(service)
        self.parked = parked.labels(service)
        self.gaps = gaps.labels(service)

    def saved(self, counts: Mapping[str, int], items: int) -> None:
        """One transaction was committed."""
        self._batch.observe(items)
        for what, n in counts.items():
            self._inputs.labels(self._service, what).inc(n)

    def lag(self, topic: str, partition: int, records: int) -> None:
        self._lag.labels(self._service, topic, str(partition)).set(records)

    def alarm(self, alarm: str) -> None:
        self._alarms.labels(self._service, alarm).inc()
