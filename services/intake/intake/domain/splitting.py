# SPDX-License-Identifier: Apache-2.0
"""A message with two matters: the second becomes a case of its own, of the same person (SQR-01; ADR 0014)."""

from dataclasses import dataclass, replace
from datetime import datetime

from chassis.decision import Begin, Decision, Refused
from intake.domain.case import Case, Link
from intake.domain.filing import file_submission
from intake.domain.links import MOST_LINKS, link_id, link_rows, told
from intake.domain.submission import FileSubmission
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import CaseSplit

BY_SPLIT = "split"
"""The way on which a second matter came: no mail of its own."""


@dataclass(frozen=True, slots=True)
class SplitCase:
    """``submission_id``: the message that has two matters; ``filing``: the second, as it is to be filed."""

    actor: Actor
    case_id: str
    submission_id: str
    reason: str
    filing: FileSubmission

    def numbered(self, number: str) -> "SplitCase":
        return replace(self, filing=replace(self.filing, number=number))


def split_refusal(case: Case | None, command: SplitCase) -> Refused | None:
    """Why a case cannot be split; such a command takes no number."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if command.submission_id not in case.submissions:
        return Refused("message-not-of-case", kind="invalid", field="$.message", values={"number": case.number})
    if len(case.links) >= MOST_LINKS:
        return Refused("too-many-links", values={"most": MOST_LINKS})
    return None


def is_split(case: Case | None, command: SplitCase) -> bool:
    """Whether the same command was carried out before."""
    return case is not None and case.link_with(command.filing.case_id) is not None


def split_case(case: Case | None, command: SplitCase, now: datetime) -> Decision[Case] | Refused:
    """Both in one transaction: the new case with its number, and what the old one tells of it."""
    if case is not None and (before := case.link_with(command.filing.case_id)):
        return Decision(case, result=_result(case, before, None))
    if refused := split_refusal(case, command):
        return refused
    created = file_submission(None, _reported_as(case, command.filing), now)
    if case is None or isinstance(created, Refused):
        raise ValueError("the second matter cannot be filed")
    link = Link(
        id=link_id(command.case_id, command.filing.case_id),
        other_case_id=command.filing.case_id,
        other_case_number=created.state.number,
        relation="split",
        status="confirmed",
        at=now,
        by=command.actor,
    )
    split = CaseSplit(
        actor=command.actor,
        submission_id=command.submission_id,
        new_case_id=command.filing.case_id,
        new_case_number=created.state.number,
        reason=command.reason,
    )
    return Decision(
        case.model_copy(update={"links": (*case.links, link)}),
        (split, *told([link])),
        rows=(*created.rows, *link_rows(command.case_id, case.number, [link])),
        result=_result(case, link, created.state.tracking_code),
        begins=(Begin(command.filing.case_id, created.state, created.events),),
    )


def _reported_as(case: Case | None, filing: FileSubmission) -> FileSubmission:
    """To the regulator's platform, as the case that it was split from."""
    file = case.regulator_file if case else None
    return replace(filing, regulator_scope=file.scope) if file else filing


def _result(case: Case, link: Link, code: str | None) -> dict[str, object]:
    return {"case_number": case.number, "new_case_number": link.other_case_number, "tracking_code": code}
