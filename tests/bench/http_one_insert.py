# SPDX-License-Identifier: Apache-2.0
"""A bare FastAPI app: the same body with the same validation, one insert (majority, journaled) for each request.

It counts no case number, tells nobody, notices no repetition: only the yardstick.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from os import environ
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import WriteConcern

from chassis.decision import Refused
from chassis.ids import new_id, random_code
from intake.domain.forms import checked_form
from intake.domain.public import public_refusal
from intake.doors import Told
from ventanilla_contracts.intake import SubmissionForm


def app(database: str) -> FastAPI:
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(environ["MONGODB_URI"])
    kept = client[database].get_collection("submissions", write_concern=WriteConcern("majority", j=True))

    @asynccontextmanager
    async def with_collection(_app: FastAPI) -> AsyncIterator[None]:
        await kept.insert_one({"_id": "made"})
        yield
        client.close()

    made = FastAPI(lifespan=with_collection)

    @made.get("/readyz")
    async def ready() -> str:
        return "ready"

    @made.post("/v1/submissions/web", status_code=202)
    async def web(form: SubmissionForm) -> Told:
        now = datetime.now(UTC)
        checked = checked_form("web", form)
        if public_refusal(form, now) or isinstance(checked, Refused):
            raise HTTPException(422)
        told = Told(submission_id=new_id(), outcome="created", repeat=False, tracking_code=random_code())
        row = {"_id": told.submission_id, "received_at": now, "code": told.tracking_code}
        await kept.insert_one({**row, "form": checked.model_dump(exclude_defaults=True)})
        return told

    return made


if __name__ == "__main__":
    uvicorn.run(app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning", access_log=False)
