# SPDX-License-Identifier: Apache-2.0
"""What people ask routing to do with a case: each command with its name, its rule, and what can be against it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from routing.domain.answering.answering import answer, keep_copy
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
from routing.domain.answering.documents import deliver_documents, request_documents
from routing.domain.answering.drafting import approve, review, save_draft
from routing.domain.answering.ombudsman import mark_ombudsman
from routing.domain.answering.ombudsman_decision import note_decision, why_no_decision
from routing.domain.answering.ombudsman_widening import widen_ombudsman
from routing.domain.answering.proposals import take_delivery
from routing.domain.answering.rejecting import ask_clarification, reject
from routing.domain.assigning import assign, classify
from routing.domain.case import Case
from routing.domain.clock.extending import extend
from routing.domain.clock.stopping import extend_stop, resume_clock, stop_clock
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
from routing.domain.ending import transfer, withdraw
from routing.domain.hindrances import (
    OWES_THE_OMBUDSMAN,
    WAITS_FOR_THE_ANSWER,
    Hindrance,
    answer_needs_another,
    asked_by_an_authority,
    clarification_asked,
    clock_is_running,
    clock_is_stopped,
    no_delivery_proposed,
    nothing_answered,
    nothing_drafted,
    ombudsman_not_waiting,
    over,
    review_missing,
    review_passed,
    stop_extended,
    term_extended,
    term_is_ordered,
)
from routing.domain.rule import Rule

C = TypeVar("C", bound=Command)


@dataclass(frozen=True)
class Asked:
    """A command as the doors name it; ``unless``: what can be against it in a case, what is told first first."""

    name: str
    rule: Rule[Any]
    unless: tuple[Hindrance, ...]

    def hindered(self, case: Case) -> str | None:
        """The code of what is against it now."""
        return next((code for hindrance in self.unless if (code := hindrance(case))), None)


def _row(name: str, command: type[C], rule: Rule[C], *unless: Hindrance) -> tuple[type[object], Asked]:
    """A rule stands only beside a command that it takes: mypy sees to it here."""
    return command, Asked(name, rule, unless)


ASKED: Mapping[type[object], Asked] = dict(
    (
        _row("classify", Classify, classify, *WAITS_FOR_THE_ANSWER),
        _row("assign", Assign, assign, over),
        _row("request-documents", RequestDocuments, request_documents, over),
        _row("deliver-documents", DeliverDocuments, deliver_documents, over),
        _row("take-delivery", TakeDelivery, take_delivery, over, no_delivery_proposed),
        _row("draft", SaveDraft, save_draft, *WAITS_FOR_THE_ANSWER),
        _row("review", Review, review, *WAITS_FOR_THE_ANSWER, nothing_drafted, review_passed),
        _row("approve", ApproveDraft, approve, *WAITS_FOR_THE_ANSWER, nothing_drafted, review_missing),
        _row("answer", AnswerPerson, answer, *WAITS_FOR_THE_ANSWER, answer_needs_another),
        _row("keep-copy", KeepCopy, keep_copy, nothing_answered),
        _row(
            "ask-clarification",
            AskClarification,
            ask_clarification,
            *OWES_THE_OMBUDSMAN,
            asked_by_an_authority,
            clock_is_stopped,
            clarification_asked,
        ),
        _row("reject", Reject, reject, *OWES_THE_OMBUDSMAN, asked_by_an_authority),
        _row("mark-ombudsman", MarkOmbudsman, mark_ombudsman),
        _row("widen-ombudsman", WidenOmbudsman, widen_ombudsman, ombudsman_not_waiting),
        _row("ombudsman-decision", NoteOmbudsmanDecision, note_decision, why_no_decision),
        _row("stop-clock", StopClock, stop_clock, *OWES_THE_OMBUDSMAN, clock_is_stopped, term_is_ordered),
        _row("extend-stop", ExtendStop, extend_stop, over, clock_is_running, stop_extended),
        _row("resume-clock", ResumeClock, resume_clock, over, clock_is_running),
        _row("extend", Extend, extend, *OWES_THE_OMBUDSMAN, clock_is_stopped, term_is_ordered, term_extended),
        _row("withdraw", Withdraw, withdraw, *OWES_THE_OMBUDSMAN),
        _row("transfer", Transfer, transfer, *OWES_THE_OMBUDSMAN),
    )
)
"""In the order in which the doors offer them."""
