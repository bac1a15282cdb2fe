# SPDX-License-Identifier: Apache-2.0
"""The files of a form that a browser sends: of before by their tokens, of now kept whatever else is wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import Request

from chassis.files import FileTooLarge
from chassis.mongo import Unavailable
from chassis.web.door import door_of, locale_of
from intake.doors import Doors, problem_of, too_many_files
from intake.pages.posted import Posted, faults
from intake.uploaded.kept import KeptFile, KeptFiles
from intake.uploaded.scanning import any_infected
from ventanilla_contracts.envelope import FileRef


@dataclass(frozen=True)
class Gathered:
    """``files`` go along when the form is sent again; ``lost`` if some must be chosen again."""

    files: tuple[KeptFile, ...] = ()
    errors: Mapping[str, str] = field(default_factory=dict)
    lost: bool = False

    @property
    def refs(self) -> tuple[FileRef, ...]:
        return tuple(one.ref for one in self.files)


async def gathered(
    request: Request, doors: Doors, kept: KeptFiles, form: Posted, form_id: str, most: int | None = None
) -> Gathered:
    """``most`` files, else as many as the settings say.

    Never raises for what the person can mend, nor while the store is away.
    """
    texts, locale = door_of(request).catalogue, locale_of(request)
    most = doors.settings.most_files if most is None else most
    try:
        found, lost = await kept.named(form_id, form.kept)
        if len(found) + len(form.uploads) > most:
            return Gathered(tuple(found[:most]), faults(request, problem_of(request, too_many_files(most))), lost=True)
        refused: list[str] = []
        for upload in form.uploads:
            try:
                [ref] = await doors.keep_for_now([upload])
            except FileTooLarge as error:
                values = {"name": upload.filename, "megabytes": error.largest // 1_000_000}
                refused.append(texts.t("citizen.files.too-large", locale, **values))
                continue
            if any_infected(ref):
                refused.append(texts.t("citizen.files.infected", locale, name=ref.name))
            else:
                found.append(kept.kept(form_id, ref))
    except Unavailable:
        return Gathered(errors={"unavailable": texts.t("pages.unavailable", locale)}, lost=bool(form.uploads))
    return Gathered(tuple(found), {"files": " ".join(refused)} if refused else {}, lost)
