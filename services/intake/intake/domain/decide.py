# SPDX-License-Identifier: Apache-2.0
"""Everything that can happen to a case in intake."""

from dataclasses import replace
from datetime import datetime

from chassis.decision import Decision, Received, Refused
from intake.domain.case import Case
from intake.domain.delivery_reports import note_reports
from intake.domain.emergency_marks import DecideEmergency, decide_emergency
from intake.domain.filing import file_submission
from intake.domain.links import LinkCases, SettleLink, link_cases, settle_link
from intake.domain.membership.acts import AssignDocuments, CheckRequirement, RequestMembership, TellMissing, act
from intake.domain.ordered_terms import RegisterTutela, TellRegulatorDue, register_tutela, tell_regulator_due
from intake.domain.person_reach import CorrectCasePerson, correct_case_person
from intake.domain.person_told import TellPerson, tell_person
from intake.domain.progress import follow
from intake.domain.regulator.acts import (
    DecideFavour,
    NoteDispatch,
    RetryDispatch,
    decide_favour,
    note_dispatch,
    person_corrected,
    retry_dispatch,
    uploaded_by_hand,
)
from intake.domain.regulator.owed import follow_for_regulator
from intake.domain.splitting import SplitCase, split_case
from intake.domain.submission import FileSubmission
from intake.domain.upload import FileAnswerWithRegulator, file_answer


def decide_case(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    """Commands may be refused; an event about a case that intake never filed is a fault to look at."""
    match message:
        case FileSubmission() if case is not None and (message.reports or message.submission_id in case.reports):
            return note_reports(case, message, now)
        case FileSubmission():
            return file_submission(case, message, now)
        case Received() if case is not None:
            return Decision(follow_for_regulator(follow(case, message), message, now))
        case Received():
            raise LookupError("an event about a case that was never filed here")
    return _asked(case, message, now)


def _asked(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    match message:
        case FileAnswerWithRegulator():
            filed = file_answer(case, message, now)
            return filed if isinstance(filed, Refused) else replace(filed, state=uploaded_by_hand(filed.state, now))
        case CorrectCasePerson() | TellPerson():
            return _of_person(case, message, now)
        case LinkCases():
            return link_cases(case, message, now)
        case SettleLink():
            return settle_link(case, message, now)
        case SplitCase():
            return split_case(case, message, now)
    return _about_regulator(case, message, now)


def _of_person(case: Case | None, message: CorrectCasePerson | TellPerson, now: datetime) -> Decision[Case] | Refused:
    if isinstance(message, CorrectCasePerson):
        told = correct_case_person(case, message)
    else:
        told = tell_person(case, message, now)
    if isinstance(told, Refused) or not told.events:
        return told
    return replace(told, state=person_corrected(told.state, message.fields, now))


def _about_regulator(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    match message:
        case NoteDispatch():
            return note_dispatch(case, message, now)
        case DecideFavour():
            return decide_favour(case, message, now)
        case RetryDispatch():
            return retry_dispatch(case, now)
    return _urgent(case, message, now)


def _urgent(case: Case | None, message: object, now: datetime) -> Decision[Case] | Refused:
    match message:
        case DecideEmergency():
            return decide_emergency(case, message, now)
        case RegisterTutela():
            return register_tutela(case, message)
        case TellRegulatorDue():
            return tell_regulator_due(case, message)
        case RequestMembership() | AssignDocuments() | CheckRequirement() | TellMissing():
            return act(case, message, now)
    raise TypeError(type(message).__name__)
