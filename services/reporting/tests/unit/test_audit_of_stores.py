# SPDX-License-Identifier: Apache-2.0
"""The audit of made-up stores: what one of them has lost, or has more or less of than it may, is named."""

from datetime import timedelta

import pytest
from audit_stores import Store, found, judge, judged, store_of, stores_of
from audit_town import AUDITED, SERVICES, Town, case_number, one, town_of_cases

from ventanilla_contracts.audits import AcceptedGap, Left, Unpublished, bucket_of

Stores = dict[str, Store]


@pytest.mark.parametrize("service", SERVICES)
def test_a_case_that_a_store_lost_is_named_with_its_service(service: str) -> None:
    town = town_of_cases()
    stores = stores_of(town)
    del stores[service].subjects["case-3"]
    (finding,) = judge(town, stores).findings
    assert (finding.check, finding.service, finding.subject) == ("stores", service, "case-3")
    assert finding.case_number == case_number(3)
    assert f"The store of {service}. It has lost this subject: " in finding.text


def test_two_cases_lost_from_one_bucket_are_both_named() -> None:
    town = Town()
    names = [f"case-{n}" for n in range(300)]
    for name in names:
        town.file(name)
        town.handle(name)
    stores = stores_of(town)
    together: dict[int, list[str]] = {}
    for name in names:
        together.setdefault(bucket_of(name.encode()), []).append(name)
    first, second = next(found for found in together.values() if len(found) > 1)[:2]
    del stores["routing"].subjects[first], stores["routing"].subjects[second]
    findings = list(judge(town, stores).findings)
    assert {finding.subject for finding in findings} == {first, second}
    assert {finding.check for finding in findings} == {"stores"}


def test_more_than_two_of_a_bucket_are_counted_though_not_named() -> None:
    town = Town()
    together: dict[int, list[str]] = {}
    for n in range(700):
        town.file(f"case-{n}")
        town.handle(f"case-{n}")
        together.setdefault(bucket_of(b"case-%d" % n), []).append(f"case-{n}")
    number, gone = next((number, names[:3]) for number, names in together.items() if len(names) > 2)
    stores = stores_of(town)
    for name in gone:
        del stores["reporting"].subjects[name]
    findings = list(judge(town, stores).findings)
    assert {finding.check for finding in findings} == {"stores"}
    assert all(finding.bucket == f"{number:02x}" and finding.subject is None for finding in findings)
    assert "in 1 of 256 buckets the sums differ" in findings[0].text


def test_a_store_that_is_behind_and_one_that_is_ahead_are_told_apart() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    stores["intake"].subjects["case-1"].applied["routing-cases"] = 4
    stores["reporting"].subjects["case-2"].applied["satisfaction-checks"] = 3
    texts = {one.service: one.text for one in judge(town, stores).findings}
    assert "of routing-cases seq 4 is applied, the topic has 6" in texts["intake"]
    assert "of satisfaction-checks seq 3 is applied, the topic has 1" in texts["reporting"]


def test_an_event_that_a_service_made_and_that_is_on_no_topic_is_named() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    stores["routing"].subjects["case-2"].emitted["routing-cases"] += 1
    (finding,) = judge(town, stores).findings
    assert (finding.service, finding.subject) == ("routing", "case-2")
    assert "of routing-cases it made 8, the topic has 7" in finding.text


def test_a_submission_of_which_intake_told_nothing_is_named_as_a_difference() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    stores["intake"].told.add("s-silent")
    (finding,) = judge(town, stores).findings
    assert (finding.check, finding.service, finding.topic) == ("stores", "intake", "intake-outcomes")


def test_a_store_that_counted_long_ago_is_compared_at_its_positions_and_is_too_old() -> None:
    town = town_of_cases()
    early, ends = stores_of(town), town.ends()
    for n in range(20, 30):
        town.file(f"case-{n}")
        town.handle(f"case-{n}")
    town.answer("case-6")
    stores = {**stores_of(town), "reporting": early["reporting"], "satisfaction": early["satisfaction"]}
    assert found(judge(town, stores)) == []
    stores["reporting"].counted_at = AUDITED - timedelta(hours=27)
    assert found(judge(town, stores)) == [
        ("counts", "reporting counted its store 27 hours ago, expected once a day: `python -m reporting count`.")
    ]
    assert ends != town.ends()


def test_a_service_that_never_counted_is_named() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    del stores["notifications"]
    assert found(judge(town, stores)) == [
        ("counts", "notifications has never counted its store: `python -m notifications count`.")
    ]


def test_what_is_parked_and_what_waits_for_it_is_open_and_no_fault() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    parked = one(town, "routing-cases", "case-1", 4)
    stores["intake"] = store_of(town, "intake", town.ends(), town.ends(), parks=[parked])
    verdict = judge(town, stores)
    assert found(verdict) == []
    assert {still.what: still.count for still in verdict.open}["parked"] == 1
    assert {still.what: still.count for still in verdict.open}["waiting"] >= 2


def test_a_case_of_which_the_first_event_is_parked_is_stored_nowhere_and_no_loss() -> None:
    town = town_of_cases()
    town.file("case-7")
    stores = stores_of(town)
    stores["routing"] = store_of(
        town, "routing", town.ends(), town.ends(), parks=[one(town, "intake-cases", "case-7", 1)]
    )
    assert "case-7" not in stores["routing"].subjects
    assert found(judge(town, stores)) == []


def test_a_gap_that_a_person_accepted_is_open_and_the_rest_of_the_case_is_compared() -> None:
    town = town_of_cases()
    stores = stores_of(town)  # whoever accepts a gap is as far as if nothing were missing
    town.drop(one(town, "routing-cases", "case-1", 3))
    assert [check for check, _ in found(judge(town, stores_of(town)))] == ["sequences"]
    for name in ("intake", "notifications", "satisfaction", "reporting"):
        stores[name].accepted = [AcceptedGap(topic="routing-cases", subject="case-1", seq=3)]
    verdict = judge(town, stores)
    assert found(verdict) == []
    assert [still.count for still in verdict.open if still.what == "gaps-accepted"] == [1, 1, 1, 1]
    stores["intake"].subjects["case-1"].applied["routing-cases"] = 5
    assert ["of routing-cases seq 5 is applied, the topic has 6" in text for _, text in found(judge(town, stores))] == [
        True
    ]


def test_a_store_that_catches_up_has_more_on_its_way_than_it_names_and_that_is_no_fault() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    stores["routing"].subjects["case-6"].emitted["routing-cases"] += 1
    stores["intake"].subjects["case-1"].applied["routing-cases"] = 4
    counts = {name: store.count() for name, store in stores.items()}
    counts["routing"] = counts["routing"].model_copy(update={"unpublished_count": 801})
    counts["intake"] = counts["intake"].model_copy(update={"unsettled_count": 201})
    verdict = judged(town, counts)
    assert found(verdict) == []
    assert [(still.what, still.count) for still in verdict.open if still.what == "not-compared"] == [
        ("not-compared", 1)
    ] * 2
    stuck = Left(count=900, oldest_seconds=301)
    counts["intake"] = counts["intake"].model_copy(update={"waiting": stuck})
    assert [check for check, _ in found(judged(town, counts))] == ["on-the-way"]


def test_what_waits_without_a_cause_is_named_with_its_place() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    told = one(town, "routing-cases", "case-1", 4)
    stores["intake"] = store_of(town, "intake", town.ends(), town.ends(), parks=[told])
    stores["intake"].parked = []
    findings = list(judge(town, stores).findings)
    assert [(one.check, one.service, one.subject) for one in findings] == [("on-the-way", "intake", "case-1")]
    assert (findings[0].topic, findings[0].partition, findings[0].offset) == (
        "routing-cases",
        told.partition,
        told.offset,
    )


def test_an_outbox_that_is_not_published_is_named_after_a_minute_only() -> None:
    town = town_of_cases()
    stores = stores_of(town)
    routing = stores["routing"]
    routing.subjects["case-6"].emitted["routing-cases"] += 1
    seq = routing.subjects["case-6"].emitted["routing-cases"]
    routing.unpublished = [Unpublished(topic="routing-cases", subject="case-6", seq=seq)]
    routing.outbox_seconds = 60
    assert found(judge(town, stores)) == []
    routing.outbox_seconds = 61
    assert found(judge(town, stores)) == [
        ("on-the-way", "routing had 1 messages to publish when it was counted, the oldest for 61 s.")
    ]


def test_events_that_were_on_their_way_at_the_instant_of_the_count_agree_either_way() -> None:
    town = town_of_cases()
    before = town.ends()
    town.answer("case-6")
    town.answer("case-5")
    stores = stores_of(town)
    for seen_of_five in range(4, 8):
        routing = store_of(town, "routing", town.ends(), town.ends())
        routing.before = {place: before[place] for place in routing.after}
        routing.subjects["case-5"].emitted["routing-cases"] = seen_of_five - 1
        assert found(judge(town, {**stores, "routing": routing})) == []
    routing.subjects["case-5"].emitted["routing-cases"] = 2
    assert [check for check, _ in found(judge(town, {**stores, "routing": routing}))] == ["stores"]
