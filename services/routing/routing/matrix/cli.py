# SPDX-License-Identifier: Apache-2.0
"""`python -m routing matrix check | export | import | versions | simulate` (docs/routing.md)."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn, TypeVar

import typer

from chassis.clock import clock_from
from chassis.mongo import Database, Unavailable
from chassis.settings import load
from chassis.staff import load_staff
from chassis.yaml_file import YamlFile, or_exit
from routing.domain.matrix.file import MatrixFile
from routing.domain.matrix.versions import OpenCases, VersionHead, in_force
from routing.matrix.putting import NotReplaced, Order, Putting
from routing.matrix.rules import Rules, faults_in
from routing.matrix.simulating import Simulating, Simulation
from routing.matrix.simulation_lines import simulation_lines
from routing.matrix.store import MatrixStore, VersionExists
from routing.organisation.policy_files import (
    checked_matrix,
    house_of,
    read_classification,
    read_policy,
)
from routing.settings import RoutingSettings
from ventanilla_contracts.envelope import Actor

T = TypeVar("T")
File = Annotated[Path, typer.Argument(help="a matrix.yaml")]
Version = Annotated[str | None, typer.Option(help="a former version; left out: the one in force")]

matrix = typer.Typer(no_args_is_help=True, help="the escalation matrix and its versions (ICX-02)")


@matrix.command()
def check(file: File) -> None:
    """Say everything that is wrong with a matrix, each with line and cure; needs no database."""
    found, _ = _checked(file, load(RoutingSettings))
    print(
        f"{file}: version {found.version} can be used: {len(found.areas)} areas, {len(found.rules)} rules, "
        f"{len(found.levels)} levels, {len(found.absences)} absences"
    )


@matrix.command()
def export(version: Version = None) -> None:
    """Print a version as YAML, to be edited and imported again."""

    async def read(putting: Putting) -> str:
        heads = await putting.store.heads()
        name = version or (in_force(heads[::-1], putting.clock.now()).version if heads else "")
        found = await putting.store.by_version(name)
        return found.text if found else _fail(f"--version {name}: there is none by that name")

    print(_with_store(read), end="")


@matrix.command("import")
def import_(
    file: File,
    by: Annotated[str, typer.Option(help="staff id of whoever decided it")],
    note: Annotated[str, typer.Option(help="why, in a sentence")],
    open_cases: Annotated[str, typer.Option(help="keep or take: what becomes of cases that are open")] = "keep",
    from_: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%dT%H:%M:%S%z"], help="when it comes into force; left out: now"),
    ] = None,
    replaces: Annotated[str | None, typer.Option(help="only if this version is the one in force")] = None,
) -> None:
    """Put a version in force, without a restart."""
    settings = load(RoutingSettings)
    found, text = _checked(file, settings)
    if load_staff(settings.staff_file).by_id(by) is None:
        _fail(f"--by {by}: is not in the staff file")
    if open_cases not in ("keep", "take"):
        _fail(f"--open-cases {open_cases}: expected keep or take")
    chosen: OpenCases = "take" if open_cases == "take" else "keep"
    order = Order(Actor(id=by, role="operator"), note, chosen, from_, replaces)

    async def put(putting: Putting) -> str:
        try:
            done = await putting.put(found, text, order)
        except VersionExists:
            _fail(f"{file}: there is a version {found.version} that says something else; give this one a new name")
        if isinstance(done, NotReplaced):
            _fail(f"--replaces {replaces}: {done.in_force.version} is in force, by {done.in_force.by.id}")
        return f"version {done.version}, number {done.number}, in force from {done.in_force_from.isoformat()}"

    print(_with_store(put))


@matrix.command()
def versions() -> None:
    """Every version: who put it in force, when and why, the last one first."""

    async def read(putting: Putting) -> list[str]:
        heads = await putting.store.heads()
        now = in_force(heads[::-1], putting.clock.now()).number if heads else 0
        return [_line(head, in_force=head.number == now) for head in heads]

    print("\n".join(_with_store(read)))


def _line(head: VersionHead, *, in_force: bool) -> str:
    since = head.in_force_from.isoformat(timespec="seconds")
    mark = "*" if in_force else " "
    return (
        f"{mark} {head.number:>4}  {head.version:<20} {since}  {head.by.id}  open cases {head.open_cases}  {head.note}"
    )


@matrix.command()
def simulate(
    file: File,
    since: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%dT%H:%M:%S%z"], help="cases received since then; left out: a year"),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--to", formats=["%Y-%m-%dT%H:%M:%S%z"], help="cases received before then; left out: now"),
    ] = None,
) -> None:
    """Say what a changed matrix would have made of the past cases; nothing changes."""
    settings = load(RoutingSettings)
    found, _ = _checked(file, settings)
    policy, first = or_exit(lambda: read_policy(settings, load_staff(settings.staff_file)))

    async def run(putting: Putting, database: Database) -> Simulation:
        rules = Rules(policy, first, faults_in(policy))
        rules.store, rules.clock = putting.store, putting.clock
        await rules.refresh()
        return await Simulating(database, rules, putting.clock).run(found, since, until)

    print("\n".join(simulation_lines(_with_database(run))))


def _checked(path: Path, settings: RoutingSettings) -> tuple[MatrixFile, str]:
    """The matrix of a file, with its text; else its faults on stderr, and exit 2."""
    staff = load_staff(settings.staff_file)
    classification = or_exit(lambda: read_classification(settings.classification_file))
    file = or_exit(lambda: YamlFile.read(path, "FILE"))
    return or_exit(lambda: checked_matrix(file, classification, house_of(staff))), path.read_text("utf-8")


def _with_store(work: Callable[[Putting], Awaitable[T]]) -> T:
    return _with_database(lambda putting, _: work(putting))


def _with_database(work: Callable[[Putting, Database], Awaitable[T]]) -> T:
    settings = load(RoutingSettings)
    classification = or_exit(lambda: read_classification(settings.classification_file))

    async def run() -> T:
        database = Database(settings.mongodb_uri, settings.database)
        house = house_of(load_staff(settings.staff_file))
        try:
            return await work(Putting(MatrixStore(database), classification, house, clock_from(settings)), database)
        finally:
            database.close()

    try:
        return asyncio.run(run())
    except Unavailable:
        _fail("MONGODB_URI: the database does not answer")


def _fail(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
