# SPDX-License-Identifier: Apache-2.0
"""Files of forms that were never sent are deleted after a while, and those of submissions never are."""

import os
import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from intake_house import Intake, Start

from chassis.files import DirectoryFiles, Files
from chassis.leases import Lease
from chassis.mongo import Database
from chassis.testing import Wire
from intake.uploaded.uploads import UploadsSweep, uploads_url
from ventanilla_contracts.intake import CaseFiled

pytestmark = pytest.mark.infra

AGE = timedelta(days=2)
BROWSER = {"origin": "http://127.0.0.1:8101"}


async def uploaded(intake: Intake, form_id: str, content: bytes) -> str:
    files = {"files": ("nota.txt", content, "text/plain")}
    answer = await intake.http.post("/uploads", data={"form_id": form_id}, files=files, headers=BROWSER)
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["token"]
    return token


async def form_id_of(intake: Intake) -> str:
    found = re.search(r'name="form_id" value="([^"]+)"', (await intake.http.get("/")).text)
    assert found
    return found[1]


async def sent(intake: Intake, form_id: str, **fields: object) -> str:
    form = {"form_id": form_id, "text": "No me llegó la cuota.", "anonymous": "on", **fields}
    answer = await intake.http.post("/", data=form, headers=BROWSER, follow_redirects=False)
    return answer.text


def grow_old(root: Path) -> None:
    """Everything that waits there, as if it had been for three days."""
    for path in root.glob("??/??/*"):
        path.chmod(0o640)
        os.utime(path, (time.time() - 3 * 86_400,) * 2)


def sweep_of(database: Database, files: Files, holder: str) -> UploadsSweep:
    return UploadsSweep(files, Lease(database, "uploads", holder), AGE)


async def test_what_no_form_was_sent_with_goes_and_what_a_submission_refers_to_stays(
    start: Start, wire: Wire, database: Database, tmp_path: Path
) -> None:
    uploads = DirectoryFiles(tmp_path / "files" / "uploads")
    async with start(("api",)) as intake:  # which does not sweep by itself
        form_id = await form_id_of(intake)
        token, never = [await uploaded(intake, form_id, content) for content in (b"hola", b"nunca")]
        await sent(intake, form_id, kept=token)
        [filed] = await wire.expect("intake-cases", 1)
        grow_old(tmp_path / "files" / "uploads")
        assert await sweep_of(database, uploads, "one").step() == 2
        assert await sweep_of(database, uploads, "one").step() == 0
        assert isinstance(filed.event, CaseFiled)
        [ref] = filed.event.files
        assert await DirectoryFiles(tmp_path / "files").get(ref) == b"hola"
        again = await sent(intake, await form_id_of(intake), kept=never, text="")
    assert "nota.txt" not in again


async def test_what_waits_for_its_form_is_not_swept_before_its_age(
    start: Start, database: Database, tmp_path: Path
) -> None:
    uploads = DirectoryFiles(tmp_path / "files" / "uploads")
    async with start(("api",)) as intake:
        await uploaded(intake, await form_id_of(intake), b"hola")
        assert await sweep_of(database, uploads, "one").step() == 0


async def test_of_two_instances_one_sweeps(database: Database, tmp_path: Path) -> None:
    uploads = DirectoryFiles(tmp_path)
    await uploads.put(b"nunca", "a.txt")
    grow_old(tmp_path)
    assert await Lease(database, "uploads", "other").hold()
    assert await sweep_of(database, uploads, "one").step() == 0
    await Lease(database, "uploads", "other").release()
    assert await sweep_of(database, uploads, "one").step() == 1


@pytest.mark.parametrize(
    ("files", "uploads"),
    [
        ("file:///srv/files", "file:///srv/files/uploads"),
        ("mongodb://h/files?authSource=admin", "mongodb://h/files_uploads?authSource=admin"),
    ],
)
def test_uploads_wait_beside_the_files_of_the_house(files: str, uploads: str) -> None:
    assert uploads_url(files) == uploads
