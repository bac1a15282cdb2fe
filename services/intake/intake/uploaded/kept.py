# SPDX-License-Identifier: Apache-2.0
"""Files that a form sent before it was taken: kept, and named by tokens that only the same form can use.

A token is the reference and our signature over it and the form's id, so that nobody reads or sends another's file by
its hash.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass

from chassis.files import Files
from chassis.ids import Signer
from ventanilla_contracts.envelope import FileRef

_PURPOSE = "kept-file"


@dataclass(frozen=True)
class KeptFile:
    """A file and the token by which its form names it."""

    token: str
    ref: FileRef


@dataclass(frozen=True)
class KeptFiles:
    """Writes and reads tokens."""

    signer: Signer
    files: Files

    def kept(self, form_id: str, ref: FileRef) -> KeptFile:
        said = urlsafe_b64encode(ref.model_dump_json().encode()).decode("ascii")
        return KeptFile(f"{said}.{self._sign(form_id, said)}", ref)

    async def named(self, form_id: str, tokens: Iterable[str]) -> tuple[list[KeptFile], bool]:
        """The files of this form that these tokens name, each once, and whether some are not there (any more).

        Raises Unavailable.
        """
        found: list[KeptFile] = []
        lost = False
        for token in dict.fromkeys(tokens):
            ref = self._read(form_id, token)
            if ref is not None and await self.files.exists(ref):
                found.append(KeptFile(token, ref))
            else:
                lost = True
        return found, lost

    def _read(self, form_id: str, token: str) -> FileRef | None:
        said, _, signature = token.rpartition(".")
        if not self.signer.verify(_PURPOSE, f"{form_id} {said}", signature):
            return None
        return FileRef.model_validate_json(urlsafe_b64decode(said))

    def _sign(self, form_id: str, said: str) -> str:
        return self.signer.sign(_PURPOSE, f"{form_id} {said}")
