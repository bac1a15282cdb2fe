# SPDX-License-Identifier: Apache-2.0
"""A file as an answer: always a download, whatever its sender says that it is."""

from collections.abc import AsyncIterator
from urllib.parse import quote

from fastapi.responses import StreamingResponse


def download(content: AsyncIterator[bytes], name: str, size: int | None = None) -> StreamingResponse:
    """Under its own name, accents too, and without them for what reads no RFC 6266. ``size``: bytes, where known."""
    plain = name.encode("ascii", "replace").decode().replace('"', "'").replace("\\", "_")
    headers = {"Content-Disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"}
    if size is not None:
        headers["Content-Length"] = str(size)
    return StreamingResponse(content, media_type="application/octet-stream", headers=headers)
