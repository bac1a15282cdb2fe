# SPDX-License-Identifier: Apache-2.0
"""What a list of cases can be narrowed down to: the fields of its form, and the filter that the address says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from chassis.safe_text import without_controls
from chassis.web.written import day_of
from routing.cases.filters import ANY_TASK, CaseFilter
from routing.domain.urgency import RUNNING, DueSpan, Task, UrgencyWord
from ventanilla_contracts.vocabulary import CaseStatus, Channel, Kind, Priority

FIRST_SHOWN = ("area", "responder", "kind", "priority")
"""The other fields stand behind "more"."""
OPEN_STATUSES = ("assigned", "in-progress", "suspended", "reopened")
OF_FILTER = ("area", "responder", "kind", "channel", "status", "priority", "task")
LONGEST_WORDS = 200
URGENCIES: tuple[UrgencyWord, ...] = (*RUNNING, "stopped")

Names = Mapping[str, Mapping[str, str]]
"""By field: each value that it can have, in words."""


@dataclass(frozen=True)
class Asked:
    """What the address says; ``ignored`` are values that mean nothing here, or not any more."""

    values: Mapping[str, str]
    ignored: tuple[str, ...] = ()

    @property
    def is_narrow(self) -> bool:
        return bool(self.values)

    def address(self, path: str, **changes: str) -> str:
        """Of the same list, asked otherwise; "" leaves a field out."""
        values = {name: value for name, value in {**self.values, **changes}.items() if value}
        return f"{path}?{urlencode(values)}" if values else path


@dataclass(frozen=True)
class FieldOfQueue:
    """One field of the form."""

    name: str
    choices: Mapping[str, str]
    chosen: str


def asked_in(query: QueryParams, names: Names) -> Asked:
    """Unknown values are left out, and named."""
    said = {name: query[name].strip() for name in names if query.get(name, "").strip()}
    known = {name: value for name, value in said.items() if value in names[name]}
    if words := without_controls(query.get("q", "")).strip()[:LONGEST_WORDS]:
        known["q"] = words
    day = query.get("due_before", "").strip()
    if day and day_of(day) is not None:
        known["due_before"] = day
    elif day:
        said["due_before"] = day
    return Asked(known, tuple(name for name in said if name not in known))


def narrowed(base: CaseFilter, asked: Asked, spans: Mapping[UrgencyWord, DueSpan]) -> CaseFilter:
    """The list's own filter, and what was asked beside."""
    said: dict[str, Any] = {name: asked.values[name] for name in OF_FILTER if name in asked.values}
    if "q" in asked.values:
        said |= {"text": asked.values["q"], "open": None}  # who searches also means what is not open any more
    if "task" in asked.values:
        said |= {"open": None}  # a letter to the ombudsman that came back is a task of a case that is over
    if "due_before" in asked.values:
        said["due_before"] = day_of(asked.values["due_before"])
    if asked.values.get("waits"):
        said["waits"] = asked.values["waits"] == "yes"
    if asked.values.get("to_classify"):
        said["to_classify"] = asked.values["to_classify"] == "yes"
    if asked.values.get("ombudsman"):
        said["by_ombudsman"] = asked.values["ombudsman"] == "yes"
    return of_urgency(replace(base, **said), asked.values.get("urgency", ""), spans)


def of_urgency(wanted: CaseFilter, word: str, spans: Mapping[UrgencyWord, DueSpan]) -> CaseFilter:
    if word == "stopped":
        return replace(wanted, status=wanted.status or "suspended")
    span = next((span for one, span in spans.items() if one == word), None)
    return replace(wanted, due_within=span) if span else wanted


def fields_of_queue(names: Names, asked: Asked) -> Sequence[FieldOfQueue]:
    return [FieldOfQueue(name, choices, asked.values.get(name, "")) for name, choices in names.items()]


def values_of(field: str) -> Sequence[str]:
    """Those of fields that the house cannot set itself."""
    return {
        "kind": get_args(Kind),
        "priority": get_args(Priority),
        "urgency": URGENCIES,
        "status": [status for status in get_args(CaseStatus) if status in OPEN_STATUSES],
        "channel": get_args(Channel),
        "task": (ANY_TASK, *get_args(Task)),
        "waits": ("yes", "no"),
        "to_classify": ("yes", "no"),
        "ombudsman": ("yes", "no"),
    }[field]
