# SPDX-License-Identifier: Apache-2.0
"""The five services as processes of this machine, on a broker, a database and a mail server that are up."""

import json
import os
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .downloads import ROOT
from .ports import Ports
from .process import DidNotStartError, Server, running

SERVICES = {"intake": 8101, "routing": 8102, "notifications": 8103, "satisfaction": 8104, "reporting": 8105}
"""Each service and the port that it has where it can choose."""

CHANNEL_SYSTEM = "canales-digitales"
"""The one in the invented staff; it may send webhooks."""

ORGANISATION = {
    "ORG_CODE": "CAJA",
    "ORG_NAME": "Caja de Compensación de Ejemplo",
    "ORG_MAIL_DOMAIN": "caja.example",
    "ORG_MAIL_ADDRESS": "servicioalcliente@caja.example",
    "ORG_PHONE": "606 878 1234",
    "ORG_ADDRESSES": "Calle 10 n.º 4-20, Manizales; Carrera 8 n.º 12-05, Chinchiná",
    "ORG_HOURS": "Lunes a viernes, de 8:00 a. m. a 5:00 p. m.",
    "DATA_POLICY_URL": "https://www.caja.example/datos-personales",
}

MEMBERSHIP = ROOT / "services" / "intake" / "intake" / "data" / "membership.yaml"
"""What this organisation checks before somebody becomes a member."""


@dataclass(frozen=True)
class Login:
    """How one invented member of staff gets in."""

    id: str
    name: str
    role: str
    area: str
    email: str
    password: str = field(repr=False)
    token: str = field(repr=False)


@dataclass
class House:
    """The services that are up: their processes, addresses and logins; what the channel system signs webhooks with."""

    servers: dict[str, Server]
    ports: Mapping[str, int]
    logins: list[Login]
    webhook_secret: str = field(default="", repr=False)

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    def login(self, role: str, area: str | None = None) -> Login:
        """Somebody with this role (in this area). Raises LookupError."""
        for login in self.logins:
            if login.role == role and area in (None, login.area):
                return login
        raise LookupError(f"nobody in the staff file is {role} of {area or 'any area'}")


@contextmanager
def house(
    directory: Path,
    infrastructure: Mapping[str, str],
    ports: Ports,
    *,
    prefix: str = "",
    clock: Mapping[str, str] | None = None,
    settings: Mapping[str, str] | None = None,
    own: Mapping[str, Mapping[str, str]] | None = None,
    server: Callable[..., Server] = Server,
    fixed_ports: bool = False,
    create_topics: bool = True,
    names: Collection[str] = tuple(SERVICES),
) -> Iterator[House]:
    """Start the five services (or those of `names`) and stop them at the end; they are ready inside the block.

    `directory` keeps staff file, signing key, files and logs. `prefix` separates topics and databases from others on
    the same servers. `clock` and `settings` are added to every service's environment, `own` to that of the
    service that it names. `server` makes their processes. Raises DidNotStartError.
    """
    directory.mkdir(parents=True, exist_ok=True)
    logins = _staff(directory)
    numbers = {name: ports.take(port if fixed_ports else None) for name, port in SERVICES.items() if name in names}
    webhook_secret = _made_once(directory / "webhook.secret", _new_webhook_secret)
    environment = {
        **os.environ,
        **ORGANISATION,
        **infrastructure,
        **(clock or {}),
        "KAFKA_TOPIC_PREFIX": prefix,
        "FILES_URL": f"file://{(directory / 'files').resolve()}",
        "STAFF_FILE": str(directory / "staff.yaml"),
        "MEMBERSHIP_FILE": str(MEMBERSHIP),
        "SIGNING_KEYS": _made_once(directory / "signing.key", lambda: secrets.token_urlsafe(48)),
        "WEBHOOK_SECRETS": f"{CHANNEL_SYSTEM}={webhook_secret}",
        "PUBLIC_URL": f"http://127.0.0.1:{numbers.get('intake', min(numbers.values()))}",
        **({"FAQ_URL": f"http://127.0.0.1:{numbers['routing']}/faq"} if "routing" in numbers else {}),
        **(settings or {}),
    }
    (directory / "files").mkdir(exist_ok=True)
    servers = {
        name: _server(server, name, port, directory, prefix, {**environment, **(own or {}).get(name, {})})
        for name, port in numbers.items()
    }
    with running(servers), ThreadPoolExecutor(1) as beside:
        # A service waits for its topics by itself: they are created while it starts.
        topics = beside.submit(_chassis, ["topics", "--apply"], environment) if create_topics else None
        for one in servers.values():
            one.launch()
        if topics:
            topics.result()
        for one in servers.values():
            one.wait_until_ready()
        yield House(servers, numbers, logins, webhook_secret)


def _server(
    make: Callable[..., Server], name: str, port: int, directory: Path, prefix: str, environment: Mapping[str, str]
) -> Server:
    own = {**environment, "PORT": str(port), "MONGODB_DATABASE": f"{prefix}{name}"}
    return make(
        name,
        [sys.executable, "-m", name, "serve"],
        directory / f"{name}.log",
        lambda _: answers(f"http://127.0.0.1:{port}/readyz"),
        environment=own,
    )


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own address on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _new_webhook_secret() -> str:
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode('ascii')}"


def _made_once(file: Path, make: Callable[[], str]) -> str:
    """A secret of this house; what was signed with it keeps its worth over a restart."""
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(make(), encoding="ascii")
    return file.read_text(encoding="ascii")


def _staff(directory: Path) -> list[Login]:
    """Invented staff with fresh passwords, made once; the logins are kept beside, for whoever owns the machine."""
    file, logins = directory / "staff.yaml", directory / "logins.json"
    if not logins.exists():
        words = ["staff", "init", "--out", str(file), "--domain", ORGANISATION["ORG_MAIL_DOMAIN"], "--json", "--force"]
        made = _chassis(words, os.environ)
        logins.touch(mode=0o600)
        logins.write_text(made, encoding="utf-8")
    found = json.loads(logins.read_text(encoding="utf-8"))
    names = Login.__dataclass_fields__
    return [Login(**{name: one.get(name) or "" for name in names}) for one in found]


def _chassis(words: list[str], environment: Mapping[str, str]) -> str:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "chassis", *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DidNotStartError(f"python -m chassis {' '.join(words[:2])} failed:\n{done.stderr or done.stdout}")
    return done.stdout
