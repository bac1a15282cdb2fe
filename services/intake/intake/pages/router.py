# SPDX-License-Identifier: Apache-2.0
"""What the pages have in common: they are no API, speak the reader's language, and have a whole form in hand."""

from fastapi import APIRouter, Depends

from intake.api.body import body_in_hand
from intake.pages.language import choose_language


def page_router(prefix: str = "") -> APIRouter:
    needs = [Depends(choose_language), Depends(body_in_hand)]
    return APIRouter(prefix=prefix, include_in_schema=False, dependencies=needs)
