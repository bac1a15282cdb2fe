# SPDX-License-Identifier: Apache-2.0
"""By what lists find an open case: its place in the queue, and whether it waits to be classified or reviewed."""

from routing.domain.case import FIRST, LAST, SECOND, STOPPED, THIRD, Case


def place_of(case: Case) -> int:
    """Emergencies before everything else (SQR-03), then tutelas (ICX-15), then what has priority (CPACA art. 20),
    then by due date; at the end those that wait for the person.
    """
    if not case.open:
        return LAST
    priority = case.classification.priority if case.classification is not None else "normal"
    if priority == "emergency":
        return FIRST
    if case.tutela is not None:
        return SECOND
    if case.stop is not None and not (case.stop.replied_at or case.stop.undelivered):
        return STOPPED
    return THIRD if priority == "high" else LAST


def waits_to_be_classified(case: Case) -> bool:
    """A person has yet to say what it is about."""
    return case.open and case.classification is not None and bool(case.classification.waiting)


def waits_for_review(case: Case) -> bool:
    """The legal team was asked to look at its draft."""
    return case.open and case.draft is not None and case.draft.review == "asked"
