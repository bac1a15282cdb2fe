# SPDX-License-Identifier: Apache-2.0
"""What can be done with a case in the state it is in (design 4)."""

from collections.abc import Callable, Mapping

from chassis.decision import Refused
from routing.domain.answering.commands import (
    ApproveDraft,
    AskClarification,
    KeepCopy,
    MarkOmbudsman,
    NoteOmbudsmanDecision,
    Reject,
    Review,
    SaveDraft,
    WidenOmbudsman,
)
from routing.domain.answering.ombudsman_decision import why_no_decision
from routing.domain.case import Case
from routing.domain.commands import (
    AnswerPerson,
    Assign,
    Classify,
    Command,
    DeliverDocuments,
    Extend,
    ExtendStop,
    RequestDocuments,
    ResumeClock,
    StopClock,
    TakeDelivery,
    Transfer,
    Withdraw,
)

NAMES: dict[type[Command], str] = {
    Classify: "classify",
    Assign: "assign",
    RequestDocuments: "request-documents",
    DeliverDocuments: "deliver-documents",
    TakeDelivery: "take-delivery",
    SaveDraft: "draft",
    Review: "review",
    ApproveDraft: "approve",
    AnswerPerson: "answer",
    KeepCopy: "keep-copy",
    AskClarification: "ask-clarification",
    Reject: "reject",
    MarkOmbudsman: "mark-ombudsman",
    WidenOmbudsman: "widen-ombudsman",
    NoteOmbudsmanDecision: "ombudsman-decision",
    StopClock: "stop-clock",
    ExtendStop: "extend-stop",
    ResumeClock: "resume-clock",
    Extend: "extend",
    Withdraw: "withdraw",
    Transfer: "transfer",
}
WAITS_FOR_THE_ANSWER: tuple[type[Command], ...] = (
    Classify,
    SaveDraft,
    Review,
    ApproveDraft,
    AnswerPerson,
    AskClarification,
    Reject,
    StopClock,
    Extend,
    Withdraw,
    Transfer,
)
"""Not while an answer is on its way: what it says may not be about another kind of case when it arrives."""


OWES_THE_OMBUDSMAN: tuple[type[Command], ...] = (AskClarification, Reject, StopClock, Extend, Withdraw, Transfer)
"""Not while the ombudsman waits: nothing but an answer ends that, and only they can give more time (ICX-08)."""


ALSO_WHEN_OVER: Mapping[type[Command], Callable[[Case], str | None]] = {
    KeepCopy: lambda case: None if case.answers or case.partials else "nothing-answered",
    MarkOmbudsman: lambda _: None,
    WidenOmbudsman: lambda case: None if case.ombudsman_waits else "ombudsman-not-waiting",
    NoteOmbudsmanDecision: why_no_decision,
}
"""Why not, of what does not ask whether an answer is still owed to the person."""


def allowed(case: Case) -> tuple[str, ...]:
    """The names of the commands that the case takes now."""
    return tuple(name for command, name in NAMES.items() if _why_not(case, command) is None)


def refusal(case: Case, command: Command) -> Refused | None:
    """Why a command cannot be carried out now; None if it can."""
    why = _why_not(case, type(command))
    return Refused(why, allowed=allowed(case)) if why else None


def _why_not(case: Case, command: type[Command]) -> str | None:
    if command in ALSO_WHEN_OVER:
        return ALSO_WHEN_OVER[command](case)
    if not case.open:
        return _how_it_ended(case)
    if command is TakeDelivery and all(proposal.taken for proposal in case.proposals):
        return "no-delivery-proposed"
    if case.answer_on_its_way and command in WAITS_FOR_THE_ANSWER:
        return "answer-on-its-way"
    if case.ombudsman_waits is not None and command in OWES_THE_OMBUDSMAN:
        return "ombudsman-waits"
    return _why_not_about_the_answer(case, command) or _why_not_by_the_clock(case, command)


def _why_not_about_the_answer(case: Case, command: type[Command]) -> str | None:
    if command in (Review, ApproveDraft):
        return _why_not_about_the_draft(case, command)
    if command is AnswerPerson:
        return "answer-needs-another" if case.answer_needs else None
    if command not in (AskClarification, Reject):
        return None
    if (case.has_ordered_term or case.from_regulator) and not case.reopened_by:
        return "asked-by-an-authority"
    if command is Reject:
        return None
    if case.stop is not None:
        return "clock-is-stopped"
    return "clarification-asked" if case.clarification is not None else None


def _why_not_about_the_draft(case: Case, command: type[Command]) -> str | None:
    if case.draft is None:
        return "nothing-drafted"
    passed = case.draft.review == "passed"
    if command is Review:
        return "review-passed" if passed else None
    return "review-missing" if "legal-review" in case.answer_needs and not passed else None


def _how_it_ended(case: Case) -> str:
    if case.withdrawn is not None:
        return "already-withdrawn"
    if case.transferred is not None:
        return "already-transferred"
    if case.rejected is not None:
        return "already-rejected"
    return "already-closed" if case.closed else "already-answered"


def _why_not_by_the_clock(case: Case, command: type[Command]) -> str | None:
    if command in (ResumeClock, ExtendStop):
        if case.stop is None:
            return "clock-is-running"
        return "already-extended" if command is ExtendStop and case.stop.extended else None
    if command not in (StopClock, Extend):
        return None
    if case.stop is not None:
        return "clock-is-stopped"
    if case.has_ordered_term and not case.reopened_by:
        return "term-is-ordered"
    return "already-extended" if command is Extend and case.extension is not None else None
