# SPDX-License-Identifier: Apache-2.0
"""What both doors, API and page, do with the matrix: show versions, check a text, put it in force."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from chassis.clock import Clock
from chassis.i18n import Catalogue
from chassis.staff import Member
from chassis.web.problems import FieldError, Problem
from chassis.web.validation import field_errors, json_path
from chassis.yaml_file import FaultyFile, Located
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.versions import VersionHead, in_force, superseded
from routing.matrix.putting import LONGEST_TEXT, NotReplaced, Order, Putting
from routing.matrix.rules import Rules
from routing.matrix.simulating import Simulating, Simulation
from routing.matrix.store import MatrixStore, VersionExists
from routing.shown.summary import View
from ventanilla_contracts.envelope import Instant

_NO_SUCH_TIME = {
    "field": "query.from",
    "message": "problems.no-such-time.title",
    "expected": "problems.no-such-time.expected",
}
VersionState = Literal["in-force", "scheduled", "former", "never-in-force"]


class VersionView(View):
    """A version of the matrix: who put it in, when and why, from when on it holds, and what becomes of open cases."""

    number: int
    version: str
    state: VersionState
    by: str
    by_name: str
    at: Instant
    note: str
    in_force_from: Instant
    open_cases: Literal["keep", "take"]


@dataclass(frozen=True)
class MatrixDesk:
    """Wired once in app.py."""

    rules: Rules
    store: MatrixStore
    putting: Putting
    simulating: Simulating
    clock: Clock

    async def ready(self) -> None:
        """Raises Unavailable while there is no matrix."""
        if not self.rules.loaded:
            await self.rules.refresh()

    def file(self) -> MatrixFile:
        """The matrix in force."""
        return self.rules().matrix.file

    async def versions(self) -> list[VersionView]:
        """All of them, the last one first."""
        heads = await self.store.heads()
        return [self._view(head, heads, self.clock.now()) for head in heads]

    def checked(self, text: str, texts: Catalogue, locale: str) -> MatrixFile:
        """Raises Problem 422 with every fault."""
        if len(text) > LONGEST_TEXT:
            raise Problem(413)
        try:
            return self.putting.checked(text)
        except FaultyFile as faulty:
            faults = [told_fault(one, texts, locale) for one in faulty.faults]
            raise Problem(422, "faulty-matrix", values={"faults": len(faults)}, errors=faults) from None

    async def put(self, matrix: MatrixFile, text: str, order: Order) -> VersionView:
        """In force from now on, or from when the order says. Raises Problem 409."""
        try:
            put = await self.putting.put(matrix, text, order)
        except VersionExists:
            raise Problem(409, "version-exists", values={"version": matrix.version}) from None
        if isinstance(put, NotReplaced):
            now = put.in_force
            values = {"version": now.version, "by": self._name(now.by.id), "note": now.note}
            raise Problem(409, "matrix-changed", values=values, extra={"allowed": ["replaces=" + now.version]})
        await self.rules.refresh()
        return next(one for one in await self.versions() if one.number == put.number)

    async def simulated(self, matrix: MatrixFile, since: datetime | None, until: datetime | None) -> Simulation:
        """What would have been otherwise. Raises Problem 422 for a time that runs backwards."""
        if since is not None and since >= (until or self.clock.now()):
            raise Problem(422, "no-such-time", errors=[FieldError(**_NO_SUCH_TIME)])
        return await self.simulating.run(matrix, since, until)

    def refuse_others(self, member: Member) -> None:
        """Raises Problem 403."""
        if not self.may_keep(member):
            raise Problem(403, "not-keeper-of-the-matrix")

    def may_keep(self, member: Member) -> bool:
        """Managers, and the head of customer care."""
        return "manager" in member.roles or ("head" in member.roles and member.area == self.file().customer_care)

    def _view(self, head: VersionHead, heads: list[VersionHead], now: datetime) -> VersionView:
        said = head.model_dump(exclude={"by"})
        return VersionView(**said, by=head.by.id, by_name=self._name(head.by.id), state=_state(head, heads[::-1], now))

    def _name(self, member: str) -> str:
        known = self.rules().matrix.people.get(member)
        return known.name if known else member


def told_fault(located: Located, texts: Catalogue, locale: str) -> FieldError:
    """A fault with its line, what is wrong and what to write instead, in the reader's language."""
    fault = located.fault
    if located.error is not None:
        [told] = field_errors([located.error], texts, locale)
        what, cure = told.message, told.expected
    else:
        key = f"matrix.faults.{fault.code}"
        known = bool(fault.code) and texts.find(f"{key}.what", locale) is not None
        what = texts.t(f"{key}.what", locale, **fault.values) if known else fault.what
        cure = texts.t(f"{key}.cure", locale, **fault.values) if known else fault.cure
    message = texts.t("matrix.faults.at-line", locale, line=located.line, what=what)
    return FieldError(field=json_path(fault.place), message=message, expected=cure)


def _state(head: VersionHead, heads: list[VersionHead], now: datetime) -> VersionState:
    if superseded(head.number, heads):
        return "never-in-force"
    if head.in_force_from > now:
        return "scheduled"
    return "in-force" if in_force(heads, now).number == head.number else "former"
