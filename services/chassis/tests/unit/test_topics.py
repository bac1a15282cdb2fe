# SPDX-License-Identifier: Apache-2.0
"""Topics as the contracts lay them out, before any broker."""

import shutil
from pathlib import Path

import pytest

from chassis.topics import Layout, _drift, layouts, load_topics, topics_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(topics_folder(), tmp_path / "topics")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_every_topic_of_the_contracts_is_loaded_by_name() -> None:
    specs = load_topics()
    assert specs.keys() == {path.stem for path in topics_folder().glob("*.yaml")}
    assert specs["intake-cases"].sequenced
    assert not specs["channel-submissions"].sequenced


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("partitions: 12", "partitions: 6", r"^routing-cases.yaml: .*expected 12"),
        ("producer: routing", "producer: [", r"^routing-cases.yaml: "),
        ("name: routing-cases", "name: routing-files", r"^routing-cases.yaml: is about topic routing-files"),
        ("case-closed.v1", "check-waived.v1", r"routing-cases: check-waived.v1 belongs on satisfaction-checks"),
    ],
)
def test_a_wrong_topic_file_stops_the_load_and_is_named(folder: Path, old: str, new: str, fault: str) -> None:
    edit(folder / "routing-cases.yaml", old, new)
    with pytest.raises(ValueError, match=f"(?s){fault}"):
        load_topics(folder)


def test_every_topic_that_is_applied_has_a_dead_letter_topic_per_consumer() -> None:
    specs = load_topics()
    names = [one.name for one in layouts(specs.values(), prefix="acme-")]
    readers = [(name, consumer) for name, spec in specs.items() for consumer in spec.consumers if spec.dead_letters]
    assert sorted(names) == sorted(
        [f"acme-{name}" for name in specs] + [f"acme-{name}-{consumer}-dlq" for name, consumer in readers]
    )
    assert "acme-intake-audits-reporting-dlq" not in names


def test_a_case_topic_keeps_everything_and_a_dead_letter_has_room_for_its_reason() -> None:
    laid_out = {one.name: one for one in layouts(load_topics().values())}
    case, dead = laid_out["intake-cases"], laid_out["intake-cases-routing-dlq"]
    assert (case.partitions, dead.partitions) == (12, 1)
    assert case.config == {
        "cleanup.policy": "delete",
        "retention.bytes": "-1",
        "retention.ms": "-1",
        "max.message.bytes": "4194304",
        "min.insync.replicas": "1",
    }
    assert int(dead.config["max.message.bytes"]) > int(case.config["max.message.bytes"])
    assert dead.config["retention.ms"] == "2592000000"


@pytest.mark.parametrize(("replicas", "in_sync"), [(1, "1"), (2, "1"), (3, "2"), (5, "4")])
def test_one_replica_may_be_away_and_no_more(replicas: int, in_sync: str) -> None:
    assert {one.config["min.insync.replicas"] for one in layouts(load_topics().values(), "", replicas)} == {in_sync}


def test_what_is_as_laid_out_has_no_drift_and_each_difference_is_named() -> None:
    wanted = Layout("a-b", partitions=2, replicas=1, config={"retention.ms": "-1"})
    partition = {"replicas": [1]}
    assert _drift(wanted, [partition, partition], {"retention.ms": "-1", "else": "x"}) == []
    assert _drift(wanted, [], {}) == ["a-b: is missing"]
    assert _drift(wanted, [{"replicas": [1, 2]}], {"retention.ms": "9"}) == [
        "a-b: partitions is 1, expected 2",
        "a-b: replication factor is 2, expected 1",
        "a-b: retention.ms is 9, expected -1",
    ]
