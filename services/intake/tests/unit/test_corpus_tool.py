# SPDX-License-Identifier: Apache-2.0
"""The comparison with what others read of a mail says where the two differ."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from corpus import Seen, by_parser, compare

READ = Seen("Cuota", "ana@correo.example", "No llegó.", ("a.pdf",))


@pytest.mark.parametrize(
    ("expected", "differs"),
    [
        (READ, []),
        (replace(READ, text="No   lleg\ufffd .\n"), []),
        (replace(READ, subject="Otra"), ["subject"]),
        (replace(READ, sender="luz@correo.example"), ["from"]),
        (replace(READ, text="No"), ["text", "text or more"]),
        (replace(READ, text="No", in_files="llegó."), ["text"]),
        (replace(READ, text="No llegó. Nada"), ["text", "text or more"]),
        (replace(READ, names=("b.pdf",)), ["attachment names"]),
        (replace(READ, names=()), ["attachment names", "attachment count"]),
    ],
)
def test_what_differs(expected: Seen, differs: list[str]) -> None:
    assert list(READ.differences(expected)) == differs


def test_a_directory_is_counted_and_a_mail_that_raises_is_told(tmp_path: Path) -> None:
    header = {"name": "subject", "value": {"Text": "Cuota"}}
    parts = [{"headers": [header], "body": {"Text": "Otra cosa"}}]
    for name in ("uno", "dos"):
        (tmp_path / f"{name}.eml").write_bytes(b"Subject: Cuota\n\nNo.\n")
    (tmp_path / "uno.json").write_text(json.dumps({"parts": parts, "text_body": [0], "attachments": []}))
    said: list[str] = []
    tally = compare(tmp_path, by_parser, said.append)
    assert (tally.mails, tally.compared, tally.failed, dict(tally.differing)) == (
        2,
        1,
        0,
        {"text": 1, "text or more": 1},
    )

    def breaks(_: bytes) -> Seen:
        raise ValueError("kaputt")

    assert compare(tmp_path, breaks, said.append).failed == 2
    assert said[-1] == "uno.eml: ValueError: kaputt"
