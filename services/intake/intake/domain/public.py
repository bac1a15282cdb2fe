# SPDX-License-Identifier: Apache-2.0
"""What whoever is not signed in may not say about a submission: the house relies on it."""

from datetime import datetime, timedelta

from chassis.decision import Refused
from ventanilla_contracts.intake import SubmissionForm

LONGEST_WAIT = timedelta(hours=24)
"""A form that was written without a connection; earlier dates move a legal term and are for staff."""


def public_refusal(form: SubmissionForm, now: datetime) -> Refused | None:
    """Backdating, a segment and a regulator's request are for staff and channel systems."""
    if form.regulator is not None:
        return Refused("staff-only", kind="invalid", field="$.regulator")
    if form.segment is not None:
        return Refused("staff-only", kind="invalid", field="$.segment")
    if form.received_at is not None and form.received_at < now - LONGEST_WAIT:
        return Refused("received-at-needs-staff", kind="invalid", field="$.received_at")
    return None
