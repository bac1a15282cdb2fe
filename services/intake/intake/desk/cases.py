# SPDX-License-Identifier: Apache-2.0
"""What an agent sees of a case in intake and does with it: API and pages do it in one way."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import StreamingResponse

from chassis.ids import new_id
from chassis.web.asking import ask
from chassis.web.downloads import download
from chassis.web.problems import FieldError, Problem
from intake.consumers import CASES
from intake.cursor import BadCursor
from intake.desk.asked import NewLink, NewSplit, Settling, second_matter, wrong
from intake.desk.membership_shown import membership_seen
from intake.desk.shown import CaseSeen, LinkTold, SplitTold, link_shown, message_shown, tutela_hint_in
from intake.domain.case import Case
from intake.domain.links import LinkCases, SettleLink
from intake.domain.numbers import parse_case_number
from intake.domain.splitting import SplitCase
from intake.domain.texts import one_line
from intake.doors import Doors, external_id_in
from ventanilla_contracts.envelope import Actor
from ventanilla_contracts.intake import Person

MOST_MESSAGES = 200


@dataclass(frozen=True)
class CaseDesk:
    """Every method raises Problem: 404 for what is not there, 409, 422, 503."""

    doors: Doors

    async def case(self, number: str) -> tuple[str, Case]:
        parsed = parse_case_number(number)
        found = await self.doors.cases.by_number(str(parsed)) if parsed else None
        if found is None:
            raise Problem(404, "case-unknown")
        return found

    async def show(self, number: str, limit: int = 50, cursor: str | None = None) -> CaseSeen:
        case_id, case = await self.case(number)
        rows = await self.doors.links.said(case_id, MOST_MESSAGES)
        try:
            links, following = await self.doors.links.of_case(case_id, limit, cursor)
        except BadCursor:
            error = FieldError(field="query.cursor", message="validation.message.wrong", expected="lists.cursor")
            raise Problem(422, errors=[error]) from None
        return CaseSeen(
            case_number=case.number,
            status=case.progress.status,
            channel=case.channel,
            received_at=case.received_at,
            registered_at=case.registered_at,
            due=case.progress.due,
            area_name=case.progress.area_name,
            anonymous=case.anonymous,
            person=Person.model_validate(rows[0]["personal"]["form"].get("person", {})) if rows else Person(),
            mark=case.mark,
            tutela=case.tutela,
            tutela_hint=None if case.tutela else tutela_hint_in(rows),
            regulator=case.regulator,
            asks_due=case.asks_due,
            official=rows[0].get("official") if rows else None,
            membership=membership_seen(case.membership),
            messages=[message_shown(row) for row in rows],
            links=[link_shown(row, case_id) for row in links],
            next_links=following,
        )

    async def link(self, request: Request, number: str, new: NewLink, actor: Actor) -> LinkTold:
        case_id, case = await self.case(number)
        other_id, other = await self._other(new.number)
        command = LinkCases(actor, case_id, case.number, other_id, other.number, new.relation)
        return LinkTold.model_validate(dict(await ask(self.doors.commands, request, CASES, "", command)))

    async def settle(self, request: Request, number: str, link: str, settling: Settling, actor: Actor) -> LinkTold:
        case_id, _ = await self.case(number)
        owner = (await self.doors.cases.of_links([link])).get(link)
        if owner is None or case_id not in link.split("_"):
            raise Problem(404, "link-unknown")
        command = SettleLink(actor, owner, link, settling.status, settling.seen)
        return LinkTold.model_validate(dict(await ask(self.doors.commands, request, CASES, owner, command)))

    async def split(
        self, request: Request, number: str, new: NewSplit, actor: Actor, key: str | None = None
    ) -> SplitTold:
        """``key`` makes the same split again the same new case."""
        case_id, case = await self.case(number)
        rows = await self.doors.links.said(case_id, MOST_MESSAGES)
        row = next((one for one in rows if new.message in (None, one["_id"])), None)
        if row is None:
            raise wrong("message-not-of-case", "$.message", number=case.number)
        filing = second_matter(row, rows[0]["_id"], new, actor, key or external_id_in(request) or new_id())
        command = SplitCase(actor, case_id, row["_id"], one_line(new.reason), filing)
        return SplitTold.model_validate(dict(await ask(self.doors.commands, request, CASES, case_id, command)))

    async def download(self, number: str, sha256: str) -> StreamingResponse:
        """A file of the case, always as a download."""
        case_id, _ = await self.case(number)
        messages = [message_shown(row) for row in await self.doors.links.said(case_id, MOST_MESSAGES)]
        refs = [ref for one in messages for ref in (*one.files, one.full_text, one.original) if ref]
        ref = next((one for one in refs if one.sha256 == sha256), None)
        if ref is None or not await self.doors.files.exists(ref):
            raise Problem(404)
        return download(self.doors.files.open(ref), ref.name, ref.size)

    async def _other(self, number: str) -> tuple[str, Case]:
        try:
            return await self.case(number)
        except Problem as problem:
            if problem.status != 404:
                raise
            raise wrong("other-case-unknown", "$.number") from None
