# SPDX-License-Identifier: Apache-2.0
"""`/v1/cases/{number}/…`: what people do with the clock of a case (ICX-03, ICX-04), and its end without answer."""

from fastapi import APIRouter, Request

from routing.api.bodies import ExtendBody, ResumeClockBody, StopClockBody, TransferBody, WithdrawBody
from routing.api.cases import Number
from routing.api.giving import COMMAND, give
from routing.api.result import CommandResult
from routing.desk import Desk
from routing.domain.commands import Extend, ExtendStop, ResumeClock, StopClock, Transfer, Withdraw
from routing.roles import Writer


def clock_router(desk: Desk) -> APIRouter:
    """For those who write to the person."""
    router = APIRouter(prefix="/v1")

    @router.post("/cases/{number}/stop-clock", **COMMAND)
    async def stop_clock(request: Request, number: Number, body: StopClockBody, actor: Writer) -> CommandResult:
        """Ask the person to complete the request (ICX-04).

        The term stands still for a month at most; only within ten business days of the filing (CPACA art. 17).
        """
        return await give(desk, request, number, StopClock(actor, body.text))

    @router.post("/cases/{number}/extend-stop", **COMMAND)
    async def extend_stop(request: Request, number: Number, actor: Writer) -> CommandResult:
        """Give the person as long again to complete the request.

        They must have asked for it in time; once.
        """
        return await give(desk, request, number, ExtendStop(actor))

    @router.post("/cases/{number}/resume-clock", **COMMAND)
    async def resume_clock(request: Request, number: Number, body: ResumeClockBody, actor: Writer) -> CommandResult:
        """The request is complete.

        The term runs again from the day after it was, and the deadline is computed anew.
        """
        return await give(desk, request, number, ResumeClock(actor, body.completed_on))

    @router.post("/cases/{number}/extend", **COMMAND)
    async def extend_deadline(request: Request, number: Number, body: ExtendBody, actor: Writer) -> CommandResult:
        """Tell the person that the answer takes longer (ICX-03).

        Before the term ends, with reasons and the new date, at most double the term (CPACA art. 14).
        """
        return await give(desk, request, number, Extend(actor, body.due, body.text))

    @router.post("/cases/{number}/withdraw", **COMMAND)
    async def withdraw_case(request: Request, number: Number, body: WithdrawBody, actor: Writer) -> CommandResult:
        """End a case that is withdrawn (CPACA arts. 17 and 18).

        The person asked for it, or what they sent by the end of their time did not complete the request.
        """
        return await give(desk, request, number, Withdraw(actor, body.reason, body.text))

    @router.post("/cases/{number}/transfer", **COMMAND)
    async def transfer_case(request: Request, number: Number, body: TransferBody, actor: Writer) -> CommandResult:
        """Transfer a case to the competent authority (CPACA art. 21).

        The person is told. Within five days; later it is done all the same, and said to be late.
        """
        return await give(desk, request, number, Transfer(actor, body.to_name, body.text, body.to_email))

    return router
