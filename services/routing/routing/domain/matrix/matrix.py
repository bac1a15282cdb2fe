# SPDX-License-Identifier: Apache-2.0
"""Who gets a case, and who is told when it stays unanswered: the rules of ``matrix.yaml`` (CNF-07, ICX-02).

Rules are asked in order and the first whose conditions hold decides; where none does, customer care has the case.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import ConfigDict, Discriminator, Field, PositiveInt, Tag

from routing.domain.conditions import Conditions, Slug
from ventanilla_contracts.envelope import Frozen, ShortText, StaffRef
from ventanilla_contracts.vocabulary import Channel, Kind, Priority

ELSE_CUSTOMER_CARE = "else-customer-care"
PLACES = ("responder", "deputy", "head")
"""Words for whoever holds that place in the case's area; any other word is the id of a member of staff."""

Some = Field(min_length=1)
Whom = Annotated[Slug, Field(description="responder, deputy or head of the case's area, or a staff id")]


class RoutedCases(Conditions):
    """Which cases a rule or a level speaks about."""

    kind: Annotated[tuple[Kind, ...], Some] | None = None
    channel: Annotated[tuple[Channel, ...], Some] | None = None
    area: Annotated[tuple[Slug, ...], Some] | None = None
    priority: Annotated[tuple[Priority, ...], Some] | None = None
    regulator_category: Annotated[tuple[Slug, ...], Some] | None = None
    service_point: Annotated[tuple[str, ...], Some] | None = None
    regulator: bool | None = Field(None, description="whether a supervisory authority asks (CNF-03)")
    legal_support: bool | None = Field(None, description="whether the answer needs legal support (CNF-09)")
    tutela: bool | None = Field(None, description="whether a judge asks (ICX-15)")


class AreaPeople(Frozen):
    """Who answers for a service area, by staff id. The deputy stands in, the head is told next."""

    area: Slug
    responder: Slug | None = None
    deputy: Slug | None = None
    head: Slug | None = None

    def holder(self, place: str) -> str | None:
        """The id of whoever holds a place; None where nobody does."""
        return {"responder": self.responder, "deputy": self.deputy, "head": self.head}[place]


class MatrixRule(Frozen):
    """``if`` these conditions hold, the case goes ``to`` someone of its area (or of ``area``), with copies."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    id: Slug
    if_: RoutedCases = Field(RoutedCases(), alias="if")
    area: Slug | None = Field(None, description="an area instead of the one the case was classified into")
    to: Whom = "responder"
    copies: tuple[Whom, ...] = ()
    observation: ShortText | None = None


class BusinessDaysBefore(Frozen):
    """At the opening of the day that lies so many business days before the due date."""

    business_days_before: PositiveInt


class BusinessDaysAfter(Frozen):
    """At the opening of the day that lies so many business days after the due date."""

    business_days_after: PositiveInt


def _kind_of_moment(value: object) -> str | None:
    """None for what is no moment; which model it is else."""
    if value in ("at-once", "at-deadline"):
        return "word"
    names = value if isinstance(value, dict) else getattr(type(value), "model_fields", ())
    return next((name for name in ("business_days_before", "business_days_after") if name in names), None)


Moment = Annotated[
    Annotated[Literal["at-once", "at-deadline"], Tag("word")]
    | Annotated[BusinessDaysBefore, Tag("business_days_before")]
    | Annotated[BusinessDaysAfter, Tag("business_days_after")],
    Discriminator(
        _kind_of_moment,
        custom_error_type="moment",
        custom_error_message="is no moment: expected at-once, at-deadline, {business_days_before: 1} or the like",
    ),
]
"""``at-once``: as soon as the case is assigned; ``at-deadline``: the term has just ended."""


class Level(Frozen):
    """One step of the escalation: ``when`` -> ``tell`` whom, once for each case and due date."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    level: PositiveInt
    name: Annotated[ShortText, Some]
    if_: RoutedCases = Field(RoutedCases(), alias="if")
    when: Moment
    tell: Annotated[tuple[Whom, ...], Some]

    @property
    def order(self) -> tuple[int, int]:
        """Sorts levels as they come to pass."""
        match self.when:
            case "at-once":
                return (0, 0)
            case BusinessDaysBefore(business_days_before=days):
                return (1, -days)
            case "at-deadline":
                return (2, 0)
            case BusinessDaysAfter(business_days_after=days):
                return (3, days)
        raise AssertionError(self.when)


class MatrixFile(Frozen):
    """``matrix.yaml``."""

    version: Annotated[str, Some]
    customer_care: Slug = Field(description="the area that has every case which no rule sends elsewhere")
    areas: Annotated[tuple[AreaPeople, ...], Some]
    rules: tuple[MatrixRule, ...]
    levels: tuple[Level, ...] = ()


class Assignment(Frozen):
    """Who has a case, and by which rule of which version."""

    area: str
    area_name: str
    responder: StaffRef
    copies: tuple[StaffRef, ...] = ()
    matrix_version: str
    rule: str
    observation: str | None = None


class EscalationMatrix:
    """The rules of a file over the people of the house. The file must be without faults (``matrix_checks``)."""

    def __init__(self, file: MatrixFile, people: Mapping[str, StaffRef], area_names: Mapping[str, str]) -> None:
        self.file = file
        self.people = people
        self._area_names = area_names
        self._areas = {one.area: one for one in file.areas}
        self._otherwise = MatrixRule(id=ELSE_CUSTOMER_CARE, area=file.customer_care)

    def assign(self, facts: Mapping[str, object]) -> Assignment:
        """Who gets a case with these facts (the fields of RoutedCases)."""
        rule = next((rule for rule in self.file.rules if rule.if_.hold(facts)), self._otherwise)
        area = rule.area or str(facts["area"])
        responder, *_ = self._told((rule.to,), area)
        return Assignment(
            area=area,
            area_name=self._area_names[area],
            responder=responder,
            copies=tuple(one for one in self._told(rule.copies, area) if one != responder),
            matrix_version=self.file.version,
            rule=rule.id,
            observation=rule.observation,
        )

    def levels_for(self, facts: Mapping[str, object]) -> tuple[Level, ...]:
        """The levels that a case with these facts can reach, in order."""
        return tuple(level for level in self.file.levels if level.if_.hold(facts))

    def level(self, number: int) -> Level | None:
        return next((level for level in self.file.levels if level.level == number), None)

    def told_at(self, level: Level, area: str) -> tuple[StaffRef, ...]:
        """Whom a level tells about a case of this area, each once."""
        return self._told(level.tell, area)

    def stand_ins(self, area: str) -> tuple[StaffRef, ...]:
        """Everybody who may deliver for an area."""
        holders = [self._areas[area].holder(place) for place in PLACES] if area in self._areas else []
        return tuple(self.people[one] for one in holders if one)

    def _told(self, whom: Sequence[str], area: str) -> tuple[StaffRef, ...]:
        return tuple(self.people[one] for one in _once(self._id(word, area) for word in whom))

    def _id(self, word: str, area: str) -> str:
        if word not in PLACES:
            return word
        holder = self._areas[area].holder(word)
        if holder is None:
            raise LookupError(f"area {area} has no {word}")
        return holder


def _once(ids: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(ids)
