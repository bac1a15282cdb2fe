# SPDX-License-Identifier: Apache-2.0
"""A citizen's mail as it comes over the wire (RFC 5322), and a PDF of one line to go with it."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from .sample import Attachment, Sample

BOUNDARY = "ventanilla-sample"
"""The same bytes at every attempt: other bytes under the same Message-ID would be another mail."""


def mail(sample: Sample, to: str, message_id: str, at: datetime) -> bytes:
    """The sample as a mail, its attachment beside the text."""
    person = sample.form.person
    user, _, domain = (person.email or "").partition("@")
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(person.name or "", user, domain)
    message["To"] = to
    message["Subject"] = sample.form.subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    message.set_content(sample.form.text)
    if sample.attachment:
        message.add_attachment(
            pdf(sample.attachment.title), maintype="application", subtype="pdf", filename=sample.attachment.name
        )
        message.set_boundary(BOUNDARY)
    return message.as_bytes()


def upload(attachment: Attachment) -> tuple[str, bytes, str]:
    """Name, content and type, as a multipart form wants them."""
    return attachment.name, pdf(attachment.title), "application/pdf"


def pdf(line: str) -> bytes:
    """A page with one line, in the PDF that every reader takes."""
    shown = line.encode("cp1252", "replace").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    stream = b"BT /F1 14 Tf 60 760 Td (" + shown + b") Tj ET"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(out)
