# SPDX-License-Identifier: Apache-2.0
"""Who looks at an answer before it goes out: the rules of ``answering.yaml`` (CNF-09)."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chassis.faults import Fault, repeated_ids
from routing.domain.case import Case
from routing.domain.conditions import Slug
from routing.domain.matrix.facts import facts_of_case
from routing.domain.matrix.file import RoutedCases
from ventanilla_contracts.envelope import Frozen, StaffRef

AnswerNeed = Literal["legal-review", "second-person"]
"""What an answer needs before it goes out, beyond whoever writes it."""


class AnsweringRule(Frozen):
    """``if`` these conditions hold, the answer needs it."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    id: Slug
    if_: RoutedCases = Field(RoutedCases(), alias="if")


class AnsweringFile(Frozen):
    """``answering.yaml``: each list needs one rule that holds; an empty one asks for nothing."""

    version: Annotated[str, Field(min_length=1)]
    reviewers: tuple[Slug, ...] = Field((), description="staff ids of whoever reviews for the legal team")
    legal_review: tuple[AnsweringRule, ...] = Field((), description="answers that the legal team sees first")
    second_person: tuple[AnsweringRule, ...] = Field(
        (), description="answers that another person approves than the one who wrote them"
    )


class Answering:
    """The rules of a file over the people of the house; without a file everybody who writes may send."""

    def __init__(self, file: AnsweringFile, people: Mapping[str, StaffRef]) -> None:
        self.file = file
        self.reviewers = tuple(people[one] for one in file.reviewers)

    def needs_of(self, case: Case) -> tuple[AnswerNeed, ...]:
        """What the answer to this case needs, as it is classified now."""
        if case.classification is None:
            return ()
        facts, file = facts_of_case(case), self.file
        rules: dict[AnswerNeed, tuple[AnsweringRule, ...]] = {
            "legal-review": file.legal_review,
            "second-person": file.second_person,
        }
        return tuple(need for need, asked in rules.items() if any(rule.if_.hold(facts) for rule in asked))

    def reviews(self, member: str) -> bool:
        return member in [one.id for one in self.reviewers]


def no_rules() -> Answering:
    """Of a house that lays down nothing."""
    return Answering(AnsweringFile(version="none"), {})


def answering_faults(file: AnsweringFile, reviewing: Mapping[str, bool]) -> Iterator[Fault]:
    """What makes the file unusable; ``reviewing``: by staff id, whether they have a role that reviews."""
    for n, member in enumerate(file.reviewers):
        if member not in reviewing:
            yield Fault(
                ("reviewers", n), f"{member} is not in the staff file", "correct the id, or add them to the staff file"
            )
        elif not reviewing[member]:
            yield Fault(
                ("reviewers", n),
                f"{member} has neither the role legal nor general-secretariat",
                "name somebody who has, or give them the role in the staff file",
            )
    if file.legal_review and not file.reviewers:
        yield Fault(("legal_review",), "answers need a review and nobody does it", "name at least one of reviewers")
    for name, rules in (("legal_review", file.legal_review), ("second_person", file.second_person)):
        yield from repeated_ids(name, [rule.id for rule in rules])
