# SPDX-License-Identifier: Apache-2.0
"""What people read: texts by key from `locale/es.yaml` and `locale/en.yaml` of a package, Spanish first."""

import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter

from chassis.yaml_text import read_yaml

LOCALES = ("es", "en")
DEFAULT_LOCALE = "es"
_OWN_PACKAGE = "chassis"
_KEY_IN_TEMPLATE = re.compile(r"""\bt\(\s*["']([\w.-]+)["']""")

Texts = Mapping[str, str]


class Catalogue:
    """The texts of some packages; where two have a key, the first package's text holds."""

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        self._texts = texts

    def t(self, key: str, locale: str = DEFAULT_LOCALE, /, **values: object) -> str:
        """The text in this locale, else in Spanish, else the key itself; `{name}` in it becomes that value."""
        text = self.find(key, locale)
        return key if text is None else text.format_map(_Values(values))

    def find(self, key: str, locale: str = DEFAULT_LOCALE) -> str | None:
        """The text as it was written, in this locale or in Spanish; None if there is none."""
        return self._texts.get(locale, {}).get(key) or self._texts[DEFAULT_LOCALE].get(key)

    def keys(self) -> set[str]:
        return set(self._texts[DEFAULT_LOCALE])


class _Values(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "{" + name + "}"


@lru_cache(maxsize=32)
def catalogue(*packages: str) -> Catalogue:
    """The catalogue of these packages, with the chassis's texts behind theirs. ValueError where a file is none."""
    order = [*packages, *([] if _OWN_PACKAGE in packages else [_OWN_PACKAGE])]
    return Catalogue(
        {
            locale: {k: v for package in reversed(order) for k, v in read_texts(package, locale).items()}
            for locale in LOCALES
        }
    )


def t(key: str, locale: str = DEFAULT_LOCALE, /, **values: object) -> str:
    """A text of the chassis itself."""
    return catalogue(_OWN_PACKAGE).t(key, locale, **values)


def choose_locale(accept_language: str | None) -> str:
    """The locale of ours that an Accept-Language header likes best; Spanish where it names none."""
    liked = sorted((_weighed(part) for part in (accept_language or "").split(",")), key=lambda one: -one[1])
    return next((name for name, weight in liked if weight > 0 and name in LOCALES), DEFAULT_LOCALE)


def _weighed(part: str) -> tuple[str, float]:
    name, _, weight = part.strip().partition(";q=")
    try:
        return name.partition("-")[0].lower(), float(weight or 1)
    except ValueError:
        return "", 0.0


def read_texts(package: str, locale: str) -> dict[str, str]:
    """The texts of one file, nested keys joined by dots; empty where the package has no such file."""
    file = files(package) / "locale" / f"{locale}.yaml"
    if not file.is_file():
        return {}
    return dict(_flat("", read_yaml(file.read_text("utf-8")), f"{package} {file.name}"))


def _flat(key: str, node: object, where: str) -> list[tuple[str, str]]:
    if isinstance(node, str):
        return [(key, node)]
    if isinstance(node, dict):
        return [pair for name, inner in node.items() for pair in _flat(f"{key}.{name}".lstrip("."), inner, where)]
    message = f"{where}: {key or 'the file'} must be a text in quotes or a mapping"
    raise ValueError(message)  # the file is at fault, not a caller


def assert_catalogues_agree(package: str) -> None:
    """Test helper: AssertionError with what is missing, empty or different between the locales of a package."""
    if faults := disagreements(package):
        raise AssertionError("\n".join(faults))


def disagreements(package: str) -> list[str]:
    """Where the locales differ in keys or values, where a text is empty, and what templates ask for in vain."""
    es, en = read_texts(package, "es"), read_texts(package, "en")
    both = sorted(set(es) & set(en))
    return [
        *[f"only in one locale: {key}" for key in sorted(set(es) ^ set(en))],
        *[f"empty: {key}" for key in both if not (es[key].strip() and en[key].strip())],
        *[f"not the same values: {key}" for key in both if _names_in(es[key]) != _names_in(en[key])],
        *[f"asked for by a template: {key}" for key in sorted(_keys_of_templates(package) - catalogue(package).keys())],
    ]


def _names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _keys_of_templates(package: str) -> set[str]:
    return {key for text in _template_texts(files(package)) for key in _KEY_IN_TEMPLATE.findall(text)}


def _template_texts(directory: Traversable) -> list[str]:
    texts: list[str] = []
    for entry in directory.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            texts += _template_texts(entry)
        elif entry.name.endswith((".html", ".j2", ".txt.jinja")):
            texts.append(entry.read_text("utf-8"))
    return texts
