# SPDX-License-Identifier: Apache-2.0
"""`python -m reporting audit` on a real house: it agrees while people work, and finds what any store has lost."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from tests.e2e.day import Day, day, verdict_of

from reporting.audit.run import Audited
from reporting.domain.audit import house_log
from ventanilla_local.services import SERVICES

pytestmark = pytest.mark.slow

READ = {"intake": "routing-cases", "routing": "intake-cases", "notifications": "intake-cases"}
"""A topic of which each store has applied something of every case; of the others intake-cases too."""


@pytest.fixture(scope="module")
def today(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with day(tmp_path_factory.mktemp("day")) as running:
        yield running


def test_while_cases_are_filed_and_answered_the_house_agrees(today: Day) -> None:
    enough = Event()

    def keep_filing() -> None:
        while not enough.is_set():
            today.file(4)

    audits: list[Audited] = []
    with ThreadPoolExecutor(1) as beside:
        work = beside.submit(keep_filing)
        try:
            for _ in range(2):
                today.count()
                audits.append(today.audit())
        finally:
            enough.set()
        work.result()
    assert [list(one.verdict.findings) for one in audits] == [[], []]
    assert audits[0].verdict.records < audits[1].verdict.records, "nothing was under way"


def test_a_house_at_rest_agrees_whatever_is_young(today: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(house_log, "YOUNG_SECONDS", 0)
    today.wait_until_settled()
    with ThreadPoolExecutor(len(SERVICES)) as beside:
        counted = list(beside.map(lambda service: today.command(service, "count"), SERVICES))
    for service, done in zip(SERVICES, counted, strict=True):
        assert done.stdout.startswith(f"{service}: {today.filed} cases"), done.stderr
    verdict = today.audit().verdict
    assert list(verdict.findings) == []
    assert verdict.cases == today.filed
    assert {one.what for one in verdict.open} <= {"published-twice", "out-of-order"}
    done = today.command("reporting", "audit")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("All agrees.\n")


def test_a_case_that_is_lost_from_a_store_is_named_and_once_restored_all_agrees(today: Day) -> None:
    numbers = {
        row["_id"]: row["state"]["number"] for row in today.store("intake")["cases"].find({}, {"state.number": 1})
    }
    lost = sorted(numbers)
    for service, case in zip(SERVICES, lost, strict=False):
        cases = today.store(service)["cases"]
        document = cases.find_one_and_delete({"_id": case})
        assert document is not None
        today.count([service])
        [finding] = today.audit().verdict.findings
        assert (finding.check, finding.service, finding.subject) == ("stores", service, case)
        assert finding.case_number == numbers[case]
        assert READ.get(service, "intake-cases") in finding.text
        assert "It has lost this subject" in finding.text
        if service == "reporting":
            done = today.command("reporting", "audit", "--json")
            assert done.returncode == 1
            found = verdict_of(done)
            assert [one["subject"] for one in found["findings"]] == [case]
            assert found["disagreements"]["stores"] == 1
        cases.insert_one(document)
        today.count([service])
    assert list(today.audit().verdict.findings) == []


def test_a_case_that_a_store_knows_less_of_and_a_submission_it_forgot_are_named(today: Day) -> None:
    case = today.store("satisfaction")["cases"].find_one({"applied.routing-cases.0": {"$gt": 2}})
    assert case is not None
    back = {"$set": {"applied.routing-cases.0": 2}}
    today.store("satisfaction")["cases"].update_one({"_id": case["_id"]}, back)
    submission = today.store("intake")["submission_cases"].find_one_and_delete({})
    assert submission is not None
    today.count(["satisfaction", "intake"])
    first, second = today.audit().verdict.findings
    assert (first.service, first.subject) == ("intake", submission["_id"])
    assert "of intake-outcomes it knows nothing" in first.text
    assert (second.service, second.subject) == ("satisfaction", case["_id"])
    assert "of routing-cases seq 2 is applied" in second.text
    today.store("satisfaction")["cases"].replace_one({"_id": case["_id"]}, case)
    today.store("intake")["submission_cases"].insert_one(submission)
    today.count(["satisfaction", "intake"])
    assert list(today.audit().verdict.findings) == []


def test_a_house_that_cannot_be_looked_at_is_no_verdict(today: Day) -> None:
    environment = today.house.servers["reporting"].environment
    assert environment is not None
    elsewhere = {**environment, "KAFKA_TOPIC_PREFIX": "nowhere-"}
    today.house.servers["reporting"].environment = elsewhere
    done = today.command("reporting", "audit")
    today.house.servers["reporting"].environment = environment
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("topics missing: nowhere-")
