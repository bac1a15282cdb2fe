# SPDX-License-Identifier: Apache-2.0
"""A version of the matrix is put in force while cases are open; each process takes it up between batches (ICX-02)."""

from typing import Any

import pytest
from matrix_story import MANAGER, SAMPLE, VersionsInMemory, changed, first, matrix_of, putting_into, rules_over, version
from routing_story import AGENT, FIRE, Story, filed, local, names, policy, staff

from chassis.clock import TestClock
from chassis.mongo import Unavailable
from chassis.subjects import Subject
from chassis.yaml_file import FaultyFile
from routing.domain.commands import Assign, Classify, StopClock, TakeMatrix
from routing.domain.matrix.versions import VersionHead, in_force, superseded, to_take
from routing.domain.policy import Policy
from routing.matrix.putting import NotReplaced, Order
from routing.matrix.rules import Rules, faults_in
from routing.matrix.store import VersionExists
from routing.organisation.policy_files import read_policy
from routing.settings import RoutingSettings
from ventanilla_contracts.routing import CaseAssigned, CaseEscalated

JULIAN_RESPONDS = (
    "responder: marcela-duque, deputy: julian-rojas",
    "responder: julian-rojas, deputy: marcela-duque",
)
SOONER = ("when: at-deadline\n    tell: [head]", "when: {business_days_before: 5}\n    tell: [head]")


def under(*texts: str) -> Policy:
    """The policy with these versions, the last one in force."""
    matrices = {n: policy().matrix.with_file(matrix_of(text), n) for n, text in enumerate(texts, start=1)}
    return Policy(**{**vars(policy()), "matrices": matrices, "matrix": matrices[len(texts)]})


def head(number: int, at: str, open_cases: str = "keep") -> VersionHead:
    return version(number, at, open_cases).head


def subject(matrix_number: int) -> Subject:
    case = Story(filed()).case.model_copy(update={"matrix_number": matrix_number})
    return Subject(id="case-1", state=case)


@pytest.fixture
def clock() -> TestClock:
    return TestClock(local("2026-03-02 10:15"))


class TestWhichOneIsInForce:
    """The last one that was put in of those whose time has come."""

    def test_one_whose_time_comes_later_waits(self) -> None:
        heads = [head(1, "2026-01-01 00:00"), head(2, "2026-06-01 00:00")]
        assert in_force(heads, local("2026-05-31 23:59")).number == 1
        assert in_force(heads, local("2026-06-01 00:00")).number == 2

    def test_one_that_was_put_in_later_and_holds_sooner_replaces_it(self) -> None:
        heads = [head(1, "2026-01-01 00:00"), head(2, "2026-06-01 00:00"), head(3, "2026-02-01 00:00")]
        assert in_force(heads, local("2026-07-01 00:00")).number == 3
        assert [superseded(n, heads) for n in (1, 2, 3)] == [False, True, False]

    def test_a_clock_that_is_behind_the_first_one_has_the_first(self) -> None:
        assert in_force([head(1, "2026-03-01 00:00")], local("2026-01-01 00:00")).number == 1

    @pytest.mark.parametrize(
        ("second", "third", "number"), [("keep", "keep", 0), ("take", "keep", 2), ("take", "take", 3)]
    )
    def test_open_cases_take_the_last_one_that_says_so(self, second: str, third: str, number: int) -> None:
        heads = [head(1, "2026-01-01 00:00"), head(2, "2026-02-01 00:00", second), head(3, "2026-03-01 00:00", third)]
        assert to_take(heads, local("2026-03-02 00:00")) == number

    def test_one_that_never_was_in_force_is_not_taken(self) -> None:
        heads = [head(1, "2026-01-01 00:00"), head(2, "2026-06-01 00:00", "take"), head(3, "2026-02-01 00:00")]
        assert to_take(heads, local("2026-07-01 00:00")) == 0


class TestAProcess:
    """Its rules follow the store."""

    async def test_the_matrix_of_the_files_is_the_first_version_once(self, clock: TestClock) -> None:
        store = VersionsInMemory()
        processes = [rules_over(store, clock) for _ in range(2)]
        for rules in processes:
            await rules.refresh()
        assert [(row.number, row.version, row.by.id, row.note) for row in store.rows] == [
            (1, "2026-1", "routing", "sample")
        ]
        assert store.rows[0].text == SAMPLE

    async def test_a_version_is_decided_by_as_soon_as_it_is_heard_of(self, clock: TestClock) -> None:
        store = VersionsInMemory()
        rules = rules_over(store, clock)
        await rules.refresh()
        await putting_into(store, clock).put(matrix_of(changed(JULIAN_RESPONDS)), "…", Order(MANAGER, "cambio"))
        before = rules()
        await rules.refresh()
        assert (before.matrix.file.version, rules().matrix.file.version) == ("2026-1", "2026-2")

    async def test_a_version_whose_time_comes_is_taken_up_without_anything_new_in_the_store(
        self, clock: TestClock
    ) -> None:
        store = VersionsInMemory()
        rules = rules_over(store, clock)
        await rules.refresh()
        order = Order(MANAGER, "desde abril", from_=local("2026-04-01 08:00"))
        await putting_into(store, clock).put(matrix_of(changed()), "…", order)
        await rules.refresh()
        assert rules().matrix.file.version == "2026-1"
        clock.set(local("2026-04-01 08:00"))
        await rules.refresh()
        assert rules().matrix.file.version == "2026-2"

    async def test_a_case_of_a_version_that_was_not_heard_of_yet_is_not_decided_before(self, clock: TestClock) -> None:
        store = VersionsInMemory()
        rules = rules_over(store, clock)
        await rules.refresh()
        await putting_into(store, clock).put(matrix_of(changed(SOONER)), "…", Order(MANAGER, "cambio"))
        item: Any = object()
        await rules.prepare([(item, subject(1))])
        assert 2 not in rules().matrices
        await rules.prepare([(item, subject(2))])
        assert 2 in rules().matrices

    async def test_nothing_is_decided_before_there_is_a_matrix(self, clock: TestClock) -> None:
        refused = FaultyFile(["matrix.yaml:1: rules: …"])
        rules = Rules(policy(), first().__class__(policy().matrix.file, SAMPLE, "sample", refused), faults_in(policy()))
        rules.store, rules.clock = VersionsInMemory(), clock
        with pytest.raises(Unavailable):
            await rules.prepare([])
        assert not rules.loaded


class TestPuttingIn:
    """Numbers without gaps, names that mean one thing."""

    async def test_two_at_a_time_get_a_number_each(self, clock: TestClock) -> None:
        store = VersionsInMemory()
        putting = putting_into(store, clock)
        behind = store.heads

        async def stale() -> list[VersionHead]:
            store.heads = behind  # type: ignore[method-assign]
            seen = await behind()
            await putting.put(matrix_of(changed(version="b")), "…", Order(MANAGER, "b"))
            return seen

        store.heads = stale  # type: ignore[method-assign]
        put = await putting.put(matrix_of(changed(version="a")), "…", Order(MANAGER, "a"))
        assert isinstance(put, VersionHead)
        assert [(row.number, row.version) for row in store.rows] == [(1, "b"), (2, "a")]

    async def test_a_name_means_one_thing(self, clock: TestClock) -> None:
        putting = putting_into(VersionsInMemory(), clock)
        await putting.put(matrix_of(SAMPLE), SAMPLE, Order(MANAGER, "a"))
        with pytest.raises(VersionExists):
            await putting.put(matrix_of(changed(SOONER, version="2026-1")), "…", Order(MANAGER, "b"))

    async def test_only_what_was_seen_is_replaced(self, clock: TestClock) -> None:
        putting = putting_into(VersionsInMemory(), clock)
        await putting.put(matrix_of(SAMPLE), SAMPLE, Order(MANAGER, "a"))
        late = await putting.put(matrix_of(changed(version="c")), "…", Order(MANAGER, "c", replaces="2025-9"))
        assert isinstance(late, NotReplaced)
        assert late.in_force.version == "2026-1"

    def test_a_sample_that_does_not_fit_the_staff_does_not_stop_the_start(self, tmp_path: Any) -> None:
        few = type(staff())(member for member in staff().members if member.id != "marcela-duque")
        common = {"kafka_bootstrap_servers": "b:1", "mongodb_uri": "mongodb://b", "files_url": "file:///f"}
        organisation = dict.fromkeys(("org_code", "org_name"), "CAJA")
        mail = {"org_mail_domain": "caja.example", "org_mail_address": "s@caja.example"}
        keys = {"staff_file": tmp_path / "s", "signing_keys": "k" * 32, "public_url": "http://window.example"}
        values: dict[str, Any] = {**common, **organisation, **mail, **keys}
        _, found = read_policy(RoutingSettings(**values), few)
        assert found.faulty is not None
        assert "marcela-duque is not in the staff file" in found.faulty.lines[0]
        named = tmp_path / "matrix.yaml"
        named.write_text(SAMPLE, "utf-8")
        with pytest.raises(FaultyFile):
            read_policy(RoutingSettings(**values, matrix_file=named), few)


class TestOpenCases:
    """They go on by the version that assigned them, or take the new one."""

    def test_a_case_that_keeps_its_version_escalates_by_it(self) -> None:
        story = Story(filed(), policy=under(SAMPLE))
        assert story.case.matrix_number == 1
        story.policy = under(SAMPLE, changed(SOONER))
        assert story.wait_until("2026-03-24 23:00")[-1].TYPE == "deadline-approaching.v1"
        assert [event.level for event in story.wait_until("2026-03-25 00:01") if isinstance(event, CaseEscalated)] == [
            2
        ]

    def test_a_case_that_takes_it_is_given_to_whom_it_says_and_watched_by_it(self) -> None:
        story = Story(filed(), policy=under(SAMPLE))
        story.policy = under(SAMPLE, changed(SOONER, JULIAN_RESPONDS))
        told = story.ask(TakeMatrix(2), at="2026-03-04 09:00")  # type: ignore[arg-type]
        assert [(event.responder.id, event.matrix_version) for event in told if isinstance(event, CaseAssigned)] == [
            ("julian-rojas", "2026-2")
        ]
        assert story.timers["level-2"] > local("2026-03-16 08:00")
        assert names(story.wait_until("2026-03-16 08:01")) == ["case-escalated"]
        assert story.only(CaseEscalated).why == "deadline-approaching"

    def test_it_is_taken_once(self) -> None:
        story = Story(filed(), policy=under(SAMPLE, changed(JULIAN_RESPONDS)))
        assert story.case.matrix_number == 2
        assert story.ask(TakeMatrix(2)) == ()  # type: ignore[arg-type]
        assert story.ask(TakeMatrix(1)) == ()  # type: ignore[arg-type]

    def test_what_a_person_decided_stays(self) -> None:
        story = Story(filed(), policy=under(SAMPLE))
        story.ask(Assign(AGENT, "diana-castano"))
        story.policy = under(SAMPLE, changed(JULIAN_RESPONDS, SOONER))
        assert story.ask(TakeMatrix(2)) == ()  # type: ignore[arg-type]
        assert story.case.assignment is not None
        assert story.case.assignment.responder.id == "diana-castano"
        assert story.timers["level-2"] < local("2026-03-24 00:00")

    def test_a_level_that_was_told_for_the_same_reason_and_due_date_is_not_told_again(self) -> None:
        story = Story(filed(), policy=under(SAMPLE))
        story.wait_until("2026-03-25 00:01")  # level 2: the head
        inserted = changed(
            ("  - level: 3\n", "  - level: 4\n"),
            ("  - level: 4\n    name: Jur", "  - level: 5\n    name: Jur"),
            (
                "  - level: 2\n",
                "  - level: 2\n    name: Suplencia\n    when: at-deadline\n    tell: [deputy]\n  - level: 3\n",
            ),
        )
        story.policy = under(SAMPLE, inserted)
        story.ask(TakeMatrix(2), at="2026-03-25 09:00")  # type: ignore[arg-type]
        told = [event for event in story.wait_until("2026-05-01 00:00") if isinstance(event, CaseEscalated)]
        assert [event.level_name for event in told] == ["Suplencia", "Secretaría general", "Jurídica y dirección"]

    def test_of_an_emergency_nobody_is_told_twice(self) -> None:
        story = Story(filed("Incendio", emergency=FIRE), policy=under(SAMPLE))
        assert story.only(CaseEscalated).why == "emergency"
        story.policy = under(SAMPLE, changed(SOONER))
        assert story.ask(TakeMatrix(2)) == ()  # type: ignore[arg-type]

    def test_a_case_whose_clock_stands_still_tells_nobody_and_takes_it_all_the_same(self) -> None:
        story = Story(filed(), policy=under(SAMPLE))
        story.ask(StopClock(AGENT, "Falta la cédula."), at="2026-03-04 09:00")
        everybody = ("    if: {priority: [emergency]}\n    when: at-once", "    when: at-once")
        story.policy = under(SAMPLE, changed(SOONER, everybody))
        assert story.ask(TakeMatrix(2)) == ()  # type: ignore[arg-type]
        assert (story.case.matrix_number, set(story.timers)) == (2, {"withdrawal"})

    def test_a_case_that_is_classified_anew_goes_by_the_version_in_force(self) -> None:
        story = Story(filed(), policy=under(SAMPLE))
        story.policy = under(SAMPLE, changed(SOONER))
        story.ask(Classify(AGENT, area="salud"))
        assert story.case.matrix_number == 2
        assert story.timers["level-2"] < local("2026-03-24 00:00")

    def test_a_version_that_names_people_who_left_tells_those_who_are_there(self) -> None:
        house = policy().matrix.house
        people = {name: ref for name, ref in house.people.items() if name not in ("gloria-zapata", "marcela-duque")}
        smaller = type(house)(people, house.roles, house.deputies, house.branches)
        matrix = type(policy().matrix)(matrix_of(SAMPLE), smaller, {"subsidios": "Subsidios"})
        assert [one.id for one in matrix.told_at(matrix.file.levels[1], "subsidios")] == ["julian-rojas"]
        assert matrix.assign({"area": "subsidios", "kind": "claim"}).responder.id == "julian-rojas"
        assert matrix.assign({"area": "marte"}).area == "atencion-al-cliente"
        nobody = type(policy().matrix)(matrix_of(SAMPLE), type(house)({}), {})
        with pytest.raises(LookupError):
            nobody.assign({"area": "subsidios"})
