# SPDX-License-Identifier: Apache-2.0
"""What in a case can be against a command: each says the code of a refusal, or None where it is not so (design 4)."""

from collections.abc import Callable

from routing.domain.case import Case

Hindrance = Callable[[Case], str | None]


def over(case: Case) -> str | None:
    """No answer is owed any more."""
    if case.open:
        return None
    if case.withdrawn is not None:
        return "already-withdrawn"
    if case.transferred is not None:
        return "already-transferred"
    if case.rejected is not None:
        return "already-rejected"
    return "already-closed" if case.closed else "already-answered"


def answer_on_its_way(case: Case) -> str | None:
    """What it says may not be about another kind of case when it arrives."""
    return "answer-on-its-way" if case.answer_on_its_way else None


def ombudsman_waits(case: Case) -> str | None:
    """Nothing but an answer ends that, and only they can give more time (ICX-08)."""
    return "ombudsman-waits" if case.ombudsman_waits is not None else None


def ombudsman_not_waiting(case: Case) -> str | None:
    return None if case.ombudsman_waits is not None else "ombudsman-not-waiting"


def no_delivery_proposed(case: Case) -> str | None:
    return "no-delivery-proposed" if all(proposal.taken for proposal in case.proposals) else None


def nothing_answered(case: Case) -> str | None:
    return None if case.answers or case.partials else "nothing-answered"


def nothing_drafted(case: Case) -> str | None:
    return "nothing-drafted" if case.draft is None else None


def review_passed(case: Case) -> str | None:
    return "review-passed" if _review_passed(case) else None


def review_missing(case: Case) -> str | None:
    """The legal team sees such answers first (CNF-09)."""
    return "review-missing" if "legal-review" in case.answer_needs and not _review_passed(case) else None


def answer_needs_another(case: Case) -> str | None:
    """It is drafted first, for others to see (CNF-09)."""
    return "answer-needs-another" if case.answer_needs else None


def asked_by_an_authority(case: Case) -> str | None:
    """A judge or a regulator is answered; nobody returns or rejects what they ask."""
    authority = case.has_ordered_term or case.from_regulator
    return "asked-by-an-authority" if authority and not case.reopened_by else None


def clarification_asked(case: Case) -> str | None:
    return "clarification-asked" if case.clarification is not None else None


def clock_is_stopped(case: Case) -> str | None:
    return "clock-is-stopped" if case.stop is not None else None


def clock_is_running(case: Case) -> str | None:
    return "clock-is-running" if case.stop is None else None


def stop_extended(case: Case) -> str | None:
    return "already-extended" if case.stop is not None and case.stop.extended else None


def term_is_ordered(case: Case) -> str | None:
    """What a judge or a regulator laid down is not the house's to move."""
    return "term-is-ordered" if case.has_ordered_term and not case.reopened_by else None


def term_extended(case: Case) -> str | None:
    return "already-extended" if case.extension is not None else None


def _review_passed(case: Case) -> bool:
    return case.draft is not None and case.draft.review == "passed"


WAITS_FOR_THE_ANSWER = (over, answer_on_its_way)
"""Of what would change what is answered."""
OWES_THE_OMBUDSMAN = (*WAITS_FOR_THE_ANSWER, ombudsman_waits)
"""Of what would put the answer off, or end the case without one."""
