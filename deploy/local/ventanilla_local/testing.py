# SPDX-License-Identifier: Apache-2.0
"""`python -m ventanilla_local test [names…]`: every test, on one Kafka, one MongoDB and one GreenMail."""

import os
import subprocess
import time
from collections.abc import Mapping

from .downloads import LOCAL
from .infra import infra
from .suites import Outcome, Suite, outcome, prepare, suites, without_virtualenv
from .with_infra import environment_of, run
from .workplace import in_memory

LONGEST_SUITE_SECONDS = 25 * 60.0
REPORTS = LOCAL / "reports"


def test(names: list[str]) -> int:
    """0 when something was tested and nothing failed. A suite that fails does not keep the next from running."""
    known = suites()
    if unknown := set(names) - {suite.name for suite in known}:
        print(f"no suite {', '.join(sorted(unknown))}: there are {', '.join(suite.name for suite in known)}")
        return 2
    wanted = [suite for suite in known if suite.name in names or not names]
    results: list[tuple[Suite, Outcome, float]] = []
    os.environ.update({**in_memory(), **os.environ})
    with infra(purpose="test") as addresses:
        print(addresses.description, flush=True)
        environment = without_virtualenv(environment_of(addresses))
        for suite in wanted:
            started = time.monotonic()
            found = run_suite(suite, environment, addresses.pids())
            results.append((suite, found, time.monotonic() - started))
    return summarise(results)


def run_suite(suite: Suite, environment: Mapping[str, str], servers: set[int]) -> Outcome:
    print(f"\n== {suite.name}: {suite.tests}", flush=True)
    report = REPORTS / f"{suite.name}.xml"
    report.unlink(missing_ok=True)
    try:
        command = [str(prepare(suite) / "pytest"), suite.tests, f"--junitxml={report}", "--quiet", *suite.options]
        return outcome(run(command, environment, keep=servers, seconds=LONGEST_SUITE_SECONDS), report)
    except subprocess.TimeoutExpired:
        print(f"{suite.name} was stopped after {LONGEST_SUITE_SECONDS:.0f} s")
    except subprocess.CalledProcessError as failure:
        print(f"{suite.name}: its environment could not be made (uv ended with {failure.returncode})")
    return Outcome(failed=1)


def summarise(results: list[tuple[Suite, Outcome, float]]) -> int:
    """Print a line per suite and, last, the sum; return the exit code."""
    print(f"\n{'suite':<16}{'passed':>8}{'failed':>8}{'skipped':>8}{'seconds':>9}")
    for suite, found, seconds in results:
        print(f"{suite.name:<16}{found.passed:>8}{found.failed:>8}{found.skipped:>8}{seconds:>9.1f}")
    passed = sum(found.passed for _, found, _ in results)
    failed = sum(found.failed for _, found, _ in results)
    if not passed + failed:
        print("no tests ran")
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0
