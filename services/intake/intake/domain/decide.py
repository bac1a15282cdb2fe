# SPDX-License-Identifier: Apache-2.0
"""Everything that can happen to a case in intake."""

from datetime import datetime

from chassis.decision import Decision, Received, Refused
from intake.domain.case import Case
from intake.domain.filing import file_submission
from intake.domain.links import LinkCases, SettleLink, link_cases, settle_link
from intake.domain.progress import follow
from intake.domain.splitting import SplitCase, split_case
from intake.domain.submission import FileSubmission
from intake.domain.upload import FileAnswerWithRegulator, file_answer


def decide_case(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    """Commands may be refused; an event about a case that intake never filed is a fault to look at."""
    match message:
        case FileSubmission():
            return file_submission(case, message, now)
        case FileAnswerWithRegulator():
            return file_answer(case, message, now)
        case LinkCases():
            return link_cases(case, message, now)
        case SettleLink():
            return settle_link(case, message, now)
        case SplitCase():
            return split_case(case, message, now)
        case Received() if case is not None:
            return Decision(follow(case, message))
        case Received():
            raise LookupError("an event about a case that was never filed here")
    raise TypeError(type(message).__name__)
