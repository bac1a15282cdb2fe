# SPDX-License-Identifier: Apache-2.0
"""When a level of the escalation matrix comes: at once, by the due date, by the term used, by hours (ICX-02)."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, PositiveInt, Tag

from ventanilla_contracts.envelope import Frozen

LONGEST_HOURS = 24 * 365


class BusinessDaysBefore(Frozen):
    """At the opening of the day that lies so many business days before the due date."""

    business_days_before: PositiveInt


class BusinessDaysAfter(Frozen):
    """At the opening of the day that lies so many business days after the due date."""

    business_days_after: PositiveInt


class ShareOfTerm(Frozen):
    """At the opening of the day by whose end this share of the term's days is used; of a judge's hours, to the minute.

    Days on which the clock stands still use nothing.
    """

    share_of_term: float = Field(gt=0, lt=1, description="0.5: half of it")


class HoursSinceAssignment(Frozen):
    """So many business hours of the house after the case was given to whoever has it (ICX-09).

    Those in which the clock stands still do not count.
    """

    hours_since_assignment: int = Field(gt=0, le=LONGEST_HOURS)


_MODELS = ("business_days_before", "business_days_after", "share_of_term", "hours_since_assignment")


def _kind_of_moment(value: object) -> str | None:
    """None for what is no moment; which model it is else."""
    if value in ("at-once", "at-deadline"):
        return "word"
    names = value if isinstance(value, dict) else getattr(type(value), "model_fields", ())
    return next((name for name in _MODELS if name in names), None)


Moment = Annotated[
    Annotated[Literal["at-once", "at-deadline"], Tag("word")]
    | Annotated[BusinessDaysBefore, Tag("business_days_before")]
    | Annotated[BusinessDaysAfter, Tag("business_days_after")]
    | Annotated[ShareOfTerm, Tag("share_of_term")]
    | Annotated[HoursSinceAssignment, Tag("hours_since_assignment")],
    Discriminator(
        _kind_of_moment,
        custom_error_type="moment",
        custom_error_message="is no moment: expected at-once, at-deadline, {business_days_before: 1}, "
        "{share_of_term: 0.5}, {hours_since_assignment: 24} or the like",
    ),
]
"""``at-once``: as soon as the case is assigned; ``at-deadline``: the term has just ended."""


def surely_before(first: Moment, second: Moment) -> bool:
    """Whether the first comes before the second in every case.

    Hours since the assignment and a share of the term cannot be compared with days before the due date.
    """
    (phase, value), (other_phase, other_value) = _order(first), _order(second)
    if type(first) is type(second):
        return (phase, value) < (other_phase, other_value)
    if isinstance(first, HoursSinceAssignment) or isinstance(second, HoursSinceAssignment):
        return first == "at-once"
    return phase < other_phase


def _order(moment: Moment) -> tuple[int, float]:
    """Sorts moments of one kind, and kinds by the part of the term that they lie in."""
    match moment:
        case "at-once":
            return (0, 0)
        case BusinessDaysBefore(business_days_before=days):
            return (1, -days)
        case ShareOfTerm(share_of_term=share):
            return (1, share)
        case "at-deadline":
            return (2, 0)
        case BusinessDaysAfter(business_days_after=days):
            return (3, days)
        case HoursSinceAssignment(hours_since_assignment=hours):
            return (1, hours)
    raise AssertionError(moment)
