# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, however often, whoever dies at it: reporting's store is that of a clean run.

What notifications tells knows nothing of routing or satisfaction here, so it may be counted before or after them: the
sums must be equal but for those that are zero, the tallies of a case but for their order.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from reporting_story import (
    ACTOR,
    DUE,
    MARCH_2,
    answered,
    approaching,
    called,
    checked,
    classified,
    closed,
    deadline,
    escalated,
    failed,
    filed,
    missed,
    scheduled,
    sent,
    unknown,
    waived,
)

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import settings_for
from chassis.testing.machine import whatever_comes
from chassis.testing.process import wire_without_broker
from chassis.testing.snapshot import Snapshot
from chassis.testing.story import Day, Heard, Tale
from reporting.app import build
from reporting.domain.facts import CASE_SUMS
from reporting.settings import ReportingSettings
from ventanilla_contracts.envelope import Event
from ventanilla_contracts.intake import PersonalCreated, SubmissionAppended, SubmissionCreated, SubmissionHeld

pytestmark = pytest.mark.infra

DAYS = [MARCH_2 + timedelta(days=n) for n in range(4)]
WITH_ROUTING = ("routing-cases", "satisfaction-checks")


def heard(*events: Event) -> tuple[Heard, ...]:
    return tuple(Heard(event) for event in events)


def alone(event: Event) -> Heard:
    """Told by notifications, which had not heard of what routing and satisfaction told."""
    return Heard(event, blind_to=WITH_ROUTING)


def outcome(kind: type[Any], **fields: Any) -> Any:
    return kind(actor=ACTOR, channel="web", external_id="x", received_at=MARCH_2, **fields)


def created(*, repeat: bool = False) -> SubmissionCreated:
    personal = PersonalCreated(tracking_code="A")
    told: SubmissionCreated = outcome(
        SubmissionCreated, case_id="c", case_number="CAJA-2026-000001-1", repeat=repeat, personal=personal
    )
    return told


def tales() -> Sequence[Tale]:
    whole = (
        Day(DAYS[0], (*heard(filed(), classified(), deadline()), alone(sent()))),
        Day(DAYS[1], heard(approaching(), missed(), classified("complaint", "credit"), escalated())),
        Day(DAYS[2], (*heard(answered(in_time=False)), alone(failed()), *heard(scheduled(), called()))),
        Day(DAYS[3], heard(called(), checked(), closed())),
    )
    doubtful = (
        Day(DAYS[0], heard(filed(channel="email", service_point="centro"))),
        Day(DAYS[1], (alone(unknown()), *heard(classified(), deadline(), deadline(DUE + timedelta(days=15))))),
        Day(DAYS[2], (*heard(answered()), alone(failed()), alone(sent()), *heard(answered(), waived(), closed()))),
    )
    quick = (Day(DAYS[0], heard(filed(), classified("compliment"), deadline(), closed(), waived())),)
    submission = (
        Day(DAYS[0], heard(outcome(SubmissionHeld, reason="no-sender"), created())),
        Day(DAYS[1], heard(created(repeat=True), created(repeat=True))),
    )
    appended = outcome(SubmissionAppended, case_id="c", case_number="CAJA-2026-000001-1")
    told = (whole, doubtful, quick, submission, (Day(DAYS[0], heard(appended)),))
    return [Tale(f"key-{n}", days) for n, days in enumerate(told, 1)]


def alike(found: Snapshot) -> Snapshot:
    cases = {key: {**row, "state": _sorted(row["state"])} for key, row in found["rows of cases"].items()}
    sums = {key: _not_zero(row) for key, row in found.get(f"rows of {CASE_SUMS}", {}).items()}
    return {**found, "rows of cases": cases, f"rows of {CASE_SUMS}": {key: row for key, row in sums.items() if row}}


def _sorted(state: Mapping[str, Any]) -> dict[str, Any]:
    return {**state, "tallies": sorted(state["tallies"], key=lambda tally: (tally["day"], tally["measure"]))}


def _not_zero(row: Mapping[str, Any]) -> dict[str, int]:
    """The measures of a cell; its id says which it is."""
    return {name: n for name, n in row.items() if isinstance(n, int) and name != "partition" and n}


def test_the_state_is_that_of_a_clean_run(tmp_path: Path) -> None:
    member = {"id": "ines", "name": "Inés", "email": "ines@caja.example", "roles": ["manager"]}
    (tmp_path / "staff.yaml").write_text(yaml.safe_dump({"version": 1, "members": [member]}))

    def start(database: Database, clock: Path) -> Service[Any]:
        own: dict[str, Any] = {"wire": wire_without_broker(), "tmp_path": tmp_path, "clock_file": clock}
        return build(settings_for(ReportingSettings, database=database, **own))

    whatever_comes(start, tales(), folder=tmp_path, alike=alike)
