# SPDX-License-Identifier: Apache-2.0
"""Where broker, database and mail server come from (design §7). Standard library only: `make doctor` asks it too."""

from __future__ import annotations

from collections.abc import Mapping

from ventanilla_local.machine import OLDEST_JAVA, Machine

KINDS = ("env", "docker", "local", "embedded")
DATA_ADDRESSES = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")
MAIL_ADDRESSES = ("SMTP_URL", "IMAP_URL")


class NoWayError(RuntimeError):
    """No broker and database can be had as asked; the message says what would help."""


def choose(asked: str, purpose: str, environment: Mapping[str, str], machine: Machine, *, mail: bool = True) -> str:
    """The first of KINDS that can be had, or `asked` (INFRA) if that can. `purpose` is run, demo or test."""
    if asked:
        return _as_asked(asked, purpose, environment, machine, mail=mail)
    _refuse_half_an_environment(environment, mail=mail)
    kinds = KINDS if purpose == "run" else KINDS[:-1]
    lacks = {kind: lacking(kind, environment, machine, mail=mail) for kind in kinds}
    for kind, missing in lacks.items():
        if not missing:
            return kind
    ways = "\n".join(f"  INFRA={kind} needs {' and '.join(missing)}" for kind, missing in lacks.items())
    raise NoWayError(f"No broker and database for `make {purpose}`. One of these would do:\n{ways}")


def lacking(kind: str, environment: Mapping[str, str], machine: Machine, *, mail: bool = True) -> list[str]:
    """What stands in the way of `kind`, in words; nothing if it can be had."""
    if kind == "env":
        missing = _missing_addresses(environment, mail=mail)
        return [f"{', '.join(missing)} in the environment"] if missing else []
    if kind == "docker":
        return [] if machine.docker else ["a Docker engine that answers `docker info`"]
    java = java_needs(machine) if kind == "local" else []
    return [*java, *mongod_needs(machine)]


def java_needs(machine: Machine) -> list[str]:
    needs = []
    if not machine.java_fits:
        found = f" (here is {machine.java})" if machine.java else ""
        needs.append(f"Java {OLDEST_JAVA} or newer{found} (apt-get install openjdk-17-jre-headless, or a newer one)")
    if not machine.maven:
        needs.append("Maven (apt-get install maven)")
    return needs


def mongod_needs(machine: Machine) -> list[str]:
    needs = []
    if not machine.mongod_platform:
        needs.append("Linux on x86-64 with glibc 2.34 or newer, for mongod")
    if machine.mongod_packages:
        needs.append(f"mongod's libraries (apt-get install {' '.join(machine.mongod_packages)})")
    return needs


def _as_asked(asked: str, purpose: str, environment: Mapping[str, str], machine: Machine, *, mail: bool) -> str:
    if asked not in KINDS:
        raise NoWayError(f"INFRA={asked} is unknown: it is one of {', '.join(KINDS)}")
    if asked == "embedded" and purpose != "run":
        raise NoWayError("INFRA=embedded is for `make run` only: its broker forgets everything and drops old records")
    if missing := lacking(asked, environment, machine, mail=mail):
        raise NoWayError(f"INFRA={asked} needs {' and '.join(missing)}")
    return asked


def _refuse_half_an_environment(environment: Mapping[str, str], *, mail: bool) -> None:
    if not any(environment.get(name) for name in DATA_ADDRESSES):
        return
    if missing := _missing_addresses(environment, mail=mail):
        raise NoWayError(
            f"The environment gives some addresses but not {' and '.join(missing)}: "
            f"give all, or none, or say INFRA={'|'.join(KINDS[1:])}"
        )


def _missing_addresses(environment: Mapping[str, str], *, mail: bool) -> list[str]:
    wanted = DATA_ADDRESSES + MAIL_ADDRESSES if mail else DATA_ADDRESSES
    return [name for name in wanted if not environment.get(name)]
