# SPDX-License-Identifier: Apache-2.0
"""Links between cases: proposed by rule, made, confirmed or dismissed by an agent (design 4; ADR 0014).

Nobody is ever put into another person's case. A pair of cases has one link. It belongs to the case that it was found
at, in whose state it is decided; its row in the collection ``links`` is written with it and read from both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chassis.decision import Decision, Insert, Put, Refused, Row
from intake.domain.case import Case, Link
from intake.domain.submission import FileSubmission, Related
from ventanilla_contracts.envelope import Actor, Event
from ventanilla_contracts.intake import CaseLinked, PossibleDuplicateFound
from ventanilla_contracts.vocabulary import LinkRelation, LinkStatus

LINKS = "links"
MOST_LINKS = 100
"""That one case keeps of its own; of a letter of thousands each has one, to the first."""


def link_id(case_id: str, other_case_id: str) -> str:
    """One for each pair, whichever of the two is named first."""
    return "_".join(sorted((case_id, other_case_id)))


@dataclass(frozen=True, slots=True)
class LinkCases:
    """An agent says that two cases belong together; ``case_id`` is where the link is kept, or will be."""

    actor: Actor
    case_id: str
    case_number: str
    other_case_id: str
    other_case_number: str
    relation: LinkRelation

    @property
    def link_id(self) -> str:
        return link_id(self.case_id, self.other_case_id)

    def kept_at(self, owner: str | None) -> "LinkCases":
        """The same, said of the case that has the link."""
        if owner != self.other_case_id:
            return self
        return LinkCases(
            self.actor, self.other_case_id, self.other_case_number, self.case_id, self.case_number, self.relation
        )


@dataclass(frozen=True, slots=True)
class SettleLink:
    """An agent confirms or dismisses a link of the case; ``seen``: the status that they saw before them."""

    actor: Actor
    case_id: str
    link_id: str
    status: LinkStatus
    seen: LinkStatus = "proposed"


def proposed(command: FileSubmission, by: Actor, now: datetime) -> tuple[Link, ...]:
    """The links with which a case begins, one for each other case."""
    others: dict[str, Related] = {}
    for one in (*command.related, *command.found):
        if one.case_id != command.case_id:
            others.setdefault(one.case_id, one)
    return tuple(
        Link(
            id=link_id(command.case_id, one.case_id),
            other_case_id=one.case_id,
            other_case_number=one.number,
            relation=one.relation,
            status="confirmed" if one.confirmed else "proposed",
            score=one.score,
            at=now,
            by=by,
        )
        for one in others.values()
    )


def told(links: Sequence[Link]) -> tuple[Event, ...]:
    """What the other services hear of links as they are now; of a likely duplicate first how likely it is."""
    return tuple(event for link in links for event in (*_found(link), _linked(link)))


def link_rows(case_id: str, number: str, links: Sequence[Link]) -> tuple[Row, ...]:
    """Rows that must be new, so that no pair is linked twice."""
    return tuple(Insert(LINKS, link.id, _row(case_id, number, link)) for link in links)


def link_cases(case: Case | None, command: LinkCases, now: datetime) -> Decision[Case] | Refused:
    """Confirmed at once. A pair that has a link keeps it: what the agent says now holds."""
    if case is None:
        return Refused("case-unknown", kind="not-found")
    if command.case_id == command.other_case_id:
        return Refused("linked-with-itself", kind="invalid", field="$.number")
    there = case.link_with(command.other_case_id)
    if there is not None:
        if (there.relation, there.status) == (command.relation, "confirmed"):
            return Decision(case, result=_result(case, there))
        changed = {"relation": command.relation, "status": "confirmed", "at": now, "by": command.actor}
        return changed_link(case, command.case_id, there.model_copy(update=changed))
    if len(case.links) >= MOST_LINKS:
        return Refused("too-many-links", values={"most": MOST_LINKS})
    link = Link(
        id=command.link_id,
        other_case_id=command.other_case_id,
        other_case_number=command.other_case_number,
        relation=command.relation,
        status="confirmed",
        at=now,
        by=command.actor,
    )
    linked = case.model_copy(update={"links": (*case.links, link)})
    return Decision(
        linked, told([link]), rows=link_rows(command.case_id, case.number, [link]), result=_result(case, link)
    )


def settle_link(case: Case | None, command: SettleLink, now: datetime) -> Decision[Case] | Refused:
    """Only what the agent saw before them: of two who decide differently the second hears what the first decided."""
    link = next((one for one in case.links if one.id == command.link_id), None) if case else None
    if case is None or link is None:
        return Refused("link-unknown", kind="not-found")
    if link.status == command.status:
        return Decision(case, result=_result(case, link))
    if link.relation == "split":
        return Refused("split-stays", values={"number": link.other_case_number})
    if link.status != command.seen:
        return Refused("link-changed", values={"number": link.other_case_number})
    return changed_link(
        case, command.case_id, link.model_copy(update={"status": command.status, "at": now, "by": command.actor})
    )


def changed_link(case: Case, case_id: str, link: Link) -> Decision[Case]:
    links = tuple(link if one.id == link.id else one for one in case.links)
    row = Put(LINKS, link.id, _row(case_id, case.number, link))
    changed = case.model_copy(update={"links": links})
    return Decision(changed, (_linked(link),), rows=(row,), result=_result(case, link))


def _found(link: Link) -> tuple[Event, ...]:
    if link.score is None:
        return ()
    found = PossibleDuplicateFound(
        actor=link.by,
        other_case_id=link.other_case_id,
        other_case_number=link.other_case_number,
        score=link.score,
    )
    return (found,)


def _linked(link: Link) -> CaseLinked:
    return CaseLinked(
        actor=link.by,
        other_case_id=link.other_case_id,
        other_case_number=link.other_case_number,
        relation=link.relation,
        status=link.status,
    )


def _row(case_id: str, number: str, link: Link) -> dict[str, object]:
    """``cases``: both, so that one index finds it from either."""
    return {
        **link.model_dump(exclude={"id"}),
        "case_id": case_id,
        "case_number": number,
        "cases": [case_id, link.other_case_id],
    }


def _result(case: Case, link: Link) -> dict[str, object]:
    return {
        "id": link.id,
        "case_number": case.number,
        "other_case_number": link.other_case_number,
        "relation": link.relation,
        "status": link.status,
    }
