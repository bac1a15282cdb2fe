# SPDX-License-Identifier: Apache-2.0
"""A page's fields for the documents of a membership request: a field for each, and files that were sent before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fastapi import Request
from starlette.datastructures import UploadFile

from intake.doors import Doors
from intake.pages.gathering import Gathered, gathered
from intake.pages.posted import Posted
from intake.uploaded.kept import KeptFile, KeptFiles
from ventanilla_contracts.envelope import FileRef

FIELD, KEPT = "documents_", "kept_"


@dataclass(frozen=True)
class GatheredDocuments:
    """Files by the code of their document; ``errors`` by field."""

    files: Mapping[str, tuple[KeptFile, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False

    @property
    def refs(self) -> dict[str, tuple[FileRef, ...]]:
        return {code: tuple(one.ref for one in kept) for code, kept in self.files.items()}

    @property
    def together(self) -> Gathered:
        """As of one field; a file that is two documents comes once."""
        kept = {one.ref.sha256: one for files in self.files.values() for one in files}
        return Gathered(tuple(kept.values()), self.errors, self.lost)


async def gathered_documents(
    request: Request, doors: Doors, kept: KeptFiles, codes: Iterable[str], form_id: str
) -> GatheredDocuments:
    """Never raises for what the person can mend, nor while the store is away."""
    form = await request.form()
    files: dict[str, tuple[KeptFile, ...]] = {}
    errors: dict[str, str] = {}
    lost = False
    for code in codes:
        uploads = [one for one in form.getlist(FIELD + code) if isinstance(one, UploadFile) and one.filename]
        tokens = [one for one in form.getlist(KEPT + code) if isinstance(one, str)]
        found = await gathered(request, doors, kept, Posted({}, tuple(uploads), tuple(tokens)), form_id)
        files |= {code: found.files} if found.files else {}
        errors |= {FIELD + code if name == "files" else name: text for name, text in found.errors.items()}
        lost = lost or found.lost
    return GatheredDocuments(files, errors, lost)
