# SPDX-License-Identifier: Apache-2.0
"""The bytes of a mail to what the rules need (CNF-01, ICX-01: e-mail)."""

import hashlib
import re
from datetime import datetime

from intake.domain.mail.addresses import Mailbox, mailboxes, message_ids, parse_date
from intake.domain.mail.authentication import authentication_results
from intake.domain.mail.bodies import Bodies, choose_bodies
from intake.domain.mail.charsets import decode
from intake.domain.mail.content_hash import content_hash, unread_hash
from intake.domain.mail.defects import Defect
from intake.domain.mail.headers import Headers
from intake.domain.mail.html import html_to_text
from intake.domain.mail.invitations import Invitation, invitations
from intake.domain.mail.marks import automatic_marks, list_names
from intake.domain.mail.model import Attachment, ParsedMail
from intake.domain.mail.quoting import cut_reply, is_reply
from intake.domain.mail.reports import delivery_report
from intake.domain.mail.structure import MailLimits, Part, split_message
from intake.domain.mail.unpacking import subject_of, unpack

_META_CHARSET = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_DEFAULT_LIMITS = MailLimits()


def parse_mail(raw: bytes, limits: MailLimits = _DEFAULT_LIMITS) -> ParsedMail:
    """Never raises: what cannot be read is a defect, and what nobody foresaw is ``Defect.UNPARSEABLE``.

    LF and CRLF give the same result, save for attachments that are declared ``binary``.
    """
    try:
        return read_mail(raw, limits)
    except Exception:
        # A mail that breaks the parser is held with its bytes: never dropped, never refetched for ever.
        return ParsedMail(content_hash=unread_hash(raw), size=len(raw), defects=(Defect.UNPARSEABLE,))


def read_mail(raw: bytes, limits: MailLimits = _DEFAULT_LIMITS) -> ParsedMail:
    """As ``parse_mail``; an exception is a bug of ours, which tests must see."""
    data = raw if b"\n" in raw else raw.replace(b"\r", b"\n")
    root, defects = split_message(data, limits)
    headers = root.headers
    bodies = choose_bodies(root)
    attached = _attached(bodies, data)
    unpacked = unpack(tuple(_attachment(part, data, defects) for part in attached), limits)
    full_text, html = _texts(bodies, data, defects)
    own_text = _own_text(bodies, data, full_text)
    if not full_text.strip():
        full_text, html = unpacked.text or _forwarded(unpacked.attachments, limits), html or unpacked.html
    subject = headers.text("subject")
    in_reply_to, references = message_ids(headers.first("in-reply-to")), message_ids(headers.first("references"))
    sender = _sender(headers, defects)
    own_words = cut_reply if is_reply(subject, answers_something=bool(in_reply_to or references)) else str
    return ParsedMail(
        content_hash=content_hash(headers, data[root.start :]),
        size=len(raw),
        message_id=next(iter(message_ids(headers.first("message-id"))), None),
        from_address=sender.address,
        from_name=sender.name,
        reply_to=_all_mailboxes(headers, "reply-to"),
        to=_all_mailboxes(headers, "to"),
        cc=_all_mailboxes(headers, "cc"),
        delivered_to=_delivered_to(headers),
        subject=subject,
        date=_date(headers, defects),
        in_reply_to=in_reply_to,
        references=references,
        text=own_words(full_text),
        own_text=own_words(own_text),
        full_text=full_text,
        html=html,
        attachments=unpacked.attachments,
        invitations=_invitations(attached, data),
        automatic=automatic_marks(root),
        lists=list_names(headers),
        authentication=authentication_results(headers),
        report=delivery_report(root, data),
        defects=tuple(sorted(defects)),
    )


def _sender(headers: Headers, defects: set[Defect]) -> Mailbox:
    """The first From with an address, else Sender; a name without an address is still shown."""
    found = [*_all_mailboxes(headers, "from"), *_all_mailboxes(headers, "sender")]
    if sum(1 for _ in headers.all("from")) > 1:
        defects.add(Defect.SEVERAL_SENDERS)
    with_address = (mailbox for mailbox in found if mailbox.address)
    return next(with_address, found[0] if found else Mailbox())


def _all_mailboxes(headers: Headers, name: str) -> tuple[Mailbox, ...]:
    return tuple(mailbox for value in headers.all(name) for mailbox in mailboxes(value))


def _delivered_to(headers: Headers) -> tuple[str, ...]:
    """Which mailbox it reached, as its server noted: with a blind copy the only trace of it."""
    names = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to")
    found = (mailbox.address for name in names for mailbox in _all_mailboxes(headers, name))
    return tuple(dict.fromkeys(address.lower() for address in found if address))


def _date(headers: Headers, defects: set[Defect]) -> datetime | None:
    raw = headers.first("date")
    date = parse_date(raw)
    if raw and date is None:
        defects.add(Defect.BAD_DATE)
    return date


def _texts(bodies: Bodies, data: bytes, defects: set[Defect]) -> tuple[str, str | None]:
    """The text, from HTML where there is no other or it is empty, and the HTML itself."""
    html_parts = [part for part in bodies.html if part.type == "text/html"]
    html = "\n".join(_text_of(part, data, defects) for part in html_parts) if html_parts else None
    pieces = []
    for part in bodies.text:
        text = _text_of(part, data, defects)
        pieces.append(html_to_text(text) if part.type == "text/html" else text)
    text = "\n".join(pieces)
    if not text.strip() and html:
        text = html_to_text(html)
    return text, html


def _text_of(part: Part, data: bytes, defects: set[Defect]) -> str:
    content = _content(part, data, defects)
    declared = part.type_parameters.get("charset")
    if part.type == "text/html" and not declared:
        meta = _META_CHARSET.search(content, 0, 4096)
        declared = meta[1].decode("ascii") if meta else None
    text, as_declared = decode(content, declared or None)
    if not as_declared:
        defects.add(Defect.WRONG_CHARSET)
    return text.replace("\r\n", "\n")


def _content(part: Part, data: bytes, defects: set[Defect]) -> bytes:
    content, defect = part.content(data)
    if defect is not None:
        defects.add(defect)
    return content


def _attached(bodies: Bodies, data: bytes) -> list[Part]:
    """What was attached, and every text that is cut off or garbled: as a file it shows what arrived."""
    texts = {part.start: part for part in [*bodies.text, *bodies.html]}.values()
    return sorted([*bodies.attached, *(part for part in texts if _is_broken(part, data))], key=lambda part: part.start)


def _is_broken(part: Part, data: bytes) -> bool:
    return part.damaged or part.content(data)[1] is Defect.BROKEN_ENCODING


def _own_text(bodies: Bodies, data: bytes, full_text: str) -> str:
    """Without the parts that are attached as well because they are cut off or garbled."""
    text, html = ([part for part in parts if not _is_broken(part, data)] for parts in (bodies.text, bodies.html))
    if len(text) == len(bodies.text) and len(html) == len(bodies.html):
        return full_text
    return _texts(Bodies(text, html), data, set())[0]


def _forwarded(attachments: tuple[Attachment, ...], limits: MailLimits) -> str:
    """Who forwards a mail as a file and writes nothing, says what stands in it."""
    message = next((one.content for one in attachments if one.type == "message/rfc822"), b"")
    root, _ = split_message(message, limits)
    text, _ = _texts(choose_bodies(root), message, set())
    lines = [f"{name}: {said}" for name in ("From", "Date", "Subject") if (said := root.headers.text(name.lower()))]
    return "\n".join([*lines, "", text]) if text.strip() else ""


def _invitations(attached: list[Part], data: bytes) -> tuple[Invitation, ...]:
    """Each once: many calendars send theirs as a part to be shown and as a file."""
    parts = (part for part in attached if part.type in {"text/calendar", "application/ics"})
    found = (
        one
        for part in parts
        for one in invitations(_text_of(part, data, set()), part.type_parameters.get("method", ""))
    )
    return tuple(dict.fromkeys(found))


def _attachment(part: Part, data: bytes, defects: set[Defect]) -> Attachment:
    content = _content(part, data, defects)
    return Attachment(
        name=part.file_name,
        type=part.type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content=content,
        content_id=next(iter(message_ids(part.headers.first("content-id"))), None),
        subject=subject_of(content, part.type),
        inline=part.disposition == "inline" or (not part.disposition and part.type.startswith("image/")),
    )
