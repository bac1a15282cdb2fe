# SPDX-License-Identifier: Apache-2.0
"""HTML of strangers: as text to work with, and cleaned to be shown.

Walked with lxml rather than inscriptis: measured, that one pads every row of a table to the widest cell (a mail of
195 kB became 1.4 GB) and silently loses what lies more than 250 elements deep.
"""

import html as entities
import re
from dataclasses import dataclass, field
from typing import Final

import nh3
from lxml import etree  # type: ignore[import-untyped]

_SILENT = frozenset({"head", "script", "style", "title", "template", "svg", "object"})
_LINE = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "div", "dl", "dt", "fieldset"}
    | {"figcaption", "figure", "footer", "form", "header", "hr", "legend", "li", "main", "nav", "ol", "section"}
    | {"table", "tbody", "tfoot", "thead", "tr", "ul"}
)
_PARAGRAPH = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"})
_TAG: Final = re.compile(r"<[^<>]*>")
_SPACES: Final = re.compile(r"[ \t\r\n\f\u00a0\u200b]+")
_LONGEST_READ = 2_000_000
_MOST_ELEMENTS_READ = 100_000
_MOST_ELEMENTS_SHOWN = 20_000
_LONGEST_SHOWN = 500_000


@dataclass(slots=True)
class _Page:
    """Lines of text; ``quoted`` counts the blockquotes around, shown as ``> `` so that replies can be cut."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    quoted: int = 0
    silent: int = 0
    preformatted: int = 0

    def write(self, text: str | None) -> None:
        if not text or self.silent:
            return
        if not self.preformatted:
            self.line.append(_SPACES.sub(" ", text))
            return
        first, *others = text.split("\n")
        self.line.append(first)
        for other in others:
            self.end_line(blank=True)
            self.line.append(other)

    def end_line(self, *, blank: bool = False) -> None:
        text = "".join(self.line)
        text = text.rstrip() if self.preformatted else re.sub(r" {2,}", " ", text).strip()
        self.line.clear()
        if text or blank:
            self.lines.append(f"{'> ' * min(self.quoted, 5)}{text}".rstrip())

    def open(self, tag: str) -> None:
        self.silent += tag in _SILENT
        if tag == "br":
            self.end_line(blank=True)
        elif tag in _LINE or tag in _PARAGRAPH:
            self.end_line()
            self.quoted += tag == "blockquote"
            self.preformatted += tag == "pre"
            if tag == "li":
                self.line.append("- ")
        elif tag in {"td", "th"}:
            self.line.append(" ")

    def close(self, tag: str) -> None:
        self.silent -= tag in _SILENT
        if tag in _LINE or tag in _PARAGRAPH:
            self.end_line()
            self.quoted -= tag == "blockquote"
            self.preformatted -= tag == "pre"
        if tag in _PARAGRAPH:
            self.end_line(blank=True)


def html_to_text(html: str) -> str:
    """What a person reads, line by line; linear in time and memory. Unreadable HTML loses its tags and nothing else."""
    if len(html) > _LONGEST_READ or html.count("<") > _MOST_ELEMENTS_READ:
        return _without_tags(html)
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, recover=True, remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        root = etree.fromstring(html.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        root = None
    text = _read(root) if root is not None else ""
    return text or _without_tags(html)


def _read(root: "etree._Element") -> str:
    page = _Page()
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if event == "start":
            page.open(tag)
            page.write(element.text)
        else:
            page.close(tag)
            page.write(element.tail)
    page.end_line()
    return re.sub(r"\n{3,}", "\n\n", "\n".join(page.lines)).strip()


def _without_tags(html: str) -> str:
    """For HTML nested deeper than any parser goes, or longer than any person writes."""
    return _SPACES.sub(" ", entities.unescape(_TAG.sub(" ", html))).strip()


def displayable_html(html: str) -> str | None:
    """HTML for the desk: no script, no style, no remote image; None where only the text should be shown.

    Pictures that came with the mail keep their ``cid:`` source for the desk to resolve.
    """
    if len(html) > _LONGEST_SHOWN or html.count("<") > _MOST_ELEMENTS_SHOWN:
        return None
    return nh3.clean(
        html,
        attribute_filter=_own_pictures_only,
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        clean_content_tags={"script", "style", "title"},
        link_rel="noopener noreferrer nofollow",
    )


def _own_pictures_only(_tag: str, attribute: str, value: str) -> str | None:
    if attribute in {"src", "background", "poster", "srcset"} and not value.lower().startswith("cid:"):
        return None
    return value
