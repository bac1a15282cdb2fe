# SPDX-License-Identifier: Apache-2.0
"""Fixtures for the tests of the HTTP face."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI
from pydantic import SecretStr

from chassis.settings import ServiceSettings
from chassis.web.http import create_app

MakeApp = Callable[..., FastAPI]
MakeClient = Callable[..., httpx.AsyncClient]


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> ServiceSettings:
    monkeypatch.delenv("CLOCK_FILE", raising=False)
    return ServiceSettings(
        kafka_bootstrap_servers="127.0.0.1:9092",
        mongodb_uri="mongodb://127.0.0.1:27017",
        files_url="file:///tmp/files",
        http_body_limit=2_000_000,
        org_code="CAJA",
        org_name="Caja de Ejemplo",
        org_mail_domain="example.org",
        org_mail_address="ventanilla@example.org",
        staff_file=Path("staff.yaml"),
        signing_keys=(SecretStr("k" * 32),),
        public_url="http://ventanilla.example.org",
    )


@pytest.fixture
def make_app(settings: ServiceSettings) -> MakeApp:
    def make(*routers: APIRouter, **options: Any) -> FastAPI:
        return create_app("Prueba", "1.2.3", routers, settings=settings, package="chassis", **options)

    return make


@pytest.fixture
def make_client() -> MakeClient:
    def make(app: FastAPI, **options: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://desk.test", **options)

    return make
