# SPDX-License-Identifier: Apache-2.0
"""`/v1/frequent-questions`: read by whoever reads cases, edited by customer care and the manager (CSC-04)."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import Field

from chassis.web.asking import TAKES_IDEMPOTENCY_KEY, key_of
from chassis.web.problems import Problem
from chassis.web.written import TYPED
from routing.api.bodies import Text
from routing.desk import Desk, field_error
from routing.domain.earlier.questions import FrequentQuestion, QuestionStatus, Revision
from routing.roles import Editor, Reader
from routing.shown.summary import View
from ventanilla_contracts.envelope import Frozen, ShortText

Id = Annotated[str, Path(max_length=64, description="The question's id")]
QuestionText = Annotated[ShortText, TYPED]


class QuestionBody(Frozen):
    question: QuestionText = Field(min_length=1)
    answer: Text
    area: str | None = Field(None, max_length=100, description="left out: it is about the whole organisation")
    status: QuestionStatus = "draft"
    cases: tuple[Annotated[str, Field(max_length=40)], ...] = Field(
        (), max_length=50, description="numbers of the cases whose answers it is made from"
    )


class EditedQuestionBody(Frozen):
    revision: int = Field(ge=1, description="the one that the editor saw")
    question: QuestionText = Field(min_length=1)
    answer: Text
    area: str | None = Field(None, max_length=100)
    status: QuestionStatus


class QuestionView(View):
    id: str
    revision: int
    status: QuestionStatus = Field(description="only what is published stands beside cases, and for everybody at /faq")
    question: str
    answer: str
    area: str | None
    cases: tuple[str, ...]
    past: tuple[Revision, ...] = Field(description="who changed what, the first first")

    @classmethod
    def of(cls, one: FrequentQuestion) -> "QuestionView":
        return cls.model_validate(one.model_dump())


class QuestionsView(View):
    items: tuple[QuestionView, ...]


class CandidateView(View):
    """An answer that many cases got, without what tells whose they were."""

    question: str
    answer: str
    area: str | None
    times: int
    cases: tuple[str, ...] = Field(description="some of them")


class CandidatesView(View):
    items: tuple[CandidateView, ...]


def refuse_unknown_area(desk: Desk, area: str | None) -> None:
    """Raises Problem 422."""
    areas = desk.policy.classifier.areas
    if area is not None and area not in areas:
        values = {"value": area[:60], "choices": ", ".join(areas)}
        raise Problem(422, "unknown-choice", errors=[field_error("$.area", "unknown-choice")], values=values)


def question_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/v1/frequent-questions", tags=["frequent-questions"])
    curating = desk.curating

    @router.get("")
    async def list_frequent_questions(
        _: Reader,
        status: Annotated[QuestionStatus | None, Query(description="Only those in this state")] = None,
        area: Annotated[str | None, Query(max_length=100, description="Only those of this area")] = None,
    ) -> QuestionsView:
        """Frequent questions.

        With their answers, by area.
        """
        return QuestionsView(items=tuple(QuestionView.of(one) for one in await curating.store.all(status, area)))

    @router.get("/candidates")
    async def list_question_candidates(_: Editor) -> CandidatesView:
        """Answers that were given often.

        In the same words to three cases or more, and not yet among the questions.
        """
        found = await curating.candidates()
        return CandidatesView(items=tuple(CandidateView.model_validate(vars(one)) for one in found))

    @router.post("", status_code=201, dependencies=[TAKES_IDEMPOTENCY_KEY])
    async def add_frequent_question(request: Request, body: QuestionBody, actor: Editor) -> QuestionView:
        """Add a frequent question.

        A draft unless it is published at once.
        """
        refuse_unknown_area(desk, body.area)
        key = await key_of(request, actor.id)
        return QuestionView.of(await curating.add(body.model_dump(), actor, desk.clock.now(), key))

    @router.put("/{question_id}")
    async def edit_frequent_question(question_id: Id, body: EditedQuestionBody, actor: Editor) -> QuestionView:
        """Change a frequent question, publish or retire it.

        Refused with what others changed if the revision is not the latest.
        """
        refuse_unknown_area(desk, body.area)
        written = body.model_dump(exclude={"revision"})
        return QuestionView.of(await curating.edit(question_id, body.revision, written, actor, desk.clock.now()))

    return router
