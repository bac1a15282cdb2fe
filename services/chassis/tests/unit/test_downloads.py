# SPDX-License-Identifier: Apache-2.0
"""The name under which a file is offered."""

from collections.abc import AsyncIterator

import pytest

from chassis.web.downloads import download


async def nothing() -> AsyncIterator[bytes]:
    yield b""


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("recibo.pdf", 'attachment; filename="recibo.pdf"'),
        ("petición ñ.pdf", "attachment; filename=\"petici?n ?.pdf\"; filename*=UTF-8''petici%C3%B3n%20%C3%B1.pdf"),
        ('a"b\\c/d.txt', "attachment; filename=\"a'b_c/d.txt\"; filename*=UTF-8''a%22b%5Cc%2Fd.txt"),
    ],
)
def test_a_file_is_offered_under_its_own_name_and_never_shown(name: str, shown: str) -> None:
    answer = download(nothing(), name, 7)
    assert answer.headers["content-disposition"] == shown
    assert (answer.headers["content-type"], answer.headers["content-length"]) == ("application/octet-stream", "7")
    assert "content-length" not in download(nothing(), name).headers
