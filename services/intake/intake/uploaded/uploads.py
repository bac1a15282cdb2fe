# SPDX-License-Identifier: Apache-2.0
"""Files of forms that were not sent yet: in a store of their own until a submission takes them, then swept by age.

No submission ever refers to this store, so that whatever is old in it can go: what a form is sent with is copied into
the house's files before the transaction. There, nothing is deleted: other services refer to it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlsplit, urlunsplit

from chassis.files import FileLost, Files
from chassis.leases import Lease
from chassis.log import get_logger
from chassis.mongo import Unavailable
from ventanilla_contracts.envelope import FileRef

_log = get_logger(__name__)

SWEEP_SECONDS = 3600.0
LEASE_SECONDS = 600.0


def uploads_url(files_url: str) -> str:
    """Beside the house's files: the directory ``uploads`` in theirs, or the database ``…_uploads``."""
    parts = urlsplit(files_url)
    path = parts.path.rstrip("/")
    return urlunsplit(parts._replace(path=f"{path}/uploads" if parts.scheme == "file" else f"{path}_uploads"))


async def kept_for_good(refs: Sequence[FileRef], uploads: Files, files: Files) -> tuple[FileRef, ...]:
    """The files where submissions refer to them. Raises Unavailable, also where one was swept at this moment."""
    try:
        return tuple([await files.put(uploads.open(ref), ref.name, ref.type) for ref in refs])
    except FileLost:  # the page that comes back says that it must be chosen again
        raise Unavailable("an upload is gone") from None


@dataclass(frozen=True)
class UploadsSweep:
    """Removes what no form was sent with; one instance at a time."""

    uploads: Files
    lease: Lease
    older_than: timedelta

    async def step(self) -> int:
        """How many were removed. Raises Unavailable."""
        if not await self.lease.hold():
            return 0
        try:
            swept = await self.uploads.sweep(frozenset(), self.older_than)
        finally:
            await self.lease.release()
        if swept:
            _log.info("uploads-swept", files=swept)
        return swept
