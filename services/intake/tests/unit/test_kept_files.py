# SPDX-License-Identifier: Apache-2.0
"""A file that a form sent before is named by a token that only this form can use."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.files import DirectoryFiles
from chassis.ids import Signer
from intake.contact import Contact
from intake.uploaded.kept import KeptFiles
from ventanilla_contracts.envelope import FileRef

KEYS = ["a-key-for-tests-only-of-32-characters", "an-older-key-for-tests-of-32-letters"]


@pytest.fixture
def kept(tmp_path: Path) -> KeptFiles:
    return KeptFiles(Signer(KEYS), DirectoryFiles(tmp_path))


async def test_the_form_that_sent_a_file_names_it_and_no_other_form_does(kept: KeptFiles) -> None:
    ref = await kept.files.put(b"hola", "nota ñ.txt", "text/plain")
    file = kept.kept("form-1", ref)
    assert await kept.named("form-1", [file.token, file.token]) == ([file], False)
    assert await kept.named("form-2", [file.token]) == ([], True)
    older = KeptFiles(Signer(KEYS[1:]), kept.files).kept("form-1", ref)
    assert (await kept.named("form-1", [older.token]))[0][0].ref == ref
    stranger = KeptFiles(Signer(["another-key-for-tests-of-32-letters!"]), kept.files).kept("form-1", ref)
    assert await kept.named("form-1", [stranger.token]) == ([], True)


async def test_a_file_that_is_gone_is_to_be_chosen_again(kept: KeptFiles) -> None:
    there = await kept.files.put(b"hola", "a.txt")
    gone = FileRef(sha256="0" * 64, name="b.txt", type="text/plain", size=4)
    tokens = [kept.kept("form-1", ref).token for ref in (gone, there)]
    found, lost = await kept.named("form-1", tokens)
    assert ([one.ref for one in found], lost) == ([there], True)


@given(st.text(max_size=80), st.text(max_size=80))
def test_whatever_else_is_sent_as_a_token_names_nothing(form_id: str, token: str) -> None:
    kept = KeptFiles(Signer(KEYS), None)  # type: ignore[arg-type]
    assert kept._read(form_id, token) is None


@pytest.mark.parametrize(
    ("phone", "link"),
    [("606 878 1234", "tel:+57-606-8781234"), ("01 8000 123 456", "tel:"), ("llámenos", ""), ("", "")],
)
def test_a_telephone_can_be_dialled_where_it_is_a_number(phone: str, link: str) -> None:
    assert Contact(mail="servicio@caja.example", phone=phone).phone_link.startswith(link)
    assert bool(Contact(mail="servicio@caja.example", phone=phone).phone_link) == bool(link)
