# SPDX-License-Identifier: Apache-2.0
"""A submission as the doors hand it over, and the case that it becomes."""

from datetime import UTC, datetime
from typing import Any

from chassis.decision import Decision
from intake.domain.case import Case
from intake.domain.decide import decide_case
from intake.domain.submission import FileSubmission
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person, RegulatorRequest, SubmissionForm

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
CITIZEN = Actor(id="citizen", role="citizen")
SSF = RegulatorRequest(authority="SSF", reference="SSF-2-2026-004518")


def submission(**own: Any) -> FileSubmission:
    values: dict[str, Any] = {
        "submission_id": "s-1",
        "channel": "web",
        "external_id": "x-1",
        "external_key": "k-1",
        "content_hash": "h",
        "actor": CITIZEN,
        "tracking_code": "7KQ2-M4TX-9RWZ-5",
        "form": SubmissionForm(text="No llegó la cuota.", person=Person(email="Ana@correo.example")),
        "case_id": "c-1",
        "number": "CAJA-2026-000001-7",
    }
    return FileSubmission(**{**values, **own})


def filed(**own: Any) -> Decision[Case]:
    decision = decide_case(None, submission(**own), NOW)
    assert isinstance(decision, Decision)
    return decision
