# SPDX-License-Identifier: Apache-2.0
"""``matrix.yaml``: who gets a case, and who is told when it stays unanswered, as an organisation writes it.

Rules are asked in order and the first whose conditions hold decides; where none does, customer care has the case.
"""

from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, PositiveInt, StringConstraints

from routing.domain.conditions import AtLeast, Conditions, Slug
from routing.domain.matrix.moments import Moment
from routing.domain.words import plain
from ventanilla_contracts.envelope import Frozen, LocalDate, ShortText
from ventanilla_contracts.vocabulary import Channel, Kind, Priority

PLACES = ("responder", "deputy", "head", "process-leader")
"""Words for whoever holds that place in the case's area."""

ROLES = ("general-secretariat", "legal")
"""Words for everybody who has that role in the staff file; any other word is the id of a member of staff."""

Some = Field(min_length=1)
Whom = Annotated[
    Slug,
    Field(
        description="responder, deputy, head or process-leader of the case's area; general-secretariat or legal: "
        "whoever has that role; or a staff id"
    ),
]
Said = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(plain)]
"""Something that people write one way or another: compared without accents, signs and case of letters."""

Divipola = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
BY_NAME = ConfigDict(validate_by_name=True, validate_by_alias=True)


class RoutedCases(Conditions):
    """Which cases a rule or a level speaks about."""

    kind: Annotated[tuple[Kind, ...], Some] | None = None
    channel: Annotated[tuple[Channel, ...], Some] | None = None
    area: Annotated[tuple[Slug, ...], Some] | None = None
    priority: Annotated[tuple[Priority, ...], Some] | None = None
    regulator_category: Annotated[tuple[Slug, ...], Some] | None = None
    service_point: Annotated[tuple[str, ...], Some] | None = None
    branch: Annotated[tuple[Slug, ...], Some] | None = Field(
        None, description="of the service point, as the staff file says (SQR-05)"
    )
    municipality: Annotated[tuple[Divipola, ...], Some] | None = Field(None, description="DIVIPOLA codes")
    segment: Annotated[tuple[Said, ...], Some] | None = Field(None, description="large clients and others (ICX-12)")
    product: Annotated[tuple[Said, ...], Some] | None = Field(None, description="what the person or producer calls it")
    reopening: AtLeast | None = Field(None, description="how often the person had to come back (0: never)")
    regulator: bool | None = Field(None, description="whether a supervisory authority asks (CNF-03)")
    legal_support: bool | None = Field(None, description="whether the answer needs legal support (CNF-09)")
    tutela: bool | None = Field(None, description="whether a judge asks (ICX-15)")


class AreaPeople(Frozen):
    """Who answers for a service area, by staff id. The deputy stands in, the head is told next."""

    area: Slug
    responder: Slug | None = None
    deputy: Slug | None = None
    head: Slug | None = None
    process_leader: Slug | None = Field(None, description="who answers for the process that the area is part of")

    def holder(self, place: str) -> str | None:
        """The id of whoever holds a place; None where nobody does."""
        held: str | None = getattr(self, place.replace("-", "_"))
        return held


class Absence(Frozen):
    """Who is away from one day through another: what comes in goes to whoever stands in."""

    model_config = BY_NAME

    who: Slug
    from_: LocalDate = Field(alias="from")
    to: LocalDate = Field(description="the last day")
    deputy: Slug | None = Field(
        None, description="left out: the area's deputy, then its head; of others, the deputy in the staff file"
    )


class MatrixRule(Frozen):
    """``if`` these conditions hold, the case goes ``to`` someone of its area (or of ``area``), with copies."""

    model_config = BY_NAME

    id: Slug
    if_: RoutedCases = Field(RoutedCases(), alias="if")
    area: Slug | None = Field(None, description="an area instead of the one the case was classified into")
    to: Whom = "responder"
    copies: tuple[Whom, ...] = ()
    observation: ShortText | None = None


class Level(Frozen):
    """One step of the escalation: ``when`` -> ``tell`` whom, once for each case and due date."""

    model_config = BY_NAME

    level: PositiveInt
    name: Annotated[ShortText, Some]
    if_: RoutedCases = Field(RoutedCases(), alias="if")
    when: Moment
    tell: Annotated[tuple[Whom, ...], Some]


class MatrixFile(Frozen):
    """The escalation matrix. Every change gets a new ``version``."""

    version: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]
    customer_care: Slug = Field(description="the area that has every case which no rule sends elsewhere")
    areas: Annotated[tuple[AreaPeople, ...], Some]
    rules: tuple[MatrixRule, ...]
    levels: tuple[Level, ...] = ()
    absences: tuple[Absence, ...] = ()

    def area(self, name: str) -> AreaPeople | None:
        return next((one for one in self.areas if one.area == name), None)
