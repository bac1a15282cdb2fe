# SPDX-License-Identifier: Apache-2.0
"""What a person can do about gaps, wired for one service."""

from collections.abc import Mapping

from chassis.accepting import Accepting
from chassis.acts import Acts
from chassis.batch import Processor
from chassis.copies import Copies
from chassis.gaps import Gaps
from chassis.horizons import Horizons
from chassis.log_reading import Logs
from chassis.producer import Producer
from chassis.records import Reader
from chassis.republishing import Republishing
from chassis.rereading import Rereading
from chassis.store import Store
from chassis.subjects import Aggregate


class GapActs:
    """Find gaps; then, in this order: reread, republish at their producer, or accept."""

    def __init__(
        self,
        service: str,
        store: Store,
        processor: Processor,
        reader: Reader,
        aggregates: Mapping[str, Aggregate],
        logs: Logs,
        producer: Producer,
        prefix: str,
    ) -> None:
        """``aggregates``: the kind of subject that each topic is about; ``producer`` for what is published again."""
        kinds = tuple(dict.fromkeys(aggregates.values()))
        database, self.acts = store.database, Acts(store.database)
        self.found = Gaps(database, kinds, prefix)
        self.horizons = Horizons(store, logs)
        self.rereading = Rereading(self.found, logs, reader, processor, self.acts)
        copies = Copies(database, logs, prefix)
        self.republishing = Republishing(service, database, kinds, self.found, copies, producer, self.acts)
        self.accepting = Accepting(self.found, self.horizons, processor, self.acts)
