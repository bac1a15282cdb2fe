# SPDX-License-Identifier: Apache-2.0
"""Whatever is delivered, the toy's store is that of a clean run; without one of the rules of delivery it is not."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase
from rules_taken_out import (
    with_marks_after_the_transaction,
    with_marks_before_the_transaction,
    without_a_look_at_the_timer,
    without_a_look_for_own_documents,
    without_idempotency_keys,
    without_seen,
    without_seq,
    without_versions,
    without_waiting,
)
from tests_toy import Alarm, Note, ToySettings, build, delivered, filed, said

from chassis.mongo import Database
from chassis.service import Service
from chassis.testing import settings_for
from chassis.testing.machine import Trial, profile, whatever_comes
from chassis.testing.process import wire_without_broker
from chassis.testing.story import Asked, Day, Heard, Tale

pytestmark = pytest.mark.infra

MONDAY = datetime.fromisoformat("2026-03-02T08:00:00-05:00")
TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


HEARD = Tale(
    "case-1",
    (
        Day(MONDAY, (Heard(filed("N-1")), Heard(said("one")), Heard(delivered()), Heard(said("two")))),
        Day(TUESDAY, (Heard(delivered()), Heard(said("three")), Asked(Note("four")))),
    ),
)
ASKED = Tale(
    "case-2",
    (
        Day(MONDAY, (Heard(filed("N-2")), Asked(Note("tell both topics")), Heard(said("and")), Asked(Note("n")))),
        Day(FRIDAY, (Asked(Note("last")),)),
    ),
)
TIMED = Tale(
    "case-3",
    (
        Day(MONDAY, (Heard(filed("N-3")), Asked(Alarm("first", TUESDAY)), Asked(Alarm("second", FRIDAY)))),
        Day(TUESDAY, (Heard(said("after")),)),
        Day(FRIDAY, (Heard(delivered()), Asked(Note("tell both topics")))),
    ),
)


@pytest.fixture
def trial(tmp_path: Path) -> Callable[..., Trial]:
    def start(database: Database, clock: Path) -> Service[ToySettings]:
        wire = wire_without_broker()
        return build(settings_for(ToySettings, wire=wire, database=database, tmp_path=tmp_path, clock_file=clock))

    def trying(*tales: Tale, seeded: int | None = None, **own: Any) -> Trial:
        return whatever_comes(start, tales, folder=tmp_path, how=profile(**own), seeded=seeded)

    return trying


def test_the_state_is_that_of_a_clean_run(trial: Callable[..., Trial]) -> None:
    assert trial(HEARD, ASKED, TIMED).acts > 100


WITHOUT: list[tuple[Callable[[pytest.MonkeyPatch], None], Tale, int, str]] = [
    (without_seq, HEARD, 1, "not as in a clean run"),
    (without_waiting, HEARD, 1, "not as in a clean run"),
    (without_seen, HEARD, 1, "not as in a clean run"),
    (with_marks_before_the_transaction, HEARD, 1, "left over: {'waiting': [1-9]|could not happen"),
    (without_a_look_at_the_timer, TIMED, 1, "timer"),
    (without_a_look_for_own_documents, ASKED, 1, "left over: .*'outbox': [1-9]"),
    (without_versions, HEARD, 1, "not as in a clean run"),
    (without_idempotency_keys, ASKED, 1, "not as in a clean run"),
]
"""How a rule is taken out, the tale that shows it, a seed with which it does soon, and what is then told."""


@pytest.mark.parametrize(
    ("taken_out", "tale", "seeded", "found"), WITHOUT, ids=[taken_out.__name__ for taken_out, *_ in WITHOUT]
)
def test_the_machine_finds_what_goes_wrong_without_a_rule(
    trial: Callable[..., Trial],
    monkeypatch: pytest.MonkeyPatch,
    taken_out: Callable[[pytest.MonkeyPatch], None],
    tale: Tale,
    seeded: int,
    found: str,
) -> None:
    taken_out(monkeypatch)
    with pytest.raises(AssertionError, match=found):
        trial(tale, seeded=seeded, max_examples=100, phases=(Phase.generate,))


def test_marks_that_are_saved_late_do_no_harm(trial: Callable[..., Trial], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is found without this rule, since the seq covers for it: a mark is a position and not a guard (design 2).

    It stands in the transaction because it costs nothing there and spares reading twice. Saved before it, it loses.
    """
    with_marks_after_the_transaction(monkeypatch)
    trial(HEARD, max_examples=8, phases=(Phase.generate,))
