# SPDX-License-Identifier: Apache-2.0
"""What intake says: outcomes of submissions and what was said in each case (design 3)."""

from typing import Annotated, Literal

from pydantic import Field

from ventanilla_contracts.envelope import (
    Event,
    FileRef,
    Frozen,
    Instant,
    LocalDate,
    LongText,
    ShortText,
    StaffRef,
)
from ventanilla_contracts.vocabulary import (
    Authenticated,
    Channel,
    DocumentType,
    EmergencyMatter,
    Kind,
    LetterKind,
    LinkRelation,
    LinkStatus,
    ReportedAction,
    RequirementState,
)

Code = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""An id as people write it in the organisation's files."""


class Person(Frozen):
    """Who speaks; nothing is required, an anonymous case has none of it."""

    name: ShortText | None = None
    document_type: DocumentType | None = None
    document_number: Annotated[str, Field(max_length=15)] | None = None
    email: Annotated[str, Field(max_length=254)] | None = None
    phone: Annotated[str, Field(max_length=20, description="E.164, as +573001234567")] | None = None
    address: ShortText | None = None


class SocialProfile(Frozen):
    """Where somebody spoke in public: the network, and the name they have there or the address of what they wrote."""

    network: Annotated[str, Field(max_length=40)]
    handle: ShortText | None = None
    link: ShortText | None = None


class MailThread(Frozen):
    """Where a mail stands in its conversation, so that the answer goes into the same thread."""

    message_id: Annotated[str, Field(max_length=998)]
    references: tuple[Annotated[str, Field(max_length=998)], ...] = ()
    subject: ShortText = ""
    addressed_to: ShortText | None = None


class RegulatorRequest(Frozen):
    """A request of a supervisory authority (CNF-03), with its own term where it says one.

    A term in days is of business days, counted from the day after the receipt.
    """

    authority: Annotated[str, Field(max_length=20, description="SSF, SFC, ...")]
    reference: Annotated[str, Field(max_length=100)]
    due: Annotated[LocalDate, Field(description="the last day for the answer")] | None = None
    business_days: Annotated[int, Field(ge=1, le=90, description="the same, where it is said in days")] | None = None


class Emergency(Frozen):
    """Somebody or something is in danger (SQR-03): this goes before everything else.

    ``words`` are those of the rules that decided, none where a person did.
    """

    matter: EmergencyMatter
    words: tuple[Annotated[str, Field(max_length=100)], ...] = ()
    rules: Annotated[str, Field(max_length=40, description="version of the rules")] | None = None
    by: Literal["rules", "person"]


class Tutela(Frozen):
    """A constitutional action (art. 86): the court, its case number, and when the judge wants the answer (ICX-15)."""

    court: ShortText
    reference: Annotated[str, Field(pattern=r"^[0-9]{23}$", description="the court's case number, 23 digits")]
    answer_by: Instant
    hours: Annotated[int, Field(description="the term as the judge gave it, where it was in hours")] | None = None


class TutelaForm(Frozen):
    """A tutela as it is written down: a date and hour, or the hours since it was received."""

    court: ShortText
    reference: Annotated[str, Field(max_length=60, description="23 digits, with or without separators")]
    answer_by: Instant | None = None
    hours: Annotated[int, Field(ge=1, le=720, description="every hour of every day counts")] | None = None


class Product(Frozen):
    """Which piece a claim is about (SQR-04)."""

    code: Annotated[str, Field(max_length=60, description="what the producer calls it")] | None = None
    lot: Annotated[str, Field(max_length=60)] | None = None
    serial: Annotated[str, Field(max_length=60)] | None = None


class MembershipDocument(Frozen):
    """Which of the files is which document of a membership request; one file may be several, several one."""

    requirement: Annotated[Code, Field(description="the code of the document in the list of requirements")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="of a file that comes with it")]


class MembershipForm(Frozen):
    """A membership request as it is written down (CSC-06); it may come with documents missing."""

    kind: Annotated[Code, Field(description="the kind of membership, one of those that the organisation has")]
    holds: Annotated[
        tuple[Code, ...], Field(description="the questions of the kind that the person answers with yes")
    ] = ()
    documents: tuple[MembershipDocument, ...] = ()


class MembershipRequirement(Frozen):
    """One thing that is checked before admission: a document, or what a person looks up."""

    code: Code
    name: Annotated[str, Field(max_length=200)]
    state: RequirementState


class Membership(Frozen):
    """A membership request with the requirements that held when it was filed, and how far each is (CSC-06)."""

    kind: Code
    kind_name: Annotated[str, Field(max_length=200)]
    version: Annotated[str, Field(max_length=40, description="of the organisation's list of requirements")]
    requirements: Annotated[tuple[MembershipRequirement, ...], Field(min_length=1)]

    @property
    def complete(self) -> bool:
        """Whether a person accepted every requirement."""
        return all(one.state == "accepted" for one in self.requirements)


class AnsweredOnSpot(Frozen):
    """Solved at the counter or on the telephone, registered as answered at once (CNF-02)."""

    at: Instant


class DataConsent(Frozen):
    """The person authorised the treatment of their data (Ley 1581 de 2012, art. 9): when, and what they were shown.

    Policy and text are None where somebody else's form asked for it.
    """

    given_at: Instant
    policy_version: Annotated[str, Field(max_length=40)] | None = None
    policy_url: ShortText | None = None
    text: Annotated[str, Field(max_length=2_000)] | None = None


class PersonalFiling(Frozen):
    """What is personal in a filed case; the tracking code is the person's key to it."""

    person: Person
    subject: ShortText
    text: LongText
    tracking_code: str
    mail: MailThread | None = None
    answer_on_spot: LongText | None = None
    consent: DataConsent | None = None
    social: SocialProfile | None = None


class PersonalMessage(Frozen):
    text: LongText
    mail: MailThread | None = None


class SubmissionForm(Frozen):
    """What a channel system sends for any channel but e-mail; the same fields as the HTTP doors."""

    person: Person = Person()
    anonymous: Annotated[bool, Field(strict=True)] = False
    subject: ShortText = ""
    text: LongText
    kind: Kind | None = None
    area: ShortText | None = None
    service_point: ShortText | None = None
    municipality: Annotated[str, Field(pattern=r"^[0-9]{5}$", description="DIVIPOLA code")] | None = None
    segment: ShortText | None = None
    regulator: RegulatorRequest | None = None
    emergency: EmergencyMatter | None = None
    tutela: TutelaForm | None = None
    product_reference: ShortText | None = None
    product: Product | None = None
    membership: MembershipForm | None = None
    received_at: Instant | None = None
    late_reason: ShortText | None = None
    answer_on_spot: LongText | None = None
    data_consent: Annotated[bool, Field(strict=True)] | None = None
    archive_place: Annotated[ShortText, Field(description="where the paper lies, as shelf 4, box 12")] | None = None
    social: SocialProfile | None = None
    contact_confirmed: Annotated[
        bool, Field(strict=True, description="the person said to whom writes this that e-mail and telephone are theirs")
    ] = False


class PersonalSubmission(Frozen):
    """The raw form of a submission: a form, or the RFC 5322 bytes of a mail as a file."""

    form: SubmissionForm | None = None
    mail: FileRef | None = None


class SubmissionReceived(Event, type="submission-received.v1", topic="channel-submissions"):
    """A channel system hands over what a person said: the documented way in for others."""

    channel: Channel
    external_id: Annotated[str, Field(min_length=1, max_length=200)]
    files: tuple[FileRef, ...] = ()
    personal: PersonalSubmission


class SubmissionOutcome(Event):
    """Base of what became of a submission: mails in = outcomes out."""

    channel: Channel
    external_id: Annotated[str, Field(max_length=998)]
    received_at: Instant
    repeat: bool = False


class PersonalCreated(Frozen):
    tracking_code: str


class SubmissionCreated(SubmissionOutcome, type="submission-created.v1", topic="intake-outcomes"):
    """It became a case of its own."""

    case_id: str
    case_number: str
    same_external_id_as: str | None = None
    personal: PersonalCreated


class SubmissionAppended(SubmissionOutcome, type="submission-appended.v1", topic="intake-outcomes"):
    """It was added to the case whose thread it belongs to."""

    case_id: str
    case_number: str


class SubmissionHeld(SubmissionOutcome, type="submission-held.v1", topic="intake-outcomes"):
    """It waits on the desk for a person; open until exactly one final outcome follows."""

    reason: ShortText


class SubmissionIgnored(SubmissionOutcome, type="submission-ignored.v1", topic="intake-outcomes"):
    """Automatic mail (RFC 3834) or an echo of our own; kept, but no case."""

    reason: ShortText


class SubmissionRejected(SubmissionOutcome, type="submission-rejected.v1", topic="intake-outcomes"):
    """It could not be taken; the reason says what to send instead."""

    reason: ShortText


class CaseFiled(Event, type="case-filed.v1", topic="intake-cases"):
    """A case exists, has its number, and its clock can be anchored at ``received_at`` (CNF-01, ICX-01)."""

    case_number: str
    submission_id: str
    channel: Channel
    received_at: Instant
    registered_at: Instant
    anonymous: bool = False
    authenticated: Authenticated | None = None
    """Of a mail; None for what came through another channel."""
    kind_stated: Kind | None = None
    area_stated: ShortText | None = None
    service_point: ShortText | None = None
    municipality: str | None = None
    segment: ShortText | None = None
    regulator: RegulatorRequest | None = None
    emergency: Emergency | None = None
    tutela: Tutela | None = None
    product_reference: ShortText | None = None
    product: Product | None = None
    membership: Membership | None = None
    files: tuple[FileRef, ...] = ()
    full_text: FileRef | None = None
    answered_on_spot: AnsweredOnSpot | None = None
    archive_place: ShortText | None = None
    personal: PersonalFiling


class MessageAppended(Event, type="message-appended.v1", topic="intake-cases"):
    """The person said more about a case that exists; with ``reopens`` it opens a closed one again."""

    submission_id: str
    channel: Channel
    reopens: bool = False
    received_at: Instant
    authenticated: Authenticated | None = None
    files: tuple[FileRef, ...] = ()
    full_text: FileRef | None = None
    personal: PersonalMessage


PersonField = Literal["name", "document", "email", "phone", "address", "municipality"]
"""What can be corrected of a person; a document is its type and its number."""


class PersonalCorrection(Frozen):
    person: Person


class EmergencyDecided(Event, type="emergency-decided.v1", topic="intake-cases"):
    """A case that exists is an emergency from now on, or is none after all (SQR-03).

    The person wrote of a danger later, or somebody of the house marks it or takes the mark away.
    """

    emergency: Emergency | None = None
    reason: ShortText = ""


class TermOrdered(Event, type="term-ordered.v1", topic="intake-cases"):
    """An authority says until when it wants the answer: a judge in a tutela (ICX-15), or a regulator (CNF-03).

    What is said last holds. A case with a tutela goes to the legal team.
    """

    tutela: Tutela | None = None
    regulator_due: LocalDate | None = None


class MembershipChecked(Event, type="membership-checked.v1", topic="intake-cases"):
    """The requirements of a membership request as they are now (CSC-06).

    Documents came, somebody of the house checked one, or made a membership request of a case that was none.
    """

    membership: Membership


class MissingRequirement(Frozen):
    """What is owed: a document did not come, or what came (or was looked up) does not do."""

    code: Code
    name: Annotated[str, Field(max_length=200)]
    why: Literal["missing", "refused"]


class PersonalReason(Frozen):
    """Why a requirement was refused, in words for the person."""

    code: Code
    reason: ShortText


class PersonalIncomplete(Frozen):
    reasons: tuple[PersonalReason, ...] = ()


class MembershipIncomplete(Event, type="membership-incomplete.v1", topic="intake-cases"):
    """The person is told from now on what their membership request lacks: at its filing, or as an agent decides.

    It is the request for completion of article 17 of Ley 1437 (as of Ley 1755 de 2015): a clock may stop by it.
    """

    missing: Annotated[tuple[MissingRequirement, ...], Field(min_length=1)]
    times: Annotated[int, Field(ge=1, description="how often the person was told, with this time")]
    personal: PersonalIncomplete


class MembershipCompleted(Event, type="membership-completed.v1", topic="intake-cases"):
    """The last requirement of a membership request was accepted: whoever admits may now."""

    kind: Code
    version: Annotated[str, Field(max_length=40)]


class PersonCorrected(Event, type="person-corrected.v1", topic="intake-cases"):
    """The person of a case has other data than was filed; ``fields`` says which of them hold from now on.

    A field that is named and empty is to be used no more. What was filed stays as it was said.
    """

    correction: Annotated[str, Field(description="id of the correction, the same in each case that it reaches")]
    fields: tuple[PersonField, ...]
    municipality: Annotated[str | None, Field(description="DIVIPOLA code, if ``fields`` names it")] = None
    personal: PersonalCorrection


class ReportedLetter(Frozen):
    """The letter of ours that a mail server reports on: the n-th of its kind in the case that is the key."""

    kind: LetterKind
    n: Annotated[str, Field(max_length=64)]


class PersonalReport(Frozen):
    """``diagnostic`` is what the other server said, in its own words."""

    recipient: Annotated[str, Field(max_length=320)]
    diagnostic: ShortText = ""


class DeliveryReportReceived(Event, type="delivery-report-received.v1", topic="intake-cases"):
    """A mail server says what became of a letter of ours at one of its addresses (RFC 3464, RFC 5965)."""

    letter: ReportedLetter
    message_id: Annotated[str, Field(max_length=998)]
    action: ReportedAction
    status: Annotated[str, Field(max_length=20, description="RFC 3463, as 5.1.1; empty where none was given")] = ""
    reported_at: Instant
    personal: PersonalReport


class DeliveryProposed(Event, type="delivery-proposed.v1", topic="intake-cases"):
    """A member of the house answered an internal letter by mail: perhaps the documents that were asked for (CNF-10).

    It is no message of the person, and nothing that they see; routing keeps it until somebody takes it.
    """

    submission_id: str
    received_at: Instant
    responder: StaffRef
    files: tuple[FileRef, ...] = ()
    full_text: FileRef | None = None
    personal: PersonalMessage


class AddresseeAdded(Event, type="addressee-added.v1", topic="intake-cases"):
    """A mail of this case came through one more mailbox of the house: it is one submission, and was sent to both."""

    submission_id: str
    mailbox: Annotated[ShortText, Field(description="the further mailbox; the first stands with the mail")]


class AnswerFiledWithRegulator(Event, type="answer-filed-with-regulator.v1", topic="intake-cases"):
    """The answer was uploaded to the regulator's platform (CNF-05)."""

    authority: str
    reference: Annotated[str, Field(max_length=100, description="the number the platform gave to the upload")]
    filed_at: Instant
    answer_id: str
    means: Literal["desk-upload", "platform"] = "desk-upload"
    """By a person, or by the gateway to the platform."""
    files: tuple[FileRef, ...] = ()


class PossibleDuplicateFound(Event, type="possible-duplicate-found.v1", topic="intake-cases"):
    """A case says nearly the same as another open one of the same person; the link that is proposed follows it."""

    other_case_id: str
    other_case_number: str
    score: Annotated[int, Field(ge=0, le=100, description="how alike the words of both are; 100: the same")]


class CaseLinked(Event, type="case-linked.v1", topic="intake-cases"):
    """A link between this case and another, or what became of it since: nobody is ever put into another person's case.

    It is told once, of the case that it was found at, and holds for both. Of a pair of cases the last one told counts.
    """

    other_case_id: str
    other_case_number: str
    relation: LinkRelation
    status: LinkStatus


class CaseSplit(Event, type="case-split.v1", topic="intake-cases"):
    """A message of this case had a second matter: that is a case of its own now."""

    submission_id: Annotated[str, Field(description="the message that was split")]
    new_case_id: str
    new_case_number: str
    reason: ShortText
