# SPDX-License-Identifier: Apache-2.0
"""The words that events share: one name for one thing (requirements.md, "Vocabulary")."""

from typing import Literal

Channel = Literal["email", "web", "phone", "in-person", "written", "chat", "social", "suggestion-box", "regulator"]
"""How a submission reached the organisation (CNF-01, ICX-01)."""

Kind = Literal["petition", "request", "complaint", "claim", "suggestion", "compliment"]
"""What a case is (CNF-06): petición, solicitud, queja, reclamo, sugerencia, felicitación."""

Term = Literal[
    "general",
    "documents",
    "consultation",
    "between-authorities",
    "transfer",
    "habeas-query",
    "habeas-claim",
    "ombudsman-answer",
    "completion-month",
    "completion-request",
    "control-bodies",
    "clarification",
    "copies",
    "ombudsman-forward",
    "ombudsman-admission",
    "ombudsman-information",
    "ombudsman-decision",
    "habeas-mark",
    "habeas-completion-request",
    "habeas-completion",
    "regulator-complaint",
    "ordered",
]
"""Which legal term runs (ICX-03; Ley 1755 de 2015 art. 14, Ley 1581 de 2012); ``ordered``: a judge or a regulator said
until when (ICX-15, CNF-03)."""

Priority = Literal["normal", "high", "emergency"]
"""Place in the queue (CPACA art. 20, SQR-03); it never changes the term."""

ClassifiedField = Literal["area", "attribute", "regulator_category", "kind", "term", "priority"]
"""What a classification says about a case (CNF-06)."""

EmergencyMatter = Literal["life", "health", "safety", "environment"]
"""What is in danger (SQR-03)."""

CaseStatus = Literal[
    "filed",
    "classified",
    "assigned",
    "in-progress",
    "suspended",
    "answered",
    "closed",
    "transferred",
    "withdrawn",
    "rejected",
    "reopened",
]
"""The state of a case as routing keeps it (design 4)."""

DocumentType = Literal["CC", "CE", "TI", "RC", "PAS", "NIT", "PEP", "PPT", "NUIP", "CD", "SE"]
"""Identity documents (domain-colombia.md §3.3); CD is the diplomatic card, SE a foreign company without NIT."""

AnswerDelivery = Literal["email", "published", "handed-over", "regulator"]
"""How an answer goes: by mail, published (anonymous), handed over, or through the regulator's platform."""

LetterKind = Literal[
    "acknowledgement",
    "assignment",
    "copy",
    "documents-request",
    "reminder",
    "escalation",
    "compliment-notice",
    "reopening",
    "membership-incomplete",
    "answer",
    "filing-certificate",
    "completion-request",
    "completion-extended",
    "clock-resumed",
    "deadline-extended",
    "withdrawal",
    "transfer",
    "transfer-notice",
    "partial-answer",
    "rejection",
    "clarification-request",
    "review-request",
    "review-result",
    "documents-reminder",
    "documents-overdue",
    "stop-waiting",
    "ombudsman-answer",
    "ombudsman-reminder",
    "ombudsman-overdue",
]
"""Every message that leaves the house by mail."""

WaiverReason = Literal[
    "petition",
    "request",
    "suggestion",
    "compliment",
    "regulator-request",
    "anonymous",
    "not-sampled",
]
"""Why a case is not checked by telephone (CNF-11)."""

CheckOutcome = Literal["satisfied", "not-satisfied", "not-contacted"]
"""How a satisfaction check ended (CNF-12)."""

Authenticated = Literal["pass", "fail", "none"]
"""What our own mail server found of the sender of a mail (RFC 8601): fail is a sender that is not who they say."""

ReportedAction = Literal["failed", "delayed", "delivered", "complained"]
"""What another mail server says became of a letter of ours (RFC 3464, RFC 5965)."""

CloseReason = Literal["check-completed", "check-waived", "filed-with-regulator", "compliment"]

WithdrawalReason = Literal["not-completed", "asked-by-the-person"]
"""Why a case ends without an answer: an incomplete request that was not completed (CPACA art. 17), or the person does
not want it any more (art. 18)."""

RejectionReason = Literal["disrespectful", "not-clarified", "repeated"]
"""Why a request is rejected (CPACA art. 19): it is not respectful, nobody could understand it and it was not made clear
within its ten days, or it repeats what has been answered."""

Favour = Literal["person", "partly", "organisation"]
"""In whose favour a complaint was answered, as somebody of the house says, or decided, as the ombudsman does."""

LinkRelation = Literal["quoted", "follow-up", "split", "duplicate", "mass-letter", "same-matter"]
"""Why two cases are linked: one quotes the other's number or answers its letter, comes after it was closed, was split
from it, says the same, is the same letter of another person, or is about the same matter."""

LinkStatus = Literal["proposed", "confirmed", "dismissed"]
"""A link is proposed by rule; an agent confirms or dismisses it."""

RequirementState = Literal["missing", "received", "accepted", "refused"]
"""How far a requirement of a membership request is (CSC-06): its document is missing, waits to be checked, or a person
accepted or refused it. What has no document waits from the beginning."""

StopWaitsStep = Literal["reminder", "escalation"]
"""Who is told that a stopped clock waits for somebody of the house: who has the case, then the head of the area."""

Promised = Literal["first-response", "resolution"]
"""What a service-level agreement of the house speaks of (ICX-09)."""
