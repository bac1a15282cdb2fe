# SPDX-License-Identifier: Apache-2.0
"""From the door's 202 until the responder's mail is with the mail server, while cases come in at a steady rate."""

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from tests.bench.house import WARM_UP_RATE, WARM_UP_SECONDS, trial
from tests.bench.whole_house import Load, WholeHouse, percentile, whole_house
from ventanilla_contracts.vocabulary import LetterKind


@dataclass(frozen=True)
class Waits:
    """Seconds, of so many cases; ``filed_p99``: until the door itself had answered."""

    rate: float
    cases: int
    p50: float
    p99: float
    longest: float
    acknowledged_p99: float
    filed_p99: float


def waits(load: Load, mails: Sequence[tuple[float, str, str]], case_of: Mapping[str, str]) -> Waits:
    """Raises KeyError if a case has no mail."""
    assigned, acknowledged = _first(mails, "assignment"), _first(mails, "acknowledgement")
    accepted = [(case_of[number], at) for number, _, at in load.filed]
    to_responder = [assigned[case] - at for case, at in accepted]
    return Waits(
        rate=load.rate,
        cases=len(accepted),
        p50=percentile(to_responder, 0.5),
        p99=percentile(to_responder, 0.99),
        longest=max(to_responder),
        acknowledged_p99=percentile([acknowledged[case] - at for case, at in accepted], 0.99),
        filed_p99=percentile(load.answers, 0.99),
    )


def _first(mails: Sequence[tuple[float, str, str]], kind: LetterKind) -> dict[str, float]:
    """When the first of a kind came, by case."""
    return {case: at for at, case, found in reversed(mails) if found == kind}


def latency(of: WholeHouse, rate: float, seconds: float) -> Waits:
    with of.citizens(rate, seconds) as citizens:
        pass
    load = citizens.load()
    of.wait_until_quiet()
    return waits(load, of.mails(), of.numbers())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rate", type=float, required=True, help="a third of what the house sustains")
    parser.add_argument("--seconds", type=float, default=60.0)
    chosen = parser.parse_args()
    with whole_house() as up:
        trial(up, WARM_UP_RATE, WARM_UP_SECONDS)
        print(json.dumps(asdict(latency(up, chosen.rate, chosen.seconds))))
