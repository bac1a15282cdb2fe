# SPDX-License-Identifier: Apache-2.0
"""All five services end to end: cases a second that they keep up with, and what each process uses for them."""

import argparse
import json
import os
import time
from dataclasses import asdict, dataclass, field

from tests.bench.usage import Usage, machine_busy, usage
from tests.bench.whole_house import WholeHouse, percentile, whole_house

WARM_UP_RATE, WARM_UP_SECONDS = 50.0, 20.0
FLOOD_SECONDS = 20.0
BEHIND_SECONDS = 3.0
"""A house that is done so soon after the last filing has kept up with them."""

STEP = 0.93


@dataclass(frozen=True)
class Trial:
    """One rate: how long after the last filing everything was done, and CPU seconds of each process per 1,000 cases."""

    rate: float
    seconds: float
    cases: int
    refused: int
    filed_per_second: float
    done_per_second: float
    behind_seconds: float
    answer_p99: float
    cpu_per_1000: dict[str, float] = field(default_factory=dict)
    elsewhere: float = 0.0

    @property
    def kept_up(self) -> bool:
        return not self.refused and self.behind_seconds <= BEHIND_SECONDS and self.filed_per_second > 0.98 * self.rate


def trial(of: WholeHouse, rate: float, seconds: float) -> Trial:
    """File at a rate, wait until all is done."""
    before, before_all = of.usages(), machine_busy()
    begun = time.monotonic()
    with of.citizens(rate, seconds) as citizens:
        people = Usage(0.0, 0)
        while time.monotonic() - begun < seconds:
            time.sleep(0.5)
            people = usage(citizens.pid)
    load = citizens.load()
    filing = max(answered for _, _, answered in load.filed) - min(due for _, due, _ in load.filed)
    ended = time.monotonic()
    of.wait_until_quiet()
    behind = time.monotonic() - ended
    spent = {name: now.cpu - before[name].cpu for name, now in of.usages().items()}
    spent["citizens"] = people.cpu
    return Trial(
        rate=rate,
        seconds=seconds,
        cases=len(load.filed),
        refused=len(load.refused),
        filed_per_second=len(load.filed) / filing,
        done_per_second=len(load.filed) / (filing + behind),
        behind_seconds=behind,
        answer_p99=percentile(load.answers, 0.99),
        cpu_per_1000={name: 1000 * cpu / len(load.filed) for name, cpu in spent.items()},
        elsewhere=machine_busy() - before_all - sum(spent.values()),
    )


def sustained(of: WholeHouse, seconds: float, start: float | None) -> list[Trial]:
    """Trials at falling rates until the house keeps up; the first rate is what it did with a flood."""
    trial(of, WARM_UP_RATE, WARM_UP_SECONDS)
    rate = start or trial(of, 2000.0, FLOOD_SECONDS / 10).done_per_second
    trials = [trial(of, rate, seconds)]
    while not trials[-1].kept_up:
        rate = min(rate * STEP, trials[-1].done_per_second)
        trials.append(trial(of, rate, seconds))
    return trials


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rate", type=float, help="the first rate to try")
    chosen = parser.parse_args()
    with whole_house() as up:
        print(json.dumps([asdict(one) for one in sustained(up, chosen.seconds, chosen.rate)], indent=1))
        print(os.getloadavg())
