# SPDX-License-Identifier: Apache-2.0
"""The house through its doors, as people and channel systems use it: they file, deliver, answer, upload and call."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx

from .letters import mail, upload
from .sample import Act, Answer, Call, Deliver, Sample, Upload
from .services import ORGANISATION, House, Login

T = TypeVar("T")
PATIENCE_SECONDS = 120.0
LOOK_SECONDS = 0.1
AWAY_SECONDS = 3.0
MULTIPART = "multipart/form-data; boundary=ventanilla-sample"
"""The same bytes at every attempt: a repeated Idempotency-Key must come with the same body."""


class DoorError(RuntimeError):
    """A door refused, or what had to come did not; the message says which."""


@dataclass(frozen=True)
class Filed:
    """A case and its person's key to it."""

    number: str
    code: str


@dataclass(frozen=True)
class Doors:
    house: House
    client: httpx.Client

    def file(self, sample: Sample, external_id: str, received_at: datetime | None, now: datetime) -> Filed:
        """File one sample; the same `external_id` again changes nothing. Raises DoorError."""
        if sample.channel == "email":
            raw = mail(sample, ORGANISATION["ORG_MAIL_ADDRESS"], external_id, now)
            told = self._post("intake", "/v1/submissions/email", None, content=raw, media="message/rfc822")
        else:
            told = self._file_form(sample, external_id, received_at)
        if told["case_number"] is None:
            raise DoorError(f"{sample.name} was {told['outcome']}: {told['reason']}")
        return Filed(told["case_number"], told["tracking_code"] or "")

    def has_done(self, number: str, act: Act) -> bool:
        """Whether somebody did it already, when a day was broken off."""
        match act:
            case Deliver():
                return bool(self.case(number)["deliveries"])
            case Answer():
                return bool(self.case(number)["answers"])
            case Upload():
                return bool(self.case(number)["answered"])
            case Call():
                return any(check["attempts_made"] for check in self._checks(f"case_number={number}"))

    def deliver(self, number: str, act: Deliver) -> None:
        self._when_allowed(number, "deliver-documents")
        responder = self._member(self.case(number)["assignment"]["responder"]["id"])
        self._post("routing", f"/v1/cases/{number}/deliver-documents", responder, json={"text": act.text})

    def answer(self, number: str, act: Answer, *, handed_over: bool = False) -> None:
        self._when_allowed(number, "draft")
        if self.case(number)["answer_needs"]:
            self._answer_together(number, act)
            return
        body = {"text": act.text, **({"delivery": "handed-over"} if handed_over else {})}
        self._post("routing", f"/v1/cases/{number}/answer", self.house.login("agent"), json=body)

    def _answer_together(self, number: str, act: Answer) -> None:
        """By the sample organisation's rules: one writes, one of the legal team reviews, another approves (CNF-09)."""
        writer, reviewer, approver = (
            self._member(one) for one in ("catalina-ospina", "valentina-uribe", "andres-mejia")
        )
        place = f"/v1/cases/{number}"
        drafted = self._post("routing", f"{place}/draft", writer, json={"revision": 0, "text": act.text})
        revision = {"revision": drafted["revision"]}
        self._post("routing", f"{place}/review", writer, json={**revision, "act": "ask"})
        self._post("routing", f"{place}/review", reviewer, json={**revision, "act": "pass"})
        self._post("routing", f"{place}/approve", approver, json=revision)

    def upload(self, number: str, act: Upload, now: datetime) -> None:
        """Intake must have heard of the answer first."""
        waiting = self._until(lambda: self._waits_for_upload(number), f"{number} to wait for its upload")
        body = {"reference": act.reference, "filed_at": now.isoformat()}
        self._post("intake", f"/v1/cases/{waiting}/regulator-filing", self.house.login("agent"), json=body)

    def call(self, number: str, act: Call) -> None:
        """The check must be on the call list first."""
        check = self._until(lambda: self._pending_check(number), f"{number} on the call list")
        body = {"result": act.result, "outcome": act.outcome, "summary": act.text}
        given = {name: value for name, value in body.items() if value}
        self._post("satisfaction", f"/v1/checks/{check}/attempts", self.house.login("caller"), json=given)

    def case(self, number: str) -> dict[str, Any]:
        """As the agent sees it, once routing has it. Raises DoorError."""
        agent = self.house.login("agent")
        return self._until(lambda: self._get("routing", f"/v1/cases/{number}", agent), f"{number} in routing")

    def knows(self, number: str) -> bool:
        """Whether routing has this case."""
        return self._get("routing", f"/v1/cases/{number}", self.house.login("agent")) is not None

    def due(self, received_at: datetime) -> str:
        """The day (ISO) on which the general term of something received then ends."""
        asked = {"term": "general", "received_at": received_at.isoformat()}
        return str(self._post("routing", "/v1/deadlines/compute", None, json=asked)["due"])

    def indicators(self, first: str, last: str) -> dict[str, dict[str, Any]]:
        """By id; local days, both included."""
        path = f"/v1/indicators?from={first}&to={last}"
        found = self._get("reporting", path, self.house.login("manager")) or {"indicators": []}
        return {one["id"]: one for one in found["indicators"]}

    def calls_due(self) -> list[dict[str, Any]]:
        """The checks that somebody should call about today."""
        return self._checks("status=pending&due=today&limit=200")

    def _file_form(self, sample: Sample, external_id: str, received_at: datetime | None) -> dict[str, Any]:
        form = sample.submitted(received_at).model_dump_json(exclude_defaults=True)
        login = None if sample.channel == "web" else self.house.login(sample.by)
        headers = {"Idempotency-Key": external_id}
        path = f"/v1/submissions/{sample.channel}"
        if sample.attachment:
            parts = {"submission": (None, form), "files": upload(sample.attachment)}
            return self._post("intake", path, login, files=parts, media=MULTIPART, headers=headers)
        return self._post("intake", path, login, content=form.encode(), media="application/json", headers=headers)

    def _waits_for_upload(self, number: str) -> str | None:
        found = self._get("intake", "/v1/regulator/pending?limit=200", self.house.login("agent"))
        waiting = [one["case_number"] for one in (found or {"items": []})["items"]]
        return number if number in waiting else None

    def _pending_check(self, number: str) -> str | None:
        found = self._checks(f"status=pending&case_number={number}")
        return str(found[0]["id"]) if found else None

    def _checks(self, wanted: str) -> list[dict[str, Any]]:
        found = self._get("satisfaction", f"/v1/checks?{wanted}", self.house.login("caller"))
        return list((found or {"items": []})["items"])

    def _when_allowed(self, number: str, command: str) -> None:
        self._until(lambda: command in self.case(number)["allowed"], f"{number} takes `{command}`")

    def _member(self, staff_id: str) -> Login:
        return next(login for login in self.house.logins if login.id == staff_id)

    def _until(self, look: Callable[[], T | None], what: str) -> T:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := look()):
            if time.monotonic() > deadline:
                raise DoorError(f"waited {PATIENCE_SECONDS:.0f} s for {what}")
            time.sleep(LOOK_SECONDS)
        return found

    def _get(self, service: str, path: str, login: Login) -> dict[str, Any] | None:
        """None where there is no such thing (yet)."""
        answer = self._send("GET", service, path, _bearer(login))
        return None if answer.status_code == httpx.codes.NOT_FOUND else _told(answer)

    def _post(
        self,
        service: str,
        path: str,
        login: Login | None,
        *,
        media: str = "",
        headers: Mapping[str, str] | None = None,
        **body: Any,
    ) -> dict[str, Any]:
        all_headers = {**(headers or {}), **_bearer(login), **({"Content-Type": media} if media else {})}
        return _told(self._send("POST", service, path, all_headers, **body))

    def _send(self, method: str, service: str, path: str, headers: Mapping[str, str], **body: Any) -> httpx.Response:
        """Once more when the service says that it cannot just now."""
        url = f"{self.house.url(service)}{path}"
        try:
            answer = self.client.request(method, url, headers=headers, **body)
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                time.sleep(AWAY_SECONDS)
                answer = self.client.request(method, url, headers=headers, **body)
        except httpx.HTTPError as problem:
            raise DoorError(f"{method} {url.partition('?')[0]}: {problem or type(problem).__name__}") from problem
        return answer


def _bearer(login: Login | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {login.token}"} if login else {}


def _told(answer: httpx.Response) -> dict[str, Any]:
    if answer.is_error:
        raise DoorError(
            f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}: {answer.text[:500]}"
        )
    found: dict[str, Any] = answer.json()
    return found
