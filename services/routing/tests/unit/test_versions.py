# SPDX-License-Identifier: Apache-2.0
"""Which of the things that happen to a case somebody who decides must know first (ADR 0030)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from routing_story import AGENT, MONDAY, Story, filed, linked, local, said

from chassis.decision import Decision, Refused
from routing.domain.case import Case, Happening
from routing.domain.commands import Assign
from routing.domain.versions import QUIET, OnVersion, happened_since, outdated


def after(*whats: str) -> Case:
    """A case whose history goes on so after its filing."""
    case = Story(filed()).case
    lines = tuple(Happening(at=local(MONDAY), actor=AGENT, what=what) for what in whats)
    history = (*case.history, *lines)
    return case.model_copy(update={"history": history, "version": len(history)})


@pytest.mark.parametrize(
    ("what", "counts"),
    [
        ("message-appended", True),
        ("case-assigned", True),
        ("case-classified", True),
        ("documents-delivered", True),
        ("answer-approved", True),
        ("deadline-set", True),
        ("clock-stopped", True),
        ("case-closed", True),
        ("person-corrected", True),
        ("anything-new", True),
        ("deadline-approaching", False),
        ("case-escalated", False),
        ("addressee-added", False),
        ("delivery-sent", False),
        ("case-linked", False),
    ],
)
def test_what_counts(what: str, counts: bool) -> None:
    seen = after().version
    assert outdated(after(what), seen) is counts


@given(st.lists(st.sampled_from([*sorted(QUIET), "message-appended", "case-assigned"]), max_size=8), st.data())
def test_a_version_is_old_where_one_line_since_counts_and_all_lines_are_told(
    whats: list[str], data: st.DataObject
) -> None:
    case = after(*whats)
    filed_at = after().version
    seen = data.draw(st.integers(filed_at, case.version))
    since = whats[seen - filed_at :]
    assert [line.what for line in happened_since(case, seen)] == since
    assert outdated(case, seen) is bool(set(since) - QUIET)


@pytest.mark.parametrize("unknown", [-1, 99])
def test_a_version_that_never_was_is_old(unknown: int) -> None:
    assert outdated(after(), unknown)


def test_the_rules_refuse_and_change_nothing_or_do_as_without_a_version() -> None:
    story = Story(filed())
    command, seen = Assign(AGENT, "julian-rojas"), story.case.version
    plain = Story(filed()).try_to(command)
    assert isinstance(plain, Decision)
    on_it = Story(filed()).try_to(OnVersion(command, seen))  # type: ignore[arg-type]
    assert isinstance(on_it, Decision)
    assert on_it.state == plain.state
    story.hear(said())
    refused = story.try_to(OnVersion(command, seen))  # type: ignore[arg-type]
    assert isinstance(refused, Refused)
    assert (refused.code, refused.kind) == ("case-changed", "conflict")
    assert "assign" in refused.allowed


def test_what_only_the_house_notes_makes_no_version_old() -> None:
    story = Story(filed())
    seen = story.case.version
    story.hear(linked("case-2", "CAJA-2026-000002-5"))
    assert story.case.version == seen + 1
    assert not outdated(story.case, seen)
