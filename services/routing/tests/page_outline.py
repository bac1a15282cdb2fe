# SPDX-License-Identifier: Apache-2.0
"""What a page is made of, for tests that look at it as a browser without scripts does."""

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
        if tag == "form":
            self.actions.append(found.get("action") or "")
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label" and found.get("for"):
            self.labels.append(str(found["for"]))


def token_in(page: str) -> str:
    return page.partition('name="csrf_token" value="')[2].partition('"')[0]
