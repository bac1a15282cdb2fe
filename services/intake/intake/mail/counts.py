# SPDX-License-Identifier: Apache-2.0
"""Mails in = outcomes out, as Prometheus sees one process: what came in by which way, and what became of it.

``via`` is ``smtp``, ``lmtp``, ``http``, or ``imap`` with the mailbox. What came in and has no outcome yet is being
filed, or was put off: then its sender has it still, and comes again.
"""

from prometheus_client import CollectorRegistry, Counter

PUT_OFF = "put-off"
"""No outcome: database or file store are away, and whoever has the mail keeps it."""


class MailCounts:
    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        self._service = service
        self._in = Counter("ventanilla_mails_in", "Mails that came in", ["service", "via"], registry=registry)
        self._out = Counter(
            "ventanilla_mails_out", "Mails by what became of them", ["service", "via", "outcome"], registry=registry
        )
        self._refused = Counter(
            "ventanilla_mails_refused",
            "Mails and recipients that were not taken, by why",
            ["service", "via", "why"],
            registry=registry,
        )

    def came(self, via: str) -> None:
        self._in.labels(self._service, via).inc()

    def became(self, via: str, outcome: str) -> None:
        self._out.labels(self._service, via, outcome).inc()

    def refused(self, via: str, why: str) -> None:
        self._refused.labels(self._service, via, why).inc()
