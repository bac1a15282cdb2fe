# SPDX-License-Identifier: Apache-2.0
"""The answer before it goes out: drafted, reviewed where the rule says so, approved (CNF-09, CNF-10).

Nobody overwrites what they have not read: each act names the revision that it is about.
"""

from datetime import datetime

from chassis.decision import Decision, Insert, Refused
from routing.domain.answering.answering import sent
from routing.domain.answering.commands import ApproveDraft, Review, SaveDraft
from routing.domain.answering.records import Answer, Draft
from routing.domain.answering.sending import way_for
from routing.domain.case import Case
from routing.domain.handling import Handling
from routing.domain.policy import Policy
from ventanilla_contracts.envelope import Actor, StaffRef
from ventanilla_contracts.routing import (
    AnswerDrafted,
    AnswerReturned,
    AnswerReviewed,
    AnswerReviewRequested,
    PersonalWords,
)

DRAFTS = "drafts"
"""Collection of every revision; rows of their own, so that a case on which much is written stays small."""


def save_draft(policy: Policy, case: Case, command: SaveDraft, now: datetime) -> Decision[Case] | Refused:
    """A new revision. What is with the legal team stays there: they are shown the latest."""
    before = case.draft
    if stale := _stale(policy, before, command.revision):
        return stale
    if command.partial and case.from_regulator:
        return Refused("no-partial-answer")
    draft = Draft(
        revision=case.drafts + 1,
        text=command.text,
        files=command.files,
        partial=command.partial,
        delivery=command.delivery,
        by=command.actor,
        at=now,
        review="asked" if before is not None and before.review == "asked" else "not-asked",
    )
    handling = Handling(case, now)
    handling.keep(Insert(DRAFTS, f"{case.id}/{draft.revision}", {"case": case.id, **draft.model_dump()}))
    said = AnswerDrafted(actor=command.actor, revision=draft.revision, partial=draft.partial)
    handling.say(said, draft=draft, drafts=draft.revision, status="in-progress")
    return handling.decision(revision=draft.revision)


def review(policy: Policy, case: Case, command: Review, now: datetime) -> Decision[Case] | Refused:
    """Whoever writes asks for it; a reviewer who did not write it returns or passes it."""
    draft = _draft_of(case)
    if stale := _stale(policy, draft, command.revision):
        return stale
    if command.act == "ask":
        return _ask(policy, case, draft, command.actor, now)
    if not policy.answering.reviews(command.actor.id):
        return Refused("not-a-reviewer", "forbidden")
    if draft.review != "asked":
        return Refused("review-not-asked")
    if draft.by.id == command.actor.id:
        return Refused("own-draft")
    handling, writer = Handling(case, now), policy.matrix.people.get(draft.by.id)
    looked_at = {"reviewed_by": command.actor, "reviewed_at": now}
    if command.act == "pass":
        passed = AnswerReviewed(actor=command.actor, revision=draft.revision, drafted_by=writer)
        handling.say(passed, draft=draft.model_copy(update={**looked_at, "review": "passed", "reasons": None}))
    else:
        reasons = PersonalWords(text=command.text)
        returned = AnswerReturned(actor=command.actor, revision=draft.revision, drafted_by=writer, personal=reasons)
        back = {**looked_at, "review": "returned", "reasons": command.text}
        handling.say(returned, draft=draft.model_copy(update=back))
    return handling.decision(revision=draft.revision)


def _ask(policy: Policy, case: Case, draft: Draft, actor: Actor, now: datetime) -> Decision[Case] | Refused:
    if draft.review == "asked":
        return Refused("review-asked")
    reviewers = tuple(one for one in policy.answering.reviewers if one.id != draft.by.id)
    if not reviewers:
        return Refused("nobody-reviews")
    asked_by = policy.matrix.people.get(actor.id)
    said = AnswerReviewRequested(actor=actor, revision=draft.revision, reviewers=reviewers, asked_by=asked_by)
    handling = Handling(case, now)
    asked = {"review": "asked", "reviewed_by": None, "reviewed_at": None, "reasons": None}
    handling.say(said, draft=draft.model_copy(update=asked))
    return handling.decision(revision=draft.revision)


def approve(policy: Policy, case: Case, command: ApproveDraft, now: datetime) -> Decision[Case] | Refused:
    """Send it. What the rule asks for must be there: a second pair of eyes (a review: see allowed)."""
    draft = _draft_of(case)
    if refused := _stale(policy, draft, command.revision) or lacks(case, draft, command.actor):
        return refused
    delivery = way_for(case, handed_over=draft.delivery is not None, partial=draft.partial)
    if isinstance(delivery, Refused):
        return delivery
    written = Answer(
        id=command.answer_id,
        text=draft.text,
        files=draft.files,
        delivery=delivery,
        to=case.person.email if delivery == "email" else None,
        by=command.actor,
        approved_at=now,
        drafted_by=draft.by,
        reviewed_by=draft.reviewed_by if draft.review == "passed" else None,
    )
    return sent(policy, case, written, now, partial=draft.partial)


def lacks(case: Case, draft: Draft, actor: Actor) -> Refused | None:
    """What keeps this member, not others, from approving the draft."""
    if "second-person" in case.answer_needs and draft.by.id == actor.id:
        return Refused("second-person-missing")
    return None


def _stale(policy: Policy, draft: Draft | None, revision: int) -> Refused | None:
    """Somebody wrote in between; or there is nothing any more of what was read."""
    now = draft.revision if draft else 0
    if revision == now:
        return None
    return Refused("draft-changed", field="revision", values={"revision": now, "name": _name(policy, draft)})


def _name(policy: Policy, draft: Draft | None) -> str:
    writer: StaffRef | None = policy.matrix.people.get(draft.by.id) if draft else None
    return writer.name if writer else "—"


def _draft_of(case: Case) -> Draft:
    if case.draft is None:
        raise ValueError("nothing was drafted")
    return case.draft
