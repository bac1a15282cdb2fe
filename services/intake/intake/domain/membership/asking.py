# SPDX-License-Identifier: Apache-2.0
"""What a membership request must say to be filed; it may be filed incomplete (CSC-06)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from chassis.decision import Refused
from intake.domain.membership.checklist import Documents
from intake.domain.membership.file import Asked, MembershipKind, Memberships
from ventanilla_contracts.envelope import FileRef
from ventanilla_contracts.intake import MembershipDocument, MembershipForm, SubmissionForm


@dataclass(frozen=True, slots=True)
class MembershipAsked:
    """A request with the list of requirements that holds now."""

    kind: MembershipKind
    version: str
    holds: tuple[str, ...]
    documents: tuple[MembershipDocument, ...] = ()


def asked_for(
    memberships: Memberships, form: SubmissionForm, files: Sequence[FileRef]
) -> MembershipAsked | Refused | None:
    """None for what is no membership request."""
    said = form.membership
    if said is None:
        return None
    kind = known_kind(memberships, said.kind, said.holds)
    if isinstance(kind, Refused):
        return kind
    if refused := _form_refusal(form) or documents_refusal(kind.requirements, said.documents, files):
        return refused
    return MembershipAsked(kind, memberships.version, said.holds, said.documents)


def known_kind(memberships: Memberships, code: str, holds: Collection[str]) -> MembershipKind | Refused:
    """The kind, if the organisation has it and it asks these questions."""
    kind = memberships.kind(code)
    if kind is None:
        values = {"kind": code, "kinds": ", ".join(one.code for one in memberships.kinds) or "—"}
        return Refused("membership-kind-unknown", kind="invalid", field="$.membership.kind", values=values)
    questions = [one.code for one in kind.questions]
    if unknown := [one for one in holds if one not in questions]:
        values = {"question": unknown[0], "questions": ", ".join(questions) or "—"}
        return Refused("membership-question-unknown", kind="invalid", field="$.membership.holds", values=values)
    return kind


def documents_refusal(
    requirements: Iterable[Asked], documents: Sequence[MembershipDocument], files: Sequence[FileRef]
) -> Refused | None:
    """Which documents cannot be what they are said to be."""
    known = {one.code: one for one in requirements if one.by == "document"}
    by_hash = {file.sha256: file for file in files}
    for document in documents:
        asked, file = known.get(document.requirement), by_hash.get(document.sha256)
        field = f"$.membership.documents.{document.requirement}"
        if asked is None:
            values = {"document": document.requirement, "documents": ", ".join(known)}
            return Refused("membership-document-unknown", kind="invalid", field=field, values=values)
        if file is None:
            return Refused("membership-file-missing", kind="invalid", field=field, values={"document": asked.name.es})
        if not asked.takes(file):
            values = {"name": file.name, "document": asked.name.es, "kinds": ", ".join(asked.files)}
            return Refused("membership-file-kind", kind="invalid", field=field, values=values)
    return None


def by_code(documents: Iterable[MembershipDocument], files: Iterable[FileRef]) -> Documents:
    """The files of each document; of a name that is none of the files nothing."""
    by_hash = {file.sha256: file for file in files}
    found: dict[str, tuple[FileRef, ...]] = {}
    for one in documents:
        if one.sha256 in by_hash:
            found[one.requirement] = (*found.get(one.requirement, ()), by_hash[one.sha256])
    return found


def as_form(kind: str, holds: Iterable[str], files: Mapping[str, Iterable[FileRef]]) -> MembershipForm:
    """What a page with a field for each document says."""
    return MembershipForm(kind=kind, holds=tuple(holds), documents=documents_of(files))


def documents_of(files: Mapping[str, Iterable[FileRef]]) -> tuple[MembershipDocument, ...]:
    return tuple(
        MembershipDocument(requirement=code, sha256=file.sha256) for code, refs in files.items() for file in refs
    )


def _form_refusal(form: SubmissionForm) -> Refused | None:
    """Who asks to belong says who they are; nobody is admitted on the spot."""
    if form.anonymous:
        return Refused("membership-anonymous", kind="invalid", field="$.anonymous")
    if form.kind not in (None, "petition"):
        return Refused("membership-is-petition", kind="invalid", field="$.kind")
    if form.answer_on_spot is not None:
        return Refused("membership-not-on-spot", kind="invalid", field="$.answer_on_spot")
    if not (form.person.name or "").strip():
        return Refused("membership-name-missing", kind="invalid", field="$.person.name")
    if not (form.person.document_number or "").strip():
        return Refused("membership-document-missing", kind="invalid", field="$.person.document_number")
    return None
