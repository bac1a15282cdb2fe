# SPDX-License-Identifier: Apache-2.0
"""The certificate of a verbal petition: printed at the desk, checked by who holds it (Decreto 1166 de 2016)."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from chassis.web.door import door_of
from chassis.web.problems import Problem
from chassis.web.throttle import Throttle
from intake.api.desk import Number
from intake.api.persons import Looker
from intake.domain.certificate import CERTIFICATE_PURPOSE, VerbalCertificate, verbal_certificate
from intake.domain.numbers import parse_case_number
from intake.doors import Doors
from intake.pages.posted import posted
from intake.pages.router import page_router

LONGEST = 60


@dataclass(frozen=True)
class Certified:
    """A certificate with its check code: a signature of the number and of all that the paper says."""

    certificate: VerbalCertificate
    person_id: str | None
    digest: str
    code: str
    officer_name: str


def certificate_pages(doors: Doors, throttle: Throttle) -> APIRouter:
    router = page_router()

    @router.get("/desk/cases/{number}/certificate")
    async def show(request: Request, number: Number, actor: Looker) -> HTMLResponse:
        certified = await _certified(doors, request, number)
        if certified is None:
            raise Problem(404, "no-verbal-petition")
        about = [certified.person_id] if certified.person_id else []
        await doors.people.persons.looked(actor, "certificate", about, certified.certificate.number)
        place = doors.people.places.of(certified.certificate.municipality)
        address = f"{doors.settings.public_url}/certificate"
        context: dict[str, Any] = {"one": certified.certificate, "certified": certified, "place": place}
        return door_of(request).pages.render(request, "certificate.html", address=address, **context)

    @router.get("/certificate")
    async def ask(request: Request, number: Annotated[str, Query(max_length=LONGEST)] = "") -> HTMLResponse:
        return _checked(request, number)

    @router.post("/certificate")
    async def check(request: Request) -> HTMLResponse:
        """Who holds the paper learns that the house issued it, and nothing that is not on it."""
        values = (await posted(request)).values
        number, code = values.get("number", "")[:LONGEST], values.get("code", "")[:LONGEST]
        address = request.client.host if request.client else ""
        user = f"certificate {address} {number.strip().upper()[:40]}"
        if throttle.blocked(user, address):
            return _checked(request, number, error="problems.too-many-attempts", status=429)
        certified = await _certified(doors, request, number)
        if certified is None or not _is_right(doors, certified, code):
            throttle.failed(user, address)
            return _checked(request, number, error="problems.certificate-not-found", status=404)
        return _checked(request, number, certified=certified)

    return router


async def _certified(doors: Doors, request: Request, number: str) -> Certified | None:
    parsed = parse_case_number(number)
    filed = await doors.cases.by_number(str(parsed)) if parsed else None
    filing = await doors.cases.filing(filed[0]) if filed else None
    found = verbal_certificate(filed[1], filing) if filed and filing else None
    if filed is None or found is None:
        return None
    digest, staff = found.digest(), door_of(request).staff
    officer = staff.by_id(found.officer) if staff else None
    return Certified(
        certificate=found,
        person_id=filed[1].person_id,
        digest=digest,
        code=_grouped(doors.people.signer.sign(CERTIFICATE_PURPOSE, f"{found.number} {digest}")),
        officer_name=officer.name if officer else found.officer,
    )


def _is_right(doors: Doors, certified: Certified, code: str) -> bool:
    signed = f"{certified.certificate.number} {certified.digest}"
    return doors.people.signer.verify(CERTIFICATE_PURPOSE, signed, "".join(code.replace("-", " ").split()))


def _grouped(signature: str) -> str:
    return "-".join(signature[at : at + 4] for at in range(0, len(signature), 4)).upper()


def _checked(
    request: Request, number: str, *, certified: Certified | None = None, error: str | None = None, status: int = 200
) -> HTMLResponse:
    context: dict[str, Any] = {"number": number, "certified": certified, "error": error}
    return door_of(request).pages.render(request, "certificate_check.html", status=status, **context)
