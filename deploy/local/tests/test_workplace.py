# SPDX-License-Identifier: Apache-2.0
from pathlib import Path

import pytest

from ventanilla_local import workplace as places
from ventanilla_local.house import AlreadyRunningError, only_house
from ventanilla_local.workplace import workplace


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "LOCAL", tmp_path)
    monkeypatch.setattr(places, "FRESH", tmp_path / "infra")
    monkeypatch.delenv(places.FRESH_ELSEWHERE, raising=False)


def test_a_fresh_place_is_gone_at_the_end() -> None:
    with workplace() as place:
        (place / "data").write_text("x", encoding="utf-8")
    assert not place.exists()


def test_a_kept_place_is_found_again() -> None:
    with workplace("run") as place:
        (place / "data").write_text("x", encoding="utf-8")
    with workplace("run") as again:
        assert (again / "data").read_text(encoding="utf-8") == "x"


def test_a_kept_place_serves_one_at_a_time() -> None:
    with workplace("run"), pytest.raises(AlreadyRunningError), workplace("run"):
        pass


def test_what_a_killed_process_left_is_swept_and_what_is_in_use_is_not(tmp_path: Path) -> None:
    left = tmp_path / "infra" / "0123abcd"
    left.mkdir(parents=True)
    (left / "in-use").touch()
    with workplace() as ours, workplace() as theirs:
        assert not left.exists()
        assert ours.exists()
        assert theirs.exists()


def test_a_fresh_place_lies_where_the_environment_says_and_a_kept_one_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(places.FRESH_ELSEWHERE, str(tmp_path / "memory"))
    with workplace() as fresh, workplace("run") as kept:
        assert fresh.parent == tmp_path / "memory"
        assert kept == tmp_path / "run"
    assert not fresh.exists()


def test_memory_is_taken_where_there_is_enough_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "MEMORY", tmp_path)
    monkeypatch.setattr(places, "ENOUGH_BYTES", 0)
    [place] = places.in_memory().values()
    assert Path(place).parent == tmp_path
    monkeypatch.setattr(places, "ENOUGH_BYTES", 1 << 60)
    assert places.in_memory() == {}
    monkeypatch.setattr(places, "MEMORY", tmp_path / "none")
    assert places.in_memory() == {}


def test_one_house_at_a_time(tmp_path: Path) -> None:
    with (
        only_house(tmp_path / "pid"),
        pytest.raises(AlreadyRunningError, match="make stop"),
        only_house(tmp_path / "pid"),
    ):
        pass
    with only_house(tmp_path / "pid"):
        pass
