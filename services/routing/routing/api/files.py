# SPDX-License-Identifier: Apache-2.0
"""`/v1/files`, and the files of a case."""

from typing import Annotated

from fastapi import APIRouter, Path, UploadFile
from fastapi.responses import StreamingResponse

from routing.api.cases import Number
from routing.desk import Desk
from routing.roles import Deliverer, Reader
from ventanilla_contracts.envelope import FileRef

Sha256 = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="The file's hash, as the case names it")]


def file_router(desk: Desk) -> APIRouter:
    """Kept by those who name them in a command, read by whoever reads the case."""
    router = APIRouter(prefix="/v1")

    @router.post("/files", status_code=201, tags=["files"])
    async def keep_file(file: UploadFile, _: Deliverer) -> FileRef:
        """Keep a file.

        To be named in a request, a delivery or an answer, just as it is answered here.
        """
        return await desk.keep(file)

    bytes_ = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}

    @router.get(
        "/cases/{number}/files/{sha256}",
        tags=["files"],
        response_class=StreamingResponse,
        responses={200: {"content": bytes_}},
    )
    async def read_file(number: Number, sha256: Sha256, _: Reader) -> StreamingResponse:
        """A file of a case.

        Its bytes, always as a download.
        """
        return await desk.download(await desk.case(number), sha256)

    return router
