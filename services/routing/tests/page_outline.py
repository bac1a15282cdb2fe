# SPDX-License-Identifier: Apache-2.0
"""What a page is made of, for tests that look at it as a browser without scripts does."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


class Outline(HTMLParser):
    """Forms by action, and labels that belong to no field."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.actions: list[str] = []
        self.ids: list[str] = []
        self.labels: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form" and found.get("method") != "dialog":
            self.actions.append(found.get("action") or "")
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label" and found.get("for"):
            self.labels.append(str(found["for"]))


def token_in(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]


@dataclass
class Form:
    """What a browser would send of a form as it stands; ``texts`` are the fields in which people type."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)


class Forms(HTMLParser):
    """The forms of a page by action."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, Form] = {}
        self._form: Form | None = None
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form" and said.get("method") != "dialog":
            self._form = self.found.setdefault(said.get("action", ""), Form(said.get("action", "")))
        elif self._form is not None:
            self._in_form(self._form, tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "textarea" and self._form is not None and self._area:
            fields = self._form.fields
            fields[self._area] = fields[self._area].removeprefix("\n")  # as browsers do
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form.fields[self._area] += data

    def _in_form(self, form: Form, tag: str, said: dict[str, str]) -> None:
        name = said.get("name", "")
        if tag == "textarea":
            self._area = name
            form.texts.append(name)
            form.fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option":
            form.choices.setdefault(self._select, []).append(said.get("value", ""))
            if "selected" in said or self._select not in form.fields:
                form.fields[self._select] = said.get("value", "")
        elif tag == "input":
            self._input(form, name, said)

    def _input(self, form: Form, name: str, said: dict[str, str]) -> None:
        kind = said.get("type", "text")
        if kind in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(said.get("value", ""))
            if "checked" in said:
                form.fields[name] = said.get("value", "")
        elif kind != "file":
            form.fields[name] = said.get("value", "")
            if kind in ("text", "email", "search"):
                form.texts.append(name)
            if kind == "date":
                form.days.append(name)
