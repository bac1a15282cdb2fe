# SPDX-License-Identifier: Apache-2.0
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.i18n import assert_catalogues_agree, catalogue, choose_locale, disagreements, t

MakePackage = Callable[..., str]


@pytest.fixture
def make_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> MakePackage:
    monkeypatch.syspath_prepend(str(tmp_path))

    def make(es: str, en: str, template: str = "") -> str:
        name = f"package_{abs(hash(request.node.name))}"
        (tmp_path / name / "locale").mkdir(parents=True)
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "locale" / "es.yaml").write_text(es, "utf-8")
        (tmp_path / name / "locale" / "en.yaml").write_text(en, "utf-8")
        (tmp_path / name / "page.html").write_text(template, "utf-8")
        sys.modules.pop(name, None)
        return name

    return make


def test_the_chassis_speaks_both_languages_alike() -> None:
    assert_catalogues_agree("chassis")


def test_a_text_takes_its_values_in_either_language() -> None:
    assert t("login.already", name="Ana") == "Ya inició sesión como Ana. Puede entrar con otra cuenta."
    assert t("login.already", "en", name="Ana").startswith("You are signed in as Ana")


def test_a_text_missing_in_english_is_given_in_spanish(make_package: MakePackage) -> None:
    texts = catalogue(make_package('a: {b: "hola"}', "{}"))
    assert texts.t("a.b", "en") == "hola"


def test_a_key_that_nobody_has_is_given_back() -> None:
    assert t("no.such.key") == "no.such.key"


def test_a_value_that_was_not_given_stays_visible() -> None:
    assert "{name}" in t("login.already")


def test_a_package_may_replace_a_text_of_the_chassis(make_package: MakePackage) -> None:
    texts = catalogue(make_package('login: {title: "Entre"}', 'login: {title: "Enter"}'))
    assert texts.t("login.title") == "Entre"
    assert texts.t("login.email") == "Correo electrónico"


@pytest.mark.parametrize(
    ("es", "en", "template", "fault"),
    [
        ('{a: "x", b: "y"}', '{a: "x"}', "", "only in one locale: b"),
        ('{a: " "}', '{a: "x"}', "", "empty: a"),
        ('{a: "hola {name}"}', '{a: "hello"}', "", "not the same values: a"),
        ('{a: "x"}', '{a: "x"}', '{{ t("b.c") }}', "asked for by a template: b.c"),
    ],
)
def test_catalogues_that_disagree_are_found(
    make_package: MakePackage, es: str, en: str, template: str, fault: str
) -> None:
    package = make_package(es, en, template)
    assert disagreements(package) == [fault]
    with pytest.raises(AssertionError, match=fault):
        assert_catalogues_agree(package)


def test_a_file_that_is_no_catalogue_is_refused(make_package: MakePackage) -> None:
    with pytest.raises(ValueError, match=r"es\.yaml: a must be a text"):
        catalogue(make_package("a: [1]", "{}"))


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        (None, "es"),
        ("", "es"),
        ("en", "en"),
        ("en-GB,es;q=0.8", "en"),
        ("en;q=0.5, es-CO", "es"),
        ("fr, de;q=0.9", "es"),
        ("fr, en;q=0.1", "en"),
        ("en;q=0", "es"),
        ("en;q=much,,;", "es"),
    ],
)
def test_the_reader_gets_the_language_they_like_best(header: str | None, locale: str) -> None:
    assert choose_locale(header) == locale
