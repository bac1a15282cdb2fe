# SPDX-License-Identifier: Apache-2.0
"""CPU milliseconds to write one mail, without I/O: the two letters that every case sends."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from chassis.files import DirectoryFiles
from chassis.i18n import catalogue
from notifications.mail import Composer
from notifications.samples import sample
from notifications.wording import Letterhead, Wording
from ventanilla_contracts.vocabulary import LetterKind

NOW = datetime(2026, 3, 2, 15, 15, 2, tzinfo=UTC)
BOGOTA = ZoneInfo("America/Bogota")
HOUSE = Letterhead("Caja de Ejemplo Ñandú", "servicio@caja.example", "https://ventanilla.caja.example")
KINDS: tuple[LetterKind, ...] = ("acknowledgement", "assignment")
AT_ONCE = 100


async def milliseconds(composer: Composer, kind: LetterKind) -> float:
    """The best of five rounds."""
    letter, best = sample(kind).model_copy(update={"files": ()}), float("inf")
    for _ in range(5):
        began = time.process_time()
        for _ in range(AT_ONCE):
            await composer.compose(letter, NOW)
        best = min(best, time.process_time() - began)
    return 1000 * best / AT_ONCE


if __name__ == "__main__":
    with TemporaryDirectory() as place:
        wording = Wording(catalogue("notifications"), HOUSE, BOGOTA)
        writer = Composer(wording, HOUSE, DirectoryFiles(Path(place)), BOGOTA, 10_000)
        for name in KINDS:
            print(f"{name:<16} {asyncio.run(milliseconds(writer, name)):.2f}")
