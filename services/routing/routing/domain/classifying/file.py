# SPDX-License-Identifier: Apache-2.0
"""``classification.yaml``: areas, attributes, categories, and the rules by which a filing is classified (CNF-06)."""

from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from routing.domain.conditions import Conditions, Slug
from routing.domain.words import Phrase
from ventanilla_contracts.envelope import Frozen, ShortText
from ventanilla_contracts.vocabulary import Channel, ClassifiedField, EmergencyMatter, Kind, Priority

FilingTerm = Literal[
    "general",
    "documents",
    "consultation",
    "between-authorities",
    "habeas-query",
    "habeas-claim",
    "ombudsman-answer",
    "control-bodies",
    "regulator-complaint",
]
"""The terms that a filing begins; the others begin with something that happens later."""

Some = Field(min_length=1)


class Named(Frozen):
    """An id and the name that people read."""

    id: Slug
    name: Annotated[ShortText, Some]


class Area(Named):
    """A service area; ``also`` are other names by which people state it."""

    also: tuple[str, ...] = ()
    regulator_category: Slug | None = Field(None, description="the category of its cases, unless a rule says another")


class Filed(Conditions):
    """Which filings a rule speaks about."""

    words: Annotated[tuple[Phrase, ...], Some] | None = Field(
        None, description="one of them stands in subject or text; accents and case do not matter, * ends a beginning"
    )
    channel: Annotated[tuple[Channel, ...], Some] | None = None
    kind_stated: Annotated[tuple[Kind, ...], Some] | None = None
    area_stated: Annotated[tuple[Slug, ...], Some] | None = None
    authority: Annotated[tuple[str, ...], Some] | None = Field(None, description="the regulator that asks, as SSF")
    service_point: Annotated[tuple[str, ...], Some] | None = None


class Says(Frozen):
    """What a rule decides; ``as-stated`` takes over what the person or adviser stated, if they did."""

    area: Slug | None = None
    attribute: Slug | None = None
    regulator_category: Slug | None = None
    kind: Literal[Kind, "as-stated"] | None = None
    term: FilingTerm | None = None
    priority: Priority | None = None
    legal_support: bool | None = Field(None, description="the answer needs legal support (CNF-09)")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.dimensions:
            raise ValueError("expected at least one of " + ", ".join(type(self).model_fields))
        return self

    @property
    def dimensions(self) -> dict[str, object]:
        return self.model_dump(exclude_none=True)


class ClassificationRule(Frozen):
    """``if`` these conditions hold (none: always), ``then`` this."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    id: Slug
    if_: Filed = Field(Filed(), alias="if")
    then: Says


class Defaults(Frozen):
    """What holds where nothing decides."""

    area: Slug
    attribute: Slug
    regulator_category: Slug
    kind: Kind
    term: FilingTerm
    priority: Priority
    legal_support: bool = False


class MembershipArea(Frozen):
    """Where requests for membership go, whatever their words."""

    area: Slug
    regulator_category: Slug | None = Field(None, description="else that of the area")


class Learned(Frozen):
    """How far a trained model is followed where no rule decides; a field without a threshold is never left to it."""

    thresholds: dict[ClassifiedField, Annotated[float, Field(ge=0, le=1)]] = Field(
        {}, description="by field: how sure the model must be to decide it, 0 to 1"
    )
    ask: tuple[ClassifiedField, ...] = Field(
        ("area", "kind"), description="fields that a person must decide where neither a rule nor a sure proposal did"
    )


class ClassificationFile(Frozen):
    """``classification.yaml``."""

    version: Annotated[str, Some]
    areas: Annotated[tuple[Area, ...], Some]
    attributes: Annotated[tuple[Named, ...], Some]
    regulator_categories: Annotated[tuple[Named, ...], Some]
    defaults: Defaults
    emergencies: dict[EmergencyMatter, Slug] = Field(
        {}, description="the area that attends to what intake marks as an emergency, by its matter; else the case's own"
    )
    tutelas: Slug | None = Field(None, description="the area that answers judges; else the case's own")
    memberships: MembershipArea | None = Field(
        None, description="who decides on membership requests; else what the rules say of them"
    )
    learned: Learned = Learned()
    rules: tuple[ClassificationRule, ...]
