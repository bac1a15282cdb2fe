# SPDX-License-Identifier: Apache-2.0
"""``?lang=en`` chooses the language of a page, before what the browser prefers."""

from typing import Annotated

from fastapi import Query, Request

from chassis.i18n import LOCALES


async def choose_language(request: Request, lang: Annotated[str | None, Query(max_length=5)] = None) -> None:
    if lang in LOCALES:
        request.state.locale = lang
