# SPDX-License-Identifier: Apache-2.0
"""The five services, built without the servers that they need to work."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from chassis.service import Service
from chassis.settings import ServiceSettings, load
from chassis.staff_cli import write_staff
from ventanilla_local.services import ORGANISATION

SERVICES = ("intake", "routing", "notifications", "satisfaction", "reporting")


@contextmanager
def built(name: str, directory: Path) -> Iterator[Service[Any]]:
    """A service, wired to addresses at which nothing listens; ``directory`` takes its staff file."""
    with mock.patch.dict(os.environ, environment(directory)):
        service: Service[Any] = import_module(f"{name}.app").build(load(settings_class(name)))
    try:
        yield service
    finally:
        service.runtime.database.close()


def environment(directory: Path) -> Mapping[str, str]:
    people: list[dict[str, Any]] = yaml.safe_load((files("chassis") / "staff_demo.yaml").read_text("utf-8"))
    write_staff(directory / "staff.yaml", [{**one, "email": f"{one['id']}@example.org"} for one in people])
    return {
        **ORGANISATION,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "MONGODB_URI": "mongodb://127.0.0.1:1",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "FILES_URL": f"file://{directory.resolve()}",
        "STAFF_FILE": str(directory / "staff.yaml"),
        "SIGNING_KEYS": "k" * 32,
        "PUBLIC_URL": "http://127.0.0.1:8101",
    }


def settings_class(name: str) -> type[ServiceSettings]:
    """The settings of a service."""
    module = vars(import_module(f"{name}.settings"))
    found: type[ServiceSettings] = next(one for one in module.values() if _is_of(name, one))
    return found


def _is_of(name: str, one: object) -> bool:
    return isinstance(one, type) and issubclass(one, ServiceSettings) and one.service == name
