# SPDX-License-Identifier: Apache-2.0
"""Mail servers report on letters of ours: the case hears of it, and no case comes of it (RFC 3464, RFC 3834)."""

from collections.abc import Callable
from datetime import datetime
from typing import get_args

from chassis.decision import Decision, Keyed
from intake.domain.case import Case
from intake.domain.filing_told import INTAKE, filing_rows
from intake.domain.mail import ParsedMail
from intake.domain.submission import FileSubmission, LetterReport, outcome_told
from intake.domain.texts import one_line
from ventanilla_contracts.formats import LetterAddress
from ventanilla_contracts.intake import DeliveryReportReceived, PersonalReport, ReportedLetter, SubmissionIgnored
from ventanilla_contracts.vocabulary import LetterKind, ReportedAction

REPORTED = "delivery-report"
"""The reason of a mail that is ignored because it reports on a letter."""

_ACTIONS: dict[str, ReportedAction] = {action: action for action in get_args(ReportedAction)}
_KINDS: dict[str, LetterKind] = {kind: kind for kind in get_args(LetterKind)}


def letter_reports(mail: ParsedMail, our_letter: Callable[[str], LetterAddress | None]) -> tuple[LetterReport, ...]:
    """Empty unless the mail returns a Message-ID that we signed: a report on anything else is none of ours."""
    report = mail.report
    letter = our_letter(report.original_message_id) if report and report.original_message_id else None
    if report is None or letter is None or letter.kind not in _KINDS:
        return ()
    about = ReportedLetter(kind=_KINDS[letter.kind], n=letter.n)
    return tuple(
        LetterReport(
            case_id=letter.case_id,
            letter=about,
            message_id=report.original_message_id or "",
            action=_ACTIONS[one.action],
            status=one_line(one.status, 20),
            recipient=one_line(one.original or one.address, 320),
            diagnostic=one_line(one.diagnostic),
        )
        for one in report.recipients
        if one.action in _ACTIONS
    )


def note_reports(case: Case, command: FileSubmission, now: datetime) -> Decision[Case]:
    """Tell of each address, once; the mail itself is ignored, and heard of again when it comes again."""
    times = case.reports.get(command.submission_id, 0) + 1
    case = case.model_copy(update={"reports": {**case.reports, command.submission_id: times}})
    received_at = min(command.form.received_at or now, now)
    ignored = SubmissionIgnored(
        actor=INTAKE,
        channel=command.channel,
        external_id=command.external_id,
        received_at=received_at,
        repeat=times > 1,
        reason=REPORTED,
    )
    told = outcome_told(command, "ignored", reason=REPORTED, repeat=times > 1, number=None)
    outcome = Keyed(ignored, command.submission_id, times)
    if times > 1:
        return Decision(case, (outcome,), result=told)
    events = [_event(report, received_at) for report in command.reports]
    return Decision(case, (*events, outcome), rows=filing_rows(command, "ignored", received_at, now), result=told)


def _event(report: LetterReport, received_at: datetime) -> DeliveryReportReceived:
    return DeliveryReportReceived(
        actor=INTAKE,
        letter=report.letter,
        message_id=f"<{report.message_id}>",
        action=report.action,
        status=report.status,
        reported_at=received_at,
        personal=PersonalReport(recipient=report.recipient, diagnostic=report.diagnostic),
    )
