# SPDX-License-Identifier: Apache-2.0
"""Which parts are the text of a mail and which are attached (RFC 8621 §4.1.4).

One difference: a picture, sound or film shown within the text is also an attachment, so that nothing sent is lost.
"""

from dataclasses import dataclass, field

from intake.domain.mail.structure import Part


@dataclass(slots=True)
class Bodies:
    text: list[Part] = field(default_factory=list)
    html: list[Part] = field(default_factory=list)
    attached: list[Part] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part stands: in what kind of multipart, as its first part or not, and what is still looked for."""

    kind: str
    first: bool
    in_alternative: bool = False


def choose_bodies(root: Part) -> Bodies:
    bodies = Bodies()
    if root.is_multipart:
        _read_children(root, bodies, in_alternative=False, wants=_Wants())
    else:
        _place(root, _Place("mixed", first=True), bodies, _Wants())
    return bodies


@dataclass(slots=True)
class _Wants:
    text: bool = True
    html: bool = True


def _read_children(parent: Part, bodies: Bodies, *, in_alternative: bool, wants: _Wants) -> None:
    kind = parent.type.partition("/")[2]
    texts, htmls = len(bodies.text), len(bodies.html)
    inside = in_alternative or kind == "alternative"
    wants = _Wants(wants.text, wants.html)
    for number, child in enumerate(parent.children):
        if child.is_multipart:
            _read_children(child, bodies, in_alternative=inside, wants=wants)
        else:
            _place(child, _Place(kind, number == 0, inside), bodies, wants)
    if kind == "alternative" and wants.text and wants.html:
        _stand_in(bodies, texts, htmls)


def _stand_in(bodies: Bodies, texts: int, htmls: int) -> None:
    """An alternative with one of the two only stands for both."""
    if len(bodies.text) == texts and len(bodies.html) > htmls:
        bodies.text.extend(bodies.html[htmls:])
    elif len(bodies.html) == htmls and len(bodies.text) > texts:
        bodies.html.extend(bodies.text[texts:])


def _place(part: Part, place: _Place, bodies: Bodies, wants: _Wants) -> None:
    if not _is_inline(part, place):
        bodies.attached.append(part)
    elif place.kind == "alternative":
        {"text/plain": bodies.text, "text/html": bodies.html}.get(part.type, bodies.attached).append(part)
    else:
        _place_inline(part, place, bodies, wants)


def _place_inline(part: Part, place: _Place, bodies: Bodies, wants: _Wants) -> None:
    if place.in_alternative and part.type == "text/plain":
        wants.html = False
    if place.in_alternative and part.type == "text/html":
        wants.text = False
    if _is_media(part):
        bodies.attached.append(part)
        return
    if wants.text:
        bodies.text.append(part)
    if wants.html:
        bodies.html.append(part)


def _is_inline(part: Part, place: _Place) -> bool:
    if part.disposition == "attachment" or not (part.type in {"text/plain", "text/html"} or _is_media(part)):
        return False
    return place.first or (place.kind != "related" and (_is_media(part) or not part.file_name))


def _is_media(part: Part) -> bool:
    return part.type.startswith(("image/", "audio/", "video/"))
