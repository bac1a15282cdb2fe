# SPDX-License-Identifier: Apache-2.0
import socket
from pathlib import Path

import pytest

from ventanilla_local import ports
from ventanilla_local.ports import CANDIDATES, claimed_ports, kept_ports


def test_two_infrastructures_never_get_the_same_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "CANDIDATES", range(21_000, 21_040))
    with claimed_ports() as ours, claimed_ports() as theirs:
        taken = [claims.take() for _ in range(5) for claims in (ours, theirs)]
    assert len(set(taken)) == len(taken)


def test_a_port_on_which_somebody_listens_is_not_taken() -> None:
    with claimed_ports() as ours, socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        busy = listener.getsockname()[1]
        assert ours.take(busy) != busy


def test_ports_lie_below_those_of_outgoing_connections() -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    assert lowest >= CANDIDATES.stop


def test_a_kept_house_gets_its_ports_again(tmp_path: Path) -> None:
    with claimed_ports() as first:
        before = kept_ports(first, tmp_path / "ports.json", ["broker", "database"])
    with claimed_ports() as second:
        assert kept_ports(second, tmp_path / "ports.json", ["broker", "database"]) == before


def test_it_says_when_no_port_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "CANDIDATES", range(21_000, 21_000))
    with claimed_ports() as ours, pytest.raises(RuntimeError, match="no free port"):
        ours.take()
