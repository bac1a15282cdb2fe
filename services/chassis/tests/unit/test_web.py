# SPDX-License-Identifier: Apache-2.0
import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from jinja2 import UndefinedError
from jinja2.environment import Environment

from chassis.i18n import catalogue
from chassis.web.pages import templates

MOMENT = datetime(2026, 3, 3, 2, 30, tzinfo=UTC)


@pytest.fixture
def environment() -> Environment:
    return templates("chassis", catalogue(), ZoneInfo("America/Bogota"))


def shown(environment: Environment, text: str, **context: Any) -> str:
    return environment.from_string(text).render(context).replace("\u202f", " ").replace("\xa0", " ")


@pytest.mark.parametrize(
    ("text", "locale", "expected"),
    [
        ("{{ moment | local_date }}", "es", "2 de marzo de 2026"),
        ("{{ day | local_date('full') }}", "es", "lunes, 2 de marzo de 2026"),
        ("{{ moment | local_date }}", "en", "March 2, 2026"),
        ("{{ moment | local_time }}", "es", "9:30 p. m."),
        ("{{ moment | local_datetime }}", "es", "2 de marzo de 2026, 9:30 p. m."),
        ("{{ t('login.title') }}", "es", "Iniciar sesión"),
        ("{{ t('login.title') }}", "en", "Sign in"),
    ],
)
def test_times_are_local_and_texts_in_the_readers_language(
    environment: Environment, text: str, locale: str, expected: str
) -> None:
    assert shown(environment, text, locale=locale, moment=MOMENT, day=date(2026, 3, 2)) == expected


def test_what_people_wrote_is_escaped(environment: Environment) -> None:
    assert "<script>" not in shown(environment, "{{ said }}{{ t('login.already', name=said) }}", said="<script>")


def test_a_name_that_a_template_does_not_know_is_a_fault(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        shown(environment, "{{ nobody_set_this }}")


async def test_the_layout_needs_no_script_and_nothing_from_elsewhere(make_app: Any, make_client: Any) -> None:
    async with make_client(make_app()) as client:
        page = (await client.get("/nothing", headers={"Accept": "text/html"})).text
        assert "<script" not in page
        assert "style=" not in page
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        style = await client.get("/static/chassis/ventanilla.css")
        assert "url(" not in style.text
        assert style.headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(("language", "tag"), [("es", "es-CO"), ("en", "en")])
async def test_a_page_says_its_language(make_app: Any, make_client: Any, language: str, tag: str) -> None:
    async with make_client(make_app()) as client:
        page = (await client.get("/x", headers={"Accept": "text/html", "Accept-Language": language})).text
        assert f'<html lang="{tag}">' in page
