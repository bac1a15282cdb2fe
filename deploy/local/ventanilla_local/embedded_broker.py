# SPDX-License-Identifier: Apache-2.0
"""`python -m ventanilla_local.embedded_broker FILE`: librdkafka's mock cluster, in memory; writes its address to FILE.

Topics appear with 4 partitions when they are first used, cannot be created, and lose their oldest records past 5 MB a
partition. Good for looking at the house on a machine that has nothing; never for data that matter.
"""

import signal
import sys
from pathlib import Path

from confluent_kafka import Producer

SECONDS = 10


def main(file: Path) -> None:
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 0})
    broker = next(iter(cluster.list_topics(timeout=SECONDS).brokers.values()))
    partial = file.with_suffix(".partial")
    partial.write_text(f"{broker.host}:{broker.port}", encoding="utf-8")
    partial.rename(file)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main(Path(sys.argv[1]))
