# SPDX-License-Identifier: Apache-2.0
"""Which browser asks the pages: the machine's Chromium, else the one that Playwright brought."""

import shutil
from pathlib import Path

from ventanilla_local.machine import BROWSER_PACKAGES, BROWSERS


class NoBrowser(RuntimeError):
    """Nothing here can look at a page."""


def chromium(playwrights_own: str) -> str:
    """The path of a Chromium. Raises NoBrowser, which says what to install."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None and not Path(playwrights_own).is_file():
        raise NoBrowser(
            "no Chromium to look at the pages with: "
            f"apt-get install {' '.join(BROWSER_PACKAGES)}, or .venv/bin/playwright install --with-deps chromium"
        )
    return found or playwrights_own
