# SPDX-License-Identifier: Apache-2.0
"""`python -m tests.bench.proposals`: what asking a trained model costs a case filed, beside the rules alone, no I/O.

Processor time of one thread, the best of some rounds over the texts of the sample set, in batches of several sizes.
"""

import os
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

os.environ.setdefault("KAFKA_BOOTSTRAP_SERVERS", "none:9092")
os.environ.setdefault("MONGODB_URI", "mongodb://none")

from chassis.command_line import spare_the_collector
from chassis.decision import Received
from tests.bench.workload import START, TOPIC, cases, filed, settings
from ventanilla_contracts.intake import CaseFiled

ROUNDS = 5
MIB = 1024


def milliseconds(part: Callable[[], object], of: int) -> float:
    """A case, the best of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.thread_time()
        part()
        best = min(best, time.thread_time() - began)
    return best / of * 1000


def filings(texts: Sequence[str]) -> list[CaseFiled]:
    sample = CaseFiled.model_validate_json(next(filed(1)).value or b"")
    personal = [sample.personal.model_copy(update={"text": text}) for text in texts]
    return [sample.model_copy(update={"personal": one, "kind_stated": None, "area_stated": None}) for one in personal]


def main() -> None:
    aggregate = cases(settings("", "proposals"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    from routing.domain.classifying.proposal import FiledWithProposal
    from routing.learning.samples import read_samples
    from routing.learning.training import trained
    from routing.organisation.policy_files import read_classification

    samples = read_samples()
    model = trained(samples, read_classification(), datetime.now(UTC))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    texts = [example.text for example in samples]
    heard = [Received(one, "e", "case", START, TOPIC) for one in filings(texts)]
    spare_the_collector()
    alone = milliseconds(lambda: [aggregate.decide(None, one, START) for one in heard], len(heard))
    print(f"decided by rules alone           {alone:.2f} ms a case")
    for size in (1, 20, 200):
        batches = [texts[n : n + size] for n in range(0, len(texts), size)]
        asked = milliseconds(lambda batches=batches: [model.propose(batch) for batch in batches], len(texts))  # type: ignore[misc]
        print(f"asked in batches of {size:<4}         {asked:.2f} ms a case")
    proposals = model.propose(texts)
    both = [FiledWithProposal(one, proposal) for one, proposal in zip(heard, proposals, strict=True)]
    decided = milliseconds(lambda: [aggregate.decide(None, one, START) for one in both], len(both))
    print(f"decided with its proposal        {decided:.2f} ms a case")
    print(f"ratio, asked in batches of 200   {(decided + asked) / alone:.2f}")
    print(f"memory with scikit-learn, model and training: {(after - before) / MIB:.0f} MiB more")


if __name__ == "__main__":
    main()
