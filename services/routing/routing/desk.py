# SPDX-License-Identifier: Apache-2.0
"""What both doors, API and pages, do with cases: find one, give a command about it, keep files."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import StreamingResponse
from starlette.datastructures import UploadFile

from chassis.clock import Clock
from chassis.commands import Commands
from chassis.files import Files
from chassis.subjects import Aggregate
from chassis.web.asking import ask
from chassis.web.door import locale_of
from chassis.web.downloads import download
from chassis.web.problems import FieldError, Problem
from routing.cases.store import CaseStore
from routing.domain.answering.records import Answer, DocumentsDelivery, DocumentsRequest, Draft, ProposedDelivery
from routing.domain.case import Case
from routing.domain.cases import with_needs
from routing.domain.commands import Command
from routing.domain.policy import Policy
from routing.domain.versions import OnVersion, happened_since
from routing.live.presence import Presence
from routing.questions.curating import Curating
from routing.searching.earlier import EarlierAnswers
from routing.shown.history import lines_of
from routing.versions import CommandNotTaken, CommandRefused, version_seen
from routing.wording import Wording
from ventanilla_contracts.envelope import FileRef

_CHUNK = 1 << 20
REFUSED = frozenset({403, 409, 422})


@dataclass(frozen=True)
class Desk:
    """Wired once in app.py; ``rules`` are those by which to decide now."""

    rules: Callable[[], Policy]
    cases: Aggregate
    commands: Commands
    store: CaseStore
    files: Files
    clock: Clock
    wording: Wording
    earlier: EarlierAnswers
    curating: Curating
    presence: Presence

    @property
    def policy(self) -> Policy:
        """As of now: a version of the matrix may come into force at any time."""
        return self.rules()

    async def case(self, number: str) -> Case:
        """Raises Problem 404."""
        case = await self.store.by_number(number)
        if case is None:
            raise Problem(404, "unknown-case")
        return with_needs(self.policy, case)

    async def give(self, request: Request, case: Case, command: Command) -> Mapping[str, object]:
        """Carry out a command about a case, on the version that the request saw.

        Raises CommandRefused and CommandNotTaken.
        """
        seen = await version_seen(request)
        message = command if seen is None else OnVersion(command, seen)
        try:
            return await ask(self.commands, request, self.cases, case.id, message)
        except Problem as problem:
            if problem.status == 503:
                raise CommandNotTaken(problem, command) from None
            if problem.status not in REFUSED:
                raise
            now = await self.case(case.case_number)  # which may be later than what was decided on
            since = () if seen is None else happened_since(now, seen)
            changes = lines_of(since, self.wording, locale_of(request))
            raise CommandRefused(problem, now, command, changes) from None

    async def keep(self, upload: UploadFile) -> FileRef:
        """Raises FileTooLarge, which becomes a problem."""
        return await self.files.put(_chunks(upload), upload.filename or "", upload.content_type or "")

    async def refuse_unknown(self, refs: Sequence[FileRef]) -> None:
        """Problem 422 for the first file that the store does not have."""
        for n, ref in enumerate(refs):
            if not await self.files.exists(ref):
                raise Problem(422, "unknown-file", errors=[field_error(f"$.files[{n}]", "unknown-file")])

    async def refuse_unanswered(self, number: str) -> None:
        """Problem 422 where no case of this number was answered (CPACA art. 19)."""
        earlier = await self.store.by_number(number)
        if earlier is None or earlier.answered is None:
            code = "earlier-case-missing"
            raise Problem(422, code, errors=[field_error("$.earlier_case_number", code)])

    async def download(self, case: Case, sha256: str) -> StreamingResponse:
        """A file of the case, always as a download. Raises Problem 404."""
        ref = next((one for one in _files_of(case) if one.sha256 == sha256), None)
        if ref is None or not await self.files.exists(ref):
            raise Problem(404)
        return download(self.files.open(ref), ref.name, ref.size)


def _files_of(case: Case) -> Sequence[FileRef]:
    groups: list[DocumentsRequest | DocumentsDelivery | ProposedDelivery | Answer | Draft] = [
        *case.requests,
        *case.deliveries,
        *case.proposals,
        *case.answers,
        *case.partials,
        *([case.draft] if case.draft else []),
    ]
    full_text = [case.full_text] if case.full_text else []
    copies = [file for one in (*case.answers, *case.partials) for file in one.copies]
    decided = [file for one in case.ombudsman if one.decision is not None for file in one.decision.files]
    return [*case.files, *full_text, *(file for group in groups for file in group.files), *copies, *decided]


async def _chunks(upload: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await upload.read(_CHUNK):
        yield chunk


def field_error(field: str, code: str) -> FieldError:
    """What is wrong with a field, in the words of a problem of ours."""
    return FieldError(field=field, message=f"problems.{code}.title", expected=f"problems.{code}.expected")
