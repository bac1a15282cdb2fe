# SPDX-License-Identifier: Apache-2.0
"""Pieces of mails, and everything that is no mail at all."""

import resource
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.domain.mail import Defect, MailLimits, displayable_html, parse_mail
from intake.domain.mail.addresses import Mailbox, mailboxes, message_ids, parse_date
from intake.domain.mail.charsets import decode
from intake.domain.mail.html import html_to_text
from intake.domain.mail.model import Attachment
from intake.domain.mail.parameters import parse_parameters
from intake.domain.mail.parse import read_mail
from intake.domain.mail.transfer import decode_transfer
from intake.domain.mail.words import decode_words

SAMPLES = [path.read_bytes() for path in sorted((Path(__file__).parent.parent / "mails").glob("*.eml"))]
# What breaks parsers: pieces of grammar in the wrong place, charsets that are none, halves of characters.
SHARDS = st.sampled_from(
    [b"\n", b"\r\n", b"\r", b"--", b'"', b"\\", b"=?utf-8?B?", b"?=", b"=?utf-8?Q?=E1?=", b";", b"(", b"<", b"="]
) | st.sampled_from(
    b"boundary=|charset=utf-16|charset=idna|charset=utf-7|charset=zlib|charset=|filename*0*=|name*999=x|utf-8''%|base64"
    b"|Content-Type: multipart/mixed; boundary=x\n\n|message/rfc822|Date: 99 Foo 99999 99:99:99 +9999\n|+2AA-"
    b"|\x00|\xff|\xed\xa0\x80".split(b"|")
)


@st.composite
def damaged_mails(draw: st.DrawFn) -> bytes:
    mail = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(1, 8))):
        position = draw(st.integers(0, len(mail)))
        del mail[position : position + draw(st.integers(0, 40))]
        mail[position:position] = draw(SHARDS | st.binary(max_size=12))
    return bytes(mail)


@settings(max_examples=400, deadline=None)
@given(damaged_mails() | st.binary(max_size=400))
def test_any_bytes_are_read_without_a_raise_and_can_be_stored(raw: bytes) -> None:
    read_mail(raw).model_dump_json(exclude={"attachments": {"__all__": {"content"}}}).encode()


@settings(max_examples=200, deadline=None)
@given(damaged_mails())
def test_a_damaged_mail_is_the_same_with_either_line_end(raw: bytes) -> None:
    lf = raw.replace(b"\r", b"")
    if b"binary" not in lf.lower():
        one, other = read_mail(lf), read_mail(lf.replace(b"\n", b"\r\n"))
        assert one.model_copy(update={"size": 0}) == other.model_copy(update={"size": 0})


def test_a_mail_that_breaks_the_parser_is_known_by_its_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr("intake.domain.mail.parse.split_message", broken)
    one, other = parse_mail(b"From: a@b.example\n\nx"), parse_mail(b"From: a@b.example\n\ny")
    assert one.defects == (Defect.UNPARSEABLE,)
    assert one.content_hash != other.content_hash


def nested(levels: int) -> bytes:
    opening = (b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (level, level) for level in range(levels))
    return b"From: a@b.example\n" + b"".join(opening) + b"\nhola\n"


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        pytest.param(nested(5000), Defect.NESTED_TOO_DEEP, id="nested"),
        pytest.param(b"X-A: b\n" * 10_000 + b"\nhola", Defect.TOO_MANY_HEADERS, id="headers"),
        pytest.param(b"Subject: a" + b"\n b" * 50_000 + b"\n\nhola", Defect.TOO_MANY_HEADERS, id="folding"),
        pytest.param(b"Subject: " + b"a" * 50_000 + b"\n\nhola", Defect.HEADER_TOO_LONG, id="long header"),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\nx\n" * 5000, Defect.TOO_MANY_PARTS, id="parts"
        ),
    ],
)
def test_beyond_the_limits_nothing_is_taken_apart(raw: bytes, defect: Defect) -> None:
    assert defect in parse_mail(raw).defects


def test_the_limits_are_settings() -> None:
    assert Defect.NESTED_TOO_DEEP not in parse_mail(nested(8)).defects
    assert Defect.NESTED_TOO_DEEP in parse_mail(nested(8), MailLimits(depth=4)).defects


def test_a_small_mail_does_not_take_a_gigabyte() -> None:
    """A table whose rows would be padded to their widest cell; slow patterns and deep recursion in the headers."""
    page = b"<table><tr><td>" + b"x" * 100_000 + b"</td></tr>" + b"<tr><td>a</td></tr>" * 5000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    mail = parse_mail(
        b'From: "' + b'\\"' * 20_000 + b"\nTo: " + b"(" * 30_000 + b"\nSubject: " + b"=?a?q?" * 5000 + b"\n"
        b"Content-Type: text/html\n\n" + page
    )
    assert len(mail.text) < 200_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"=?utf-8?q?Petici=C3=B3n?=", "Petición"),
        (b"=?UTF-8?B?UGV0aWNpw7Nu?= urgente", "Petición urgente"),
        (b"=?utf-8?B?YcOxbw==?=", "año"),
        (b"=?utf-8?B?YcOxbw=?=", "año"),
        (b"=?utf-8?B?YcOxbw==?= =?utf-8?B?IGE=?=", "año a"),
        (b"=?utf-8?q?a=?= b", "a b"),
        (b"=?utf-8?q?a=C3?= =?utf-8?q?=B1o?=", "año"),
        (b"=?utf-8?q?a?=\n =?iso-8859-1?q?=F1o?=", "año"),
        (b"=?iso-8859-1*es?q?a=F1o?=", "año"),
        (b"=?utf-8?q?con espacios y_?_signos?=", "con espacios y ? signos"),
        (b"=?utf-8?b?UGV0aWNpw7Nu", "=?utf-8?b?UGV0aWNpw7Nu"),
        (b"=?utf-8?b?UGV0aWNpw7N?=", "Petició"),
        (b"[=?utf-8?q?=C3=B1?=]", "[ñ]"),
        ("Petición".encode(), "Petición"),
        ("Petición".encode("latin-1"), "Petición"),
        (b"uno\r\n\tdos", "uno dos"),
        (b"", ""),
    ],
)
def test_words_of_a_header(raw: bytes, text: str) -> None:
    assert decode_words(raw) == text


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"Ana Rojas <ana@x.example>", [("Ana Rojas", "ana@x.example")]),
        (b'"Rojas, Ana (abogada)" <ana@x.example>', [("Rojas, Ana (abogada)", "ana@x.example")]),
        (b"ana@x.example (Ana)", [("Ana", "ana@x.example")]),
        (b"Ana <ana(su cuenta)@x.example(su servidor)>", [("Ana", "ana@x.example")]),
        (b"<ana@x.example>", [(None, "ana@x.example")]),
        (b"Ana", [("Ana", None)]),
        (b"a@x.example, =?utf-8?q?Luz=2C_=C3=91?= <j@x.example>,", [(None, "a@x.example"), ("Luz, Ñ", "j@x.example")]),
        (b"Equipo: ana@x.example, jose@x.example;", [(None, "ana@x.example"), (None, "jose@x.example")]),
        (b"undisclosed-recipients:;", []),
        (b"=?utf-8?q?Ana_=3Cana=40x=2Eexample=3E?=", [("Ana", "ana@x.example")]),
        (b"Ana <mailto:ana@x.example>", [("Ana", "ana@x.example")]),
        (b'"Ana <ana@x.example>', [('"Ana', "ana@x.example")]),
        (b"Ana < ana @ x.example >", [("Ana", "ana@x.example")]),
        ("Ana <ñandú@correo.example>".encode(), [("Ana", "ñandú@correo.example")]),
        (b"((((", []),
        (b"", []),
    ],
)  # fmt: skip
def test_mailboxes_of_a_header(raw: bytes, expected: list[tuple[str | None, str | None]]) -> None:
    assert mailboxes(raw) == tuple(Mailbox(name=name, address=address) for name, address in expected)


@pytest.mark.parametrize(
    ("raw", "ids"),
    [
        (b"<a@b>", ("a@b",)),
        (b"<a@b> <c@d>\n\t<a@b>", ("a@b", "c@d")),
        (b"a@b", ("a@b",)),
        (b"<a\n b@c>", ("ab@c",)),
        (b"<[x]@[y]>", ("[x]@[y]",)),
        (b"", ()),
    ],
)
def test_ids_of_a_header(raw: bytes, ids: tuple[str, ...]) -> None:
    assert message_ids(raw) == ids


@pytest.mark.parametrize(
    ("raw", "date"),
    [
        (b"Mon, 3 Mar 2025 10:15:00 -0500", datetime(2025, 3, 3, 15, 15, tzinfo=UTC)),
        (b"3 Mar 2025 10:15 -0000 (sin zona)", datetime(2025, 3, 3, 10, 15, tzinfo=UTC)),
        (b"ayer", None),
        (b"Mon, 99 Mar 99999 10:15:00 +9999", None),
        (b"", None),
    ],
)
def test_dates_of_a_header(raw: bytes, date: datetime | None) -> None:
    assert parse_date(raw) == date


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b'attachment; filename="a b.pdf"', "a b.pdf"),
        (b"attachment; filename=a b.pdf", "a b.pdf"),
        (b'attachment; filename="a;b=\\"c\\".pdf"', 'a;b="c".pdf'),
        (b"attachment; filename*=UTF-8''a%C3%B1o.pdf; filename=ano.pdf", "año.pdf"),
        (b"attachment; filename*1*=o.pdf; filename*0*=utf-8''a%C3%B1", "año.pdf"),
        (b"attachment; filename*0=a; filename*1=b.pdf", "ab.pdf"),
        (b"attachment; filename*=a%20b.pdf", "a b.pdf"),
        (b"attachment; filename==?utf-8?q?a=C3=B1o.pdf?=", "año.pdf"),
        (b'attachment; filename="sin fin.pdf', "sin fin.pdf"),
        ("attachment; filename=año.pdf".encode(), "año.pdf"),
        (b"ATTACHMENT ; FILENAME = a.pdf ;", "a.pdf"),
        (b"attachment;;; filename=a.pdf", "a.pdf"),
    ],
)
def test_file_names(raw: bytes, name: str) -> None:
    assert parse_parameters(raw) == ("attachment", {"filename": name})


@pytest.mark.parametrize(
    ("raw", "encoding", "content", "defect"),
    [
        (b"aG9sYQ==", "base64", b"hola", None),
        (b"aG9s\n YQ==\n", " BASE64", b"hola", None),
        (b"aG9sYQ", "base64", b"hola", Defect.REPAIRED_ENCODING),
        (b"aG9sYQ==\naG9sYQ==", "base64", b"holahola", Defect.REPAIRED_ENCODING),
        (b"aG9sYQ== pie de la lista", "base64", b"hola", Defect.REPAIRED_ENCODING),
        ("¡no es base64!".encode(), "base64", "¡no es base64!".encode(), Defect.BROKEN_ENCODING),
        (b"a=C3=B1o=\n s", "quoted-printable", "año s".encode(), None),
        (b"50 = cincuenta =ZZ", "quoted-printable", b"50 = cincuenta =ZZ", None),
        (b"hola", "8bit", b"hola", None),
        (b"hola", "x-nuevo", b"hola", Defect.UNKNOWN_ENCODING),
    ],
)
def test_transfer_encodings(raw: bytes, encoding: str, content: bytes, defect: Defect | None) -> None:
    assert decode_transfer(raw, encoding) == (content, defect)


SPANISH = "Señora: ¿cuándo llegará la petición del año pasado?"


@pytest.mark.parametrize(
    ("data", "declared", "text", "as_declared"),
    [
        (SPANISH.encode(), "utf-8", SPANISH, True),
        (SPANISH.encode("cp1252"), "iso-8859-1", SPANISH, True),
        (b"\x93cita\x94", "ISO-8859-1", "“cita”", True),
        (SPANISH.encode(), "iso-8859-1", SPANISH.encode().decode("cp1252"), True),
        (SPANISH.encode(), None, SPANISH, False),
        (SPANISH.encode("cp1252"), None, SPANISH, False),
        (SPANISH.encode("cp850"), "", SPANISH, False),
        (SPANISH.encode("mac-roman"), "desconocido", SPANISH, False),
        (SPANISH.encode("cp1252"), "utf-8", SPANISH, False),
        (SPANISH.encode("utf-16"), "utf-16", SPANISH, True),
        (SPANISH.encode() + b"\xc3", "utf-8", SPANISH + "\ufffd", False),
        ("Петиция о возврате".encode("koi8-r"), "koi8-r", "Петиция о возврате", True),
        (b"abc", "idna", "abc", True),
        (b"+2AA-", "utf-7", "?", True),
        (b"\xff\xfe\x81", "zlib", "ÿþ\x81", False),
    ],
)  # fmt: skip
def test_charsets(data: bytes, declared: str | None, text: str, as_declared: bool) -> None:
    assert decode(data, declared) == (text, as_declared)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>uno<p>dos", "uno\n\ndos"),
        ("uno<br>dos<div>tres</div>", "uno\ndos\ntres"),
        ("<table><tr><td>Factura</td><td>1024</td></tr><tr><td>Valor</td></tr></table>", "Factura 1024\nValor"),
        ("<ul><li>uno</li><li>dos</li></ul>", "- uno\n- dos"),
        ("<blockquote>antes</blockquote>ahora", "> antes\nahora"),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ("<head><title>no</title></head><style>p{}</style><script>x</script>&iexcl;s&iacute;!", "¡sí!"),
        ("a&nbsp;b\u200b c", "a b c"),
        ("<div>" * 50_000 + "hondo", "hondo"),
        ("", ""),
        ("<!-- nada -->", ""),
        ("<?xml version='1.0' encoding='utf-16'?><p>a</p>", "a"),
    ],
)  # fmt: skip
def test_html_as_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


def test_html_for_the_desk_runs_nothing_and_calls_nobody() -> None:
    html = (
        "<p onclick=x style='background:url(https://espia.example/a)'>hola</p><script>x</script>"
        "<img src='https://espia.example/p.gif'><img src='cid:foto1'><a href='javascript:x'>a</a>"
    )
    shown = displayable_html(html)
    assert shown is not None
    assert "hola" in shown
    assert 'src="cid:foto1"' in shown
    assert not any(word in shown for word in ("espia", "script", "onclick", "style"))


def test_html_too_large_to_be_cleaned_is_shown_as_text_only() -> None:
    assert displayable_html("<b>" * 30_000) is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\factura.pdf", "factura.pdf"),
        ("factura\u202efdp.exe", "factura_fdp.exe"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("..", None),
        (None, None),
    ],
)
def test_a_file_name_offered_for_download_is_harmless(name: str | None, safe: str | None) -> None:
    assert Attachment(name=name, type="text/plain", size=0, sha256="0" * 64, content=b"").safe_name == safe


def test_an_empty_plain_text_gives_way_to_the_html() -> None:
    mail = parse_mail(
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\n\n \n"
        b"--a\nContent-Type: text/html\n\n<p>hola</p>\n--a--\n"
    )
    assert mail.text == "hola"


def test_text_before_a_badly_begun_multipart_is_not_lost() -> None:
    mail = parse_mail(
        b"Content-Type: multipart/alternative; boundary=a\nContent-Type: text/plain\n\nMi queja\n\n--a\n\n--a--\n"
    )
    assert "Mi queja" in mail.text


def test_a_multipart_without_its_boundary_is_shown_whole() -> None:
    mail = parse_mail(b"Content-Type: multipart/mixed; boundary=a\n\nMi queja\n")
    assert mail.text == "Mi queja\n"
    assert mail.defects == (Defect.NO_BOUNDARY,)


def test_a_closing_delimiter_on_the_last_line_of_text_closes() -> None:
    mail = parse_mail(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nMi queja--a--\n")
    assert (mail.text, mail.defects) == ("Mi queja", ())


def test_what_is_cut_off_is_shown_and_is_a_file_and_the_mail_itself_does_not_say_it() -> None:
    mail = parse_mail(b"Content-Type: multipart/mixed; boundary=a\n\n--a\n\nMi queja\n--a\n\ny lo que se cort\n")
    assert (mail.text, mail.own_text) == ("Mi queja\ny lo que se cort\n", "Mi queja")
    assert [one.content for one in mail.attachments] == [b"y lo que se cort\n"]


def test_a_mail_forwarded_as_a_file_is_shown_and_the_mail_itself_says_nothing() -> None:
    mail = parse_mail(b"Content-Type: message/rfc822\n\nFrom: ana@correo.example\n\nMi queja\n")
    assert ("Mi queja" in mail.text, mail.own_text) == (True, "")


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=a\n\n--ab\n\nMi queja\n--a--\n", "Mi queja", id="begins with it"
        ),
        pytest.param(
            b'Content-Type: multipart/mixed; boundary="a"\n\n--a\nContent-Type: multipart/mixed; boundary="a--"\n\n'
            b"--a--\n\nMi queja\n--a----\n",
            "Mi queja",
            id="the end of one is another",
        ),
    ],
)
def test_delimiters_that_only_resemble_the_boundary(raw: bytes, text: str) -> None:
    assert parse_mail(raw).text == text
