# SPDX-License-Identifier: Apache-2.0
"""What an event says, in plain words for whoever watches a terminal; nothing personal is in them."""

from collections.abc import Mapping

from ventanilla_contracts.envelope import Event

WORDS: Mapping[str, str] = {
    "submission-received": "handed over by a channel system",
    "submission-created": "is a case of its own",
    "submission-appended": "was added to its case",
    "submission-held": "waits on the desk: {event.reason}",
    "submission-ignored": "is no case: {event.reason}",
    "submission-rejected": "was refused: {event.reason}",
    "case-filed": "filed: {event.channel}",
    "message-appended": "the person says more, by {event.channel}",
    "delivery-proposed": "{event.responder.name} answered by mail, perhaps with what was asked",
    "addressee-added": "a message came through {event.mailbox} too",
    "membership-checked": "membership requirements: {event.membership.kind}",
    "membership-incomplete": "told what the membership request lacks ({event.times})",
    "membership-completed": "MEMBERSHIP complete: {event.kind}",
    "emergency-decided": "EMERGENCY or none after all: {event.emergency}",
    "term-ordered": "an authority says until when it wants the answer",
    "person-corrected": "the person's data were corrected: {event.fields}",
    "case-linked": "link with {event.other_case_number}: {event.relation}, {event.status}",
    "case-split": "a second matter became {event.new_case_number}",
    "possible-duplicate-found": "perhaps the same as {event.other_case_number}",
    "delivery-report-received": "a mail server says of our {event.letter.kind}: {event.action}",
    "answer-filed-with-regulator": "answer is on the platform of {event.authority}",
    "case-classified": "is a {event.kind} for {event.area_name}",
    "case-assigned": "given to {event.responder.name}",
    "documents-requested": "documents asked from {event.responder.name}",
    "documents-delivered": "{event.responder.name} delivered",
    "documents-approaching": "REMINDER: {event.business_days_left} business days to deliver, {event.responder.name}",
    "documents-overdue": "DOCUMENTS OVERDUE: {event.responder.name}",
    "deadline-set": "must be answered by {event.due:%a %d %b}",
    "clock-stopped": "CLOCK STOPPED: the person has until {event.until:%a %d %b} to complete the request",
    "clock-stop-extended": "the person has more time, until {event.until:%a %d %b}",
    "clock-stop-waiting": "THE CLOCK STANDS STILL and waits for the house: {event.step}, {event.because}",
    "clock-resumed": "the clock runs again: {event.because}",
    "deadline-extended": "term extended to {event.due:%a %d %b}",
    "deadline-approaching": "REMINDER: {event.business_days_left} business days left, {event.responder.name}",
    "deadline-missed": "TERM MISSED on {event.due:%a %d %b}",
    "sla-set": "the house promises: {event.sla_name}",
    "sla-kept": "house promise kept: {event.promise}",
    "sla-missed": "HOUSE PROMISE MISSED: {event.promise}",
    "case-escalated": "ESCALATED to level {event.level}, {event.level_name}",
    "answer-drafted": "draft {event.revision} of the answer",
    "answer-review-requested": "draft {event.revision} goes to legal review",
    "answer-returned": "draft {event.revision} came back from review",
    "answer-reviewed": "draft {event.revision} passed its review",
    "partial-answer-approved": "a part of the answer goes {event.delivery}",
    "answer-approved": "answer written, goes {event.delivery}",
    "answer-published": "answer published for whoever has the code",
    "case-answered": "ANSWERED {in_time}",
    "case-withdrawn": "WITHDRAWN: {event.reason}",
    "clarification-requested": "sent back to the person, who has until {event.until:%a %d %b} to make it clear",
    "case-rejected": "REJECTED: {event.reason}",
    "ombudsman-asked": "the ombudsman asks, and wants the answer by {event.due:%a %d %b}",
    "ombudsman-term-widened": "the ombudsman gives until {event.due:%a %d %b}",
    "ombudsman-answered": "the answer goes to the ombudsman too",
    "ombudsman-decided": "THE OMBUDSMAN DECIDED: {event.favour}",
    "ombudsman-approaching": "reminder: the ombudsman wants the answer by {event.due:%a %d %b}",
    "ombudsman-overdue": "THE OMBUDSMAN'S DAY PASSED: {event.due:%a %d %b}",
    "case-transferred": "transferred to {event.to_name}",
    "case-reopened": "OPEN AGAIN: {event.reason}",
    "case-closed": "closed: {event.reason}",
    "delivery-sent": "mail sent: {event.kind}",
    "delivery-failed": "MAIL FAILED: {event.kind}, {event.reason}",
    "delivery-bounced": "MAIL CAME BACK: {event.kind}",
    "delivery-unknown": "mail may have been lost: {event.kind}",
    "filing-certificate-issued": "filing certificate made",
    "check-scheduled": "on the call list",
    "check-waived": "no call: {event.reason}",
    "contact-attempted": "call {event.number}: {event.result}",
    "check-completed": "check ended: {event.outcome}",
}


def name_of(event: Event | type[Event]) -> str:
    """Its type without the version."""
    return event.TYPE.rpartition(".v")[0]


def told(event: Event) -> str:
    """One line about it; an event that is not known here tells its name."""
    in_time = "in time" if getattr(event, "in_time", True) else "LATE"
    return WORDS.get(name_of(event), name_of(event)).format(event=event, in_time=in_time)
