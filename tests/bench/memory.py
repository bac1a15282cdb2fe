# SPDX-License-Identifier: Apache-2.0
"""Resident memory of each process over a long load: after a minute, and at its end."""

import argparse
import json
import time

from tests.bench.whole_house import WholeHouse, whole_house

WARM_UP_SECONDS = 60.0
LOOK_SECONDS = 10.0
MB = 1024 * 1024


def memory(of: WholeHouse, rate: float, seconds: float) -> dict[str, list[float]]:
    """MB of each process every ten seconds, from the end of the first minute on."""
    found: dict[str, list[float]] = {}
    with of.citizens(rate, seconds):
        time.sleep(min(WARM_UP_SECONDS, seconds / 2))
        begun = time.monotonic()
        while time.monotonic() - begun < seconds - WARM_UP_SECONDS:
            for name, used in of.usages().items():
                found.setdefault(name, []).append(round(used.rss / MB, 1))
            time.sleep(LOOK_SECONDS)
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, default=10.0)
    parser.add_argument("--seconds", type=float, default=600.0)
    chosen = parser.parse_args()
    with whole_house() as up:
        print(json.dumps(memory(up, chosen.rate, chosen.seconds)))
