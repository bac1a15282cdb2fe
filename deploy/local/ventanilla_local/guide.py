# SPDX-License-Identifier: Apache-2.0
"""What a person at the terminal is told: logins, addresses, and three things to try with a live case."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .addresses import Addresses
from .doors import Filed
from .services import CHANNEL_SYSTEM, House, Login

PAGES = (
    ("citizen form", "intake", "/"),
    ("tracking", "intake", "/track"),
    ("desk", "intake", "/desk"),
    ("workbench", "routing", "/"),
    ("outbox", "notifications", "/"),
    ("call list", "satisfaction", "/"),
    ("dashboard", "reporting", "/"),
)
WHO: dict[str, str] = {
    "desk": "adviser",
    "workbench": "agent",
    "outbox": "agent",
    "call list": "caller",
    "dashboard": "manager",
}
API_DOCS = "/docs"
EVENT_DOCS = "/asyncapi"


def one_per_role(logins: Sequence[Login]) -> list[Login]:
    """The first of each role that a person has."""
    first: dict[str, Login] = {}
    for login in logins:
        if login.role != "channel-system":
            first.setdefault(login.role, login)
    return list(first.values())


def logins(house: House) -> RenderableType:
    """One login per role; they are shown since the machine is this person's own."""
    table = Table.grid(padding=(0, 2))
    for login in one_per_role(house.logins):
        table.add_row(f"  {login.role}", login.email, login.password)
    tokens = [f"  {role} token: {house.login(role).token}" for role in ("agent", "adviser", "channel-system")]
    tokens.append(f"  {CHANNEL_SYSTEM} signs webhooks with: {house.webhook_secret}")
    return Group(
        Text("Logins (invented people, passwords of this machine only)", style="bold"), table, *map(Text, tokens)
    )


def pages(house: House, addresses: Addresses) -> RenderableType:
    """The addresses to open."""
    table = Table.grid(padding=(0, 2))
    for name, service, path in PAGES:
        who = f"as {WHO[name]}" if name in WHO else "open to all"
        table.add_row(f"  {name}", f"{house.url(service)}{path}", Text(who, style="dim"))
    others = ", ".join(str(port) for service, port in house.ports.items() if service != "intake")
    table.add_row("  API docs", f"{house.url('intake')}{API_DOCS}", Text(f"and the same at {others}", style="dim"))
    table.add_row("  events", f"{house.url('intake')}{EVENT_DOCS}", Text("of one service or of all", style="dim"))
    return Group(
        Text("\nOpen", style="bold"),
        table,
        Text(f"  mail that leaves: {mail(addresses)}\n  Kafka: {addresses.kafka} (docs/integrate.md)"),
    )


def mail(addresses: Addresses) -> str:
    """Where what leaves the house can be read."""
    if addresses.mail_api_url:
        return (
            f"curl {addresses.mail_api_url}/api/user/ADDRESS/messages/INBOX/ "
            f"or {addresses.imap_url} with any password, or the outbox"
        )
    return addresses.description.rpartition("sent mail is kept in ")[2] or "at your mail server"


def to_try(house: House, shown: Filed, to_answer: Filed) -> RenderableType:
    """Three things, each with a case that is there."""
    agent, caller = house.login("agent"), house.login("caller")
    deadline = f"{house.url('routing')}/v1/cases/{to_answer.number}/deadline"
    steps = [
        f"1. Follow case {shown.number} as its citizen: {house.url('intake')}/track, code {shown.code}",
        f"2. Answer case {to_answer.number} as {agent.email}: {house.url('routing')}/cases/{to_answer.number}",
        f"   then find its mail in the outbox, and call about it as {caller.email}: {house.url('satisfaction')}/",
        f"3. Ask why a case is due when it is: curl -H 'Authorization: Bearer {agent.token}' {deadline}",
    ]
    return Group(Text("\nTry", style="bold"), *(Text(f"  {step}") for step in steps))
