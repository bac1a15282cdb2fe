# SPDX-License-Identifier: Apache-2.0
"""Whoever decides about a held submission, and whoever repeats its mail: one final outcome, each outcome counted once.

Two processes on one database; the second acts when the first has loaded what it decides, or when it has read in its
transaction how often the outcome was told.
"""

from collections.abc import Callable, Sequence
from itertools import count, product
from typing import Any

import pytest
from intake_house import ByHand

from chassis.decision import Refused, Remove
from chassis.inputs import Input
from chassis.messages import Message
from chassis.mongo import Session
from chassis.testing.process import Process
from intake.consumers import CASES
from intake.domain import filing, released
from intake.domain.set_aside import SetHeldAside
from intake.domain.submission import FileSubmission, Release, SetAside
from intake.filing import releasing
from intake.filing.releasing import HeldNumbering, Inputs
from ventanilla_contracts.envelope import Actor, Envelope
from ventanilla_contracts.intake import SubmissionForm
from ventanilla_contracts.registry import EVENTS

pytestmark = pytest.mark.infra

AGENT = Actor(id="yuliana", role="agent")
Act = Callable[[str, str], object]


def mail(name: str, **own: Any) -> FileSubmission:
    values: dict[str, Any] = {
        "submission_id": name,
        "channel": "email",
        "external_id": name,
        "external_key": name,
        "content_hash": name,
        "actor": AGENT,
        "tracking_code": "7KQ2-M4TX-9RWZ-5",
        "form": SubmissionForm(text="No llegó la cuota."),
    }
    return FileSubmission(**{**values, **own})


def held(name: str) -> FileSubmission:
    return mail(name, set_aside=SetAside("held", "no-sender"))


ACTS: dict[str, Act] = {
    "release": lambda name, _: mail(name, external_key=None, released=Release()),
    "release into a case": lambda name, case: mail(name, external_key=None, released=Release(into=case)),
    "reject": lambda name, _: SetHeldAside(AGENT, name, "rejected", "No es para nosotros."),
    "the mail again": lambda name, _: held(name),
}
PAIRS = [(first, second) for first, second in product(ACTS, ACTS) if first != second or first != "the mail again"]


async def carry_out(intake: Process, *commands: object) -> list[Input]:
    inputs = [Input(CASES, "", message=command) for command in commands]
    await intake.runtime.processor.process(inputs)
    return inputs


async def told(name: str, *processes: Process) -> list[tuple[int, str, bool]]:
    """Seq, outcome and whether it was a repetition, of all that was told of a submission."""
    found: list[tuple[int, str, bool]] = []
    for process in processes:
        await process.publish()
        found += [_outcome(message) for message in process.broker.messages if message.key == name.encode()]
    return sorted(found)


def _outcome(message: Message) -> tuple[int, str, bool]:
    envelope = Envelope.from_headers(message.headers)
    event: Any = EVENTS[envelope.type].read(message.value or b"")
    return envelope.seq or 0, envelope.type, event.repeat


def faults(outcomes: Sequence[tuple[int, str, bool]], acts: Sequence[Input]) -> list[str]:
    """What is wrong with the outcomes of one submission, two of whose ``acts`` were decided at once."""
    found = [] if [seq for seq, _, _ in outcomes] == list(range(1, len(outcomes) + 1)) else ["a seq twice or missing"]
    finals = [kind for _, kind, repeat in outcomes if kind != "submission-held.v1" and not repeat]
    if len(finals) != 1:
        found.append(f"{len(finals)} final outcomes")
    after = [kind for _, kind, _ in outcomes[outcomes.index((*_first_final(outcomes), False)) :]] if finals else []
    if len(set(after)) > 1:
        found.append("another outcome after the final one")
    refused = [item for item in acts if isinstance(item.outcome, Refused)]
    if any(not item.outcome.code.startswith("held-already-") for item in refused if isinstance(item.outcome, Refused)):
        found.append("refused for another reason")
    decided = [item for item in acts if releasing.is_act(item.message)]
    if len(decided) - len(refused) != 1:
        found.append(f"{len(decided) - len(refused)} of {len(decided)} who decided were told that it is done")
    return found


def _first_final(outcomes: Sequence[tuple[int, str, bool]]) -> tuple[int, str]:
    return next((seq, kind) for seq, kind, repeat in outcomes if kind != "submission-held.v1" and not repeat)


async def of_pairs(
    one: Process, other: Process, monkeypatch: pytest.MonkeyPatch, when: str, pairs: Sequence[tuple[str, str]] = PAIRS
) -> dict[str, Any]:
    """Each act while each other one happens; what was wrong, by pair."""
    [case] = await carry_out(one, mail("another case", channel="web"))
    names, wrong = count(), {}
    for first, second in pairs:
        name = f"s-{when}-{next(names)}"
        await carry_out(one, held(name))
        mine, theirs = (ACTS[act](name, case.subject) for act in (first, second))
        done: list[Input] = []

        async def meanwhile(theirs: object = theirs, done: list[Input] = done) -> None:
            done += await carry_out(other, theirs)

        if when == "in one batch":
            done = await carry_out(one, mine, theirs)
        else:
            _arrange(one, meanwhile, monkeypatch, when)
            done += await carry_out(one, mine)
            monkeypatch.undo() if when == "read" else None
        assert len(done) == 2
        if found := faults(await told(name, one, other), done):
            wrong[f"{first} / {second}"] = found
    return wrong


def _arrange(one: Process, meanwhile: Any, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    if when == "loaded":
        one.meanwhile = meanwhile
        return
    read, once = HeldNumbering._told, iter([meanwhile])

    async def and_then(self: HeldNumbering, session: Session, acts: Inputs) -> dict[str, int]:
        found = await read(self, session, acts)
        if (happens := next(once, None)) is not None:
            await happens()
        return found

    monkeypatch.setattr(HeldNumbering, "_told", and_then)


@pytest.mark.parametrize("when", ["loaded", "read", "in one batch"])
async def test_whatever_happens_meanwhile_there_is_one_final_outcome(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    pairs = [pair for pair in PAIRS if when != "read" or pair[0] != "the mail again"]  # it reads nothing there
    assert await of_pairs(await by_hand(), await by_hand(), monkeypatch, when, pairs) == {}


async def test_without_its_guard_a_mail_that_comes_again_counts_a_seq_twice(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = released.released_rows

    def unguarded(*asked: Any) -> Any:
        return tuple(row for row in rows(*asked) if not isinstance(row, Remove))

    with monkeypatch.context() as without:
        without.setattr(filing, "released_rows", unguarded)
        pairs = [("reject", "release"), ("release", "the mail again"), ("the mail again", "release")]
        wrong = await of_pairs(await by_hand(), await by_hand(), monkeypatch, "loaded", pairs)
    assert "a seq twice or missing" in wrong["the mail again / release"]


async def test_in_one_batch_two_who_are_not_taken_apart_both_decide(
    by_hand: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr(releasing, "_each_alone", lambda *_: None)
        pairs = [("release", "reject")]
        wrong = await of_pairs(await by_hand(), await by_hand(), monkeypatch, "in one batch", pairs)
    assert "2 final outcomes" in wrong["release / reject"]
