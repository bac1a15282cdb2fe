# SPDX-License-Identifier: Apache-2.0
"""The points between two steps of the delivery path at which a process may die (docs/reliability.md)."""

from dataclasses import dataclass
from typing import Literal

ALL = ("intake", "routing", "notifications", "satisfaction", "reporting")
PUBLISHING = ALL[:-1]
"""Reporting tells nobody anything yet."""

SELDOM = ("notifications", "satisfaction")
"""Where two events are seldom published together."""

SENDER = ("notifications",)
"""Who holds the lease sends, and tells what became of it: nearly all that this service publishes."""


@dataclass(frozen=True)
class Point:
    """`before`, `after` or in the middle (`half`) of `method`, written ``module:Class.method``.

    `most`: the passage at which it dies is drawn from 1 to this; `alone`: services in which what passes there holds a
    lease, so that a second instance would hardly come by.
    """

    name: str
    method: str
    when: Literal["before", "half", "after"]
    services: tuple[str, ...] = ALL
    most: int = 5
    alone: tuple[str, ...] = ()


POINTS = {
    point.name: point
    for point in (
        Point("before-transaction", "chassis.mongo:Database.transaction", "before"),
        Point("in-transaction", "chassis.store:Store.save", "after"),
        Point("before-commit", "chassis.mongo:Database._commit", "before"),
        Point("after-commit", "chassis.mongo:Database.transaction", "after"),
        Point("before-publish", "chassis.producer:Producer.publish", "before", PUBLISHING, alone=SENDER),
        Point("mid-publish", "chassis.producer:Producer._send", "half", PUBLISHING, most=1, alone=SELDOM),
        Point("after-publish", "chassis.producer:Producer.publish", "after", PUBLISHING, alone=SENDER),
        Point("after-outbox-delete", "chassis.outbox:Outbox._publish_until_done", "after", PUBLISHING, alone=SENDER),
        Point("before-offset-commit", "aiokafka:AIOKafkaConsumer.commit", "before", most=1),
        Point("after-offset-commit", "aiokafka:AIOKafkaConsumer.commit", "after", most=1),
        Point("before-mail", "notifications.smtp:Mailer.hand_over", "before", SENDER, most=20, alone=SENDER),
        Point("after-mail", "notifications.smtp:Mailer.hand_over", "after", SENDER, most=20, alone=SENDER),
        Point(
            "before-mailbox-passed",
            "intake.mail.fetching:Positions.passed",
            "before",
            ("intake",),
            most=1,
            alone=("intake",),
        ),
    )
}
