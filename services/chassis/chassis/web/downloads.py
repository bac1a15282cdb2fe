# SPDX-License-Identifier: Apache-2.0
"""A file as an answer: always a download, whatever its sender says that it is."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi.responses import StreamingResponse


def download(content: AsyncIterator[bytes], name: str, size: int | None = None) -> StreamingResponse:
    """Under its own name; one that not every reader understands is said twice (RFC 6266). ``size``: bytes, if known."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    offered = f'attachment; filename="{plain}"'
    if plain != name:
        offered += f"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": offered}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(content, media_type="application/octet-stream", headers=headers)
