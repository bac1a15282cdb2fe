# SPDX-License-Identifier: Apache-2.0
"""Frequent questions that an editor curates from answers (CSC-04): what they are, and what an edit makes of one."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from routing.domain.earlier.forms import PLACEHOLDERS
from ventanilla_contracts.envelope import Actor, Frozen, Instant

QuestionStatus = Literal["draft", "published", "retired"]
Editable = Literal["question", "answer", "area", "status"]
EDITABLE: tuple[Editable, ...] = ("question", "answer", "area", "status")


class Revision(Frozen):
    """Who changed what, and when; the first one made it."""

    revision: int
    by: Actor
    at: Instant
    changed: tuple[Editable, ...]


class FrequentQuestion(Frozen):
    """``area``: None is about the whole organisation. ``cases``: those whose answers it was made from."""

    id: str
    revision: int = 1
    status: QuestionStatus = "draft"
    question: str
    answer: str
    area: str | None = None
    cases: tuple[str, ...] = ()
    past: tuple[Revision, ...]


def made(id_: str, written: Mapping[str, Any], by: Actor, at: datetime) -> FrequentQuestion:
    first = Revision(revision=1, by=by, at=at, changed=EDITABLE)
    return FrequentQuestion(id=id_, past=(first,), **written)


def edited(before: FrequentQuestion, written: Mapping[str, Any], by: Actor, at: datetime) -> FrequentQuestion:
    """A revision more, even where nothing changed."""
    changed = tuple(name for name in EDITABLE if name in written and written[name] != getattr(before, name))
    number = before.revision + 1
    latest = Revision(revision=number, by=by, at=at, changed=changed)
    return before.model_copy(update={**written, "revision": number, "past": (*before.past, latest)})


def changed_since(now: FrequentQuestion, revision: int) -> tuple[Editable, ...]:
    """What others changed after that revision."""
    later = {name for one in now.past if one.revision > revision for name in one.changed}
    return tuple(name for name in EDITABLE if name in later)


def in_brackets(written: Mapping[str, Any]) -> bool:
    """Whether it would be published with what was taken out of an answer still to be filled in."""
    texts = (str(written.get(name, "")) for name in ("question", "answer"))
    return written.get("status") == "published" and any(PLACEHOLDERS.search(text) for text in texts)
