# SPDX-License-Identifier: Apache-2.0
"""What Prometheus is told of letters."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge

from chassis.metrics import Metrics
from notifications.domain.letters import LetterState
from ventanilla_contracts.vocabulary import LetterKind

NOT_DONE: tuple[LetterState, ...] = ("preparing", "pending", "sending", "failed", "bounced", "unknown", "expired")


class Measures:
    """Attempts by outcome, letters that wait or need a person, and whether the mail server is there."""

    def __init__(self, metrics: Metrics) -> None:
        registry = metrics.registry
        self._metrics = metrics
        self._attempts = Counter(
            "ventanilla_mail_attempts", "Mails handed to the mail server", ["kind", "outcome"], registry=registry
        )
        self._letters = Gauge("ventanilla_letters", "Letters that are not done", ["state"], registry=registry)
        self._server = Gauge("ventanilla_mail_server_up", "1 while the mail server answers", registry=registry)

    def attempted(self, kind: LetterKind, outcome: str) -> None:
        self._attempts.labels(kind, outcome).inc()

    def waiting(self, counts: Mapping[LetterState, int]) -> None:
        for state in NOT_DONE:
            self._letters.labels(state).set(counts.get(state, 0))

    def mail_server(self, *, up: bool) -> None:
        self._server.set(int(up))

    def alarm(self, alarm: str) -> None:
        self._metrics.alarm(alarm)
