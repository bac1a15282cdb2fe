# SPDX-License-Identifier: Apache-2.0
"""`python -m chassis staff …`: passwords, tokens, checking a staff file, and writing one for a demonstration."""

import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
import yaml

from chassis.passwords import hash_password, hash_token, new_password, new_token
from chassis.staff import Role, load_staff

staff_app = typer.Typer(no_args_is_help=True, help="The staff file.")


@dataclass(frozen=True)
class Login:
    """What a member needs to come in; shown once, never stored."""

    id: str
    role: str
    area: str
    email: str
    password: str
    token: str


@staff_app.command("hash")
def hash_one(
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Ask for a password and print its hash, for `password_hash`."""
    typer.echo(hash_password(password))


@staff_app.command()
def token() -> None:
    """Print a new access token and its hash, for `token_hashes`."""
    fresh = new_token()
    typer.echo(f"token {fresh}\nhash  {hash_token(fresh)}")


@staff_app.command()
def check(file: Annotated[Path, typer.Argument(help="the staff file")]) -> None:
    """Say whether a staff file can be used, and what is wrong with it."""
    typer.echo(f"{file}: {len(load_staff(file).members)} members")


@staff_app.command()
def init(
    out: Annotated[Path, typer.Option(help="where to write the file")],
    domain: Annotated[str, typer.Option(help="domain of the e-mail addresses")] = "example.org",
    as_json: Annotated[bool, typer.Option("--json", help="print all logins as JSON instead of one per role")] = False,
    force: Annotated[bool, typer.Option(help="replace the file")] = False,
) -> None:
    """Write a staff file with invented people of all roles, and print how to log in. Passwords are shown only now."""
    if out.exists() and not force:
        typer.echo(f"{out} exists: name another file or say --force", err=True)
        raise typer.Exit(2)
    members, logins = demonstration(domain)
    write_staff(out, members)
    typer.echo(json.dumps([asdict(login) for login in logins]) if as_json else _table(logins))


def demonstration(domain: str) -> tuple[list[dict[str, Any]], list[Login]]:
    """Invented members as they stand in a staff file, and how each comes in."""
    people: list[dict[str, Any]] = yaml.safe_load((files("chassis") / "staff_demo.yaml").read_text("utf-8"))
    logins = [
        Login(
            id=person["id"],
            role=person["roles"][0],
            area=person.get("area", ""),
            email=f"{person['id'].replace('-', '.')}@{domain}",
            password=new_password(),
            token=new_token(),
        )
        for person in people
    ]
    return [_member(person, login) for person, login in zip(people, logins, strict=True)], logins


def write_staff(out: Path, members: list[dict[str, Any]]) -> None:
    """The file, readable by its owner only."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.touch(mode=0o600)
    text = yaml.safe_dump({"version": 1, "members": members}, allow_unicode=True, sort_keys=False, width=120)
    out.write_text(f"# Written by: python -m chassis staff init. Invented people.\n{text}", "utf-8")


def _member(person: dict[str, Any], login: Login) -> dict[str, Any]:
    hashes = {"password_hash": hash_password(login.password), "token_hashes": [hash_token(login.token)]}
    return {**person, "email": login.email, **hashes}


def _table(logins: list[Login]) -> str:
    first = {role: next(login for login in logins if login.role == role) for role in get_args(Role)}
    rows = [("role", "e-mail", "password", "token")]
    rows += [(role, login.email, login.password, login.token) for role, login in first.items()]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    aligned = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in rows]
    return "\n".join("  ".join(row).rstrip() for row in aligned)
