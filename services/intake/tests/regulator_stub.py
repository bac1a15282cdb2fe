# SPDX-License-Identifier: Apache-2.0
"""A platform such as SmartSupervision, for tests and for trying by hand; nothing in it is shared with what talks to it.

It checks each signature and token, gives refresh tokens that work once, keeps what it is sent, refuses as the platform
does, and can be made to be away, asked too fast, or out of tokens. By hand:

    python services/intake/tests/regulator_stub.py [PORT]

prints the settings with which intake talks to it; `POST /stub/outage?on=true|false`, `POST /stub/complaint` (JSON: the
fields of a complaint) and `GET /stub` are for whoever plays.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

KEY, USER, PASSWORD = "clave-de-firma-de-prueba", "caja", "contrasena-de-prueba"
REQUIRED = ("departamento_cod", "municipio_cod", "canal_cod", "producto_cod", "macro_motivo_cod", "fecha_creacion")
REQUIRED_OF_UPDATE = ("estado_cod", "fecha_actualizacion", "canal_cod", "producto_cod", "macro_motivo_cod", "sexo")


@dataclass
class Stored:
    """A complaint as the platform has it."""

    fields: dict[str, Any]
    files: dict[str, bytes] = field(default_factory=dict)
    updates: list[dict[str, Any]] = field(default_factory=list)
    acknowledged: bool = True

    @property
    def closed(self) -> bool:
        return bool(self.updates) and self.updates[-1]["estado_cod"] == 4


@dataclass
class Platform:
    """``refuses``: words by field, for which creations and updates that have it are refused; ``throttle``: so many of
    the next requests hear 429.
    """

    complaints: dict[str, Stored] = field(default_factory=dict)
    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    acknowledged_people: list[str] = field(default_factory=list)
    outage: bool = False
    throttle: int = 0
    retry_after: str = "1"
    refuses: dict[str, str] = field(default_factory=dict)
    files_away: bool = False
    page: int = 2
    asked: list[str] = field(default_factory=list)
    at: str = ""
    access: set[str] = field(default_factory=set)
    refresh: set[str] = field(default_factory=set)
    logins: int = 0
    refreshes: int = 0
    throttled: int = 0

    def complain(self, code: str, files: Mapping[str, bytes] | None = None, **fields: Any) -> Stored:
        """A person complains at the platform."""
        said = {
            "tipo_entidad": 1,
            "entidad_cod": "423",
            "codigo_queja": code,
            "fecha_creacion": "2026-03-02T07:30:00",
            "codigo_pais": "170",
            "departamento_cod": "05",
            "municipio_cod": "05001",
            "nombres": "Ana Ríos",
            "tipo_id_CF": 1,
            "numero_id_CF": "24345678",
            "telefono": "3001234567",
            "correo": "ana@correo.example",
            "tipo_persona": 1,
            "sexo": 1,
            "lgbtiq": 2,
            "canal_cod": 13,
            "condicion_especial": 98,
            "producto_cod": 103,
            "producto_nombre": "Crédito de consumo",
            "macro_motivo_cod": 930,
            "texto_queja": "No me han respondido.",
            "anexo_queja": bool(files),
            "tutela": 2,
            "ente_control": 99,
            "escalamiento_DCF": 2,
            "replica": 2,
            "argumento_replica": None,
            "desistimiento_queja": 2,
            "queja_expres": 2,
        }
        self.complaints[code] = Stored({**said, **fields}, dict(files or {}), acknowledged=False)
        return self.complaints[code]

    def tell_of(self, number: str, **fields: Any) -> None:
        """It knows something of a person that the house should know (moment 4)."""
        said = {"tipo_id_CF": 1, "nombre": "Ana", "apellido": "Ríos", "correo": "ana.sfc@correo.example"}
        self.people[number] = {"numero_id_CF": number, **said, **fields}

    def forget_tokens(self) -> None:
        """All access tokens expire."""
        self.access.clear()

    def app(self) -> Starlette:
        routes = [
            Route("/api/login/", self._guarded(self._login, token=False), methods=["POST"]),
            Route("/api/token/refresh", self._guarded(self._refresh, token=False), methods=["POST"]),
            Route("/api/queja/", self._guarded(self._list), methods=["GET"]),
            Route("/api/queja/", self._guarded(self._create), methods=["POST"]),
            Route("/api/queja/{code}/", self._guarded(self._update), methods=["PATCH", "PUT"]),
            Route("/api/storage/", self._guarded(self._files), methods=["GET"]),
            Route("/api/storage/", self._guarded(self._attach), methods=["POST"]),
            Route("/api/complaint/ack/", self._guarded(self._ack), methods=["POST"]),
            Route("/api/usuarios/info/", self._guarded(self._people), methods=["GET"]),
            Route("/api/usuarios/ack/", self._guarded(self._ack_people), methods=["POST"]),
            Route("/media/{code}/{name}", self._download, methods=["GET"]),
            Route("/stub", self._show, methods=["GET"]),
            Route("/stub/outage", self._switch, methods=["POST"]),
            Route("/stub/complaint", self._play, methods=["POST"]),
        ]
        return Starlette(routes=routes)

    def _guarded(self, act: Any, *, token: bool = True) -> Any:
        async def handle(request: Request) -> Response:
            self.asked.append(f"{request.method} {request.url.path}")
            if self.outage:
                return JSONResponse({"detail": "upstream request timeout"}, 503)
            if self.throttle > 0:
                self.throttle -= 1
                self.throttled += 1
                words: dict[str, Any] = {"detail": "Solicitud fue regulada (throttled)."}
                return JSONResponse(words, 429, headers={"Retry-After": self.retry_after})
            if not await self._signed(request):
                words = {"status_code": 400, "detail": "Error", "message": "Sign verification failed"}
                return JSONResponse(words, 400)
            if token and request.headers.get("authorization", "").removeprefix("Bearer ") not in self.access:
                words = {"status_code": 401, "message": [{"message": "El token es inválido o ha expirado"}]}
                return JSONResponse(words, 401)
            answer: Response = await act(request)
            await request.close()
            return answer

        return handle

    async def _signed(self, request: Request) -> bool:
        if request.method == "GET":
            said = str(request.url)
        elif "multipart" in request.headers.get("content-type", ""):
            form = await request.form()
            said = json.dumps({one: form.get(one) for one in ("codigo_queja", "type")}, ensure_ascii=False)
        else:
            said = json.dumps(json.loads(await request.body()), ensure_ascii=False)
        right = hmac.new(KEY.encode(), said.encode(), hashlib.sha256).hexdigest().upper()
        return hmac.compare_digest(right, request.headers.get("x-sfc-signature", ""))

    async def _login(self, request: Request) -> Response:
        self.logins += 1
        if await request.json() != {"username": USER, "password": PASSWORD}:
            words = {"status_code": 401, "detail": "No active account found with the given credentials"}
            return JSONResponse(words, 401)
        return JSONResponse(self._tokens())

    async def _refresh(self, request: Request) -> Response:
        """A refresh token works once; then it is blacklisted."""
        self.refreshes += 1
        token = (await request.json()).get("refresh")
        if token not in self.refresh:
            words = {"messages": {"detail": "Token is blacklisted", "code": "token_not_valid"}, "status_code": 401}
            return JSONResponse(words, 401)
        self.refresh.discard(token)
        return JSONResponse(self._tokens())

    def _tokens(self) -> dict[str, str]:
        access, refresh = secrets.token_hex(8), secrets.token_hex(8)
        self.access.add(access)
        self.refresh.add(refresh)
        return {"access": access, "refresh": refresh}

    async def _list(self, request: Request) -> Response:
        """What was not acknowledged, page by page."""
        waiting = [one.fields for one in self.complaints.values() if not one.acknowledged]
        n = int(request.query_params.get("page", "1"))
        pages = max(1, -(-len(waiting) // self.page))
        following = f"http://elsewhere.example/api/queja/?page={n + 1}" if n < pages else None
        results = waiting[(n - 1) * self.page : n * self.page]
        page = {"count": len(waiting), "pages": pages, "current_page": n, "next": following, "previous": None}
        return JSONResponse({**page, "results": results})

    async def _ack(self, request: Request) -> Response:
        codes = (await request.json())["pqrs"]
        if len(codes) > 100:
            return JSONResponse({"pqrs": ["máximo 100"]}, 400)
        for code in codes:
            if code in self.complaints:
                self.complaints[code].acknowledged = True
        unknown = [code for code in codes if code not in self.complaints]
        return JSONResponse({"message": "update code", "pqrs_error": unknown})

    async def _people(self, request: Request) -> Response:
        """What was not acknowledged, page by page, wrapped as the platform does."""
        waiting, n = list(self.people.values()), int(request.query_params.get("page", "1"))
        following = (
            f"http://elsewhere.example/api/usuarios/info/?page={n + 1}" if len(waiting) > n * self.page else None
        )
        results = waiting[(n - 1) * self.page : n * self.page]
        return JSONResponse({"Response": {"count": len(waiting), "next": following, "results": results}})

    async def _ack_people(self, request: Request) -> Response:
        numbers = (await request.json())["numero_id_CF"]
        unknown = [one for one in numbers if self.people.pop(one, None) is None]
        self.acknowledged_people += [one for one in numbers if one not in unknown]
        return JSONResponse({"Response": {"message": "ID CF actualizado", "numero_id_CF_error": unknown}})

    async def _files(self, request: Request) -> Response:
        code = request.query_params["codigo_queja__codigo_queja"]
        stored = self.complaints.get(code)
        rows = [
            {"id": n, "file": f"{self.at}/media/{code}/{name}?Expires=1", "type": name.rpartition(".")[2], "state": 1}
            for n, name in enumerate(stored.files if stored else {}, 1)
        ]
        return JSONResponse({"count": len(rows), "pages": 1, "next": None, "previous": None, "results": rows})

    async def _download(self, request: Request) -> Response:
        """As from a store elsewhere: whoever brings our keys there gives them away."""
        if "authorization" in request.headers or "x-sfc-signature" in request.headers:
            return Response("keys do not belong here", 400)
        if self.files_away:
            return Response("", 503)
        return Response(self.complaints[request.path_params["code"]].files[request.path_params["name"]])

    async def _create(self, request: Request) -> Response:
        fields = await request.json()
        code = fields.get("codigo_queja", "")
        if code in self.complaints:
            return JSONResponse({"message": "Ya existe queja con este codigo queja"}, 400)
        if wrong := self._wrong(fields, REQUIRED):
            return JSONResponse({"status_code": 400, "messages": wrong, "detail": "Error APIException"}, 400)
        self.complaints[code] = Stored(fields)
        return JSONResponse(fields, 201)

    async def _update(self, request: Request) -> Response:
        code, fields = request.path_params["code"], await request.json()
        stored = self.complaints.get(code)
        if stored is None:
            return JSONResponse({"detail": "Not found."}, 404)
        if stored.closed:
            return JSONResponse({"message": "La Queja se encuentra con estado Cerrado"}, 400)
        wrong = self._wrong(fields, REQUIRED_OF_UPDATE)
        if fields.get("estado_cod") == 4:
            if not any("RESP_FINAL_SFC" in name for name in stored.files):
                wrong["documentacion_rta_final"] = ["el documento de respuesta final debe haber sido enviado"]
            wrong |= self._wrong_of_fraud(fields, stored)
            if fields.get("a_favor_de") not in (1, 2, 3):
                wrong["a_favor_de"] = ["Este campo no puede ser nulo."]
            if fields.get("fecha_cierre") != fields.get("fecha_actualizacion"):
                wrong["fecha_cierre"] = ["debe ser igual a la fecha de actualización"]
        if wrong:
            return JSONResponse({"status_code": 400, "messages": wrong, "detail": "Error APIException"}, 400)
        stored.updates.append(fields)
        return JSONResponse(fields)

    def _wrong_of_fraud(self, fields: Mapping[str, Any], stored: Stored) -> dict[str, list[str]]:
        names = ("modalidad_fraude", "monto_reclamado", "monto_reconocido")
        if fields.get("tipo_fraude") is None:
            return {}
        wrong = {name: ["Este campo no puede ser nulo."] for name in names if fields.get(name) is None}
        if not any("INV_FRAUDE_SFC" in name for name in stored.files):
            wrong["tipo_fraude"] = ["el documento de investigación del fraude debe haber sido enviado"]
        return wrong

    def _wrong(self, fields: Mapping[str, Any], required: tuple[str, ...]) -> dict[str, list[str]]:
        wrong = {name: ["Este campo es requerido."] for name in required if fields.get(name) is None}
        if len(str(fields.get("nombres", ""))) > 50:
            wrong["nombres"] = ["Asegúrese de que este campo no tenga más de 50 caracteres."]
        if len(str(fields.get("texto_queja", ""))) > 1000:
            wrong["texto_queja"] = ["Asegúrese de que este campo no tenga más de 1000 caracteres."]
        wrong |= {name: [words] for name, words in self.refuses.items() if name in fields}
        return wrong

    async def _attach(self, request: Request) -> Response:
        form = await request.form()
        stored, upload = self.complaints.get(str(form["codigo_queja"])), form["file"]
        assert not isinstance(upload, str)
        if stored is None:
            words = f"Object with codigo_queja={form['codigo_queja']} does not exist."
            return JSONResponse({"codigo_queja": [words]}, 400)
        name = upload.filename or ""
        if len(name) > 150:
            return JSONResponse({"file": ["Asegúrese de que el nombre no tenga más de 150 caracteres."]}, 400)
        if name in stored.files:
            return JSONResponse({"message": "El anexo ya existe"}, 400)
        stored.files[name] = await upload.read()
        return JSONResponse({"id": len(stored.files), "codigo_queja": form["codigo_queja"]}, 201)

    async def _show(self, _: Request) -> Response:
        shown = {
            code: {**one.fields, "files": list(one.files), "updates": one.updates, "acknowledged": one.acknowledged}
            for code, one in self.complaints.items()
        }
        return JSONResponse({"outage": self.outage, "complaints": shown, "asked": self.asked[-50:]})

    async def _switch(self, request: Request) -> Response:
        self.outage = request.query_params.get("on") == "true"
        return JSONResponse({"outage": self.outage})

    async def _play(self, request: Request) -> Response:
        fields = await request.json()
        self.complain(str(fields.pop("codigo_queja", secrets.randbelow(10**12))), **fields)
        return JSONResponse({}, 201)


@asynccontextmanager
async def platform_at(platform: Platform, port: int = 0) -> AsyncIterator[Platform]:
    """Serve it on a port of its own, in this process."""
    listening = socket.create_server(("127.0.0.1", port))
    platform.at = f"http://127.0.0.1:{listening.getsockname()[1]}"
    config = uvicorn.Config(platform.app(), log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield platform
    finally:
        server.should_exit = True
        await serving
        listening.close()


class _Quiet(uvicorn.Server):
    """Signals are for whoever runs the test."""

    def install_signal_handlers(self) -> None:
        return

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def settings_for_it(at: str) -> dict[str, str]:
    return {
        "REGULATOR_URL": at,
        "REGULATOR_USER": USER,
        "REGULATOR_PASSWORD": PASSWORD,
        "REGULATOR_KEY": KEY,
        "REGULATOR_PACE_SECONDS": "0",
    }


async def _by_hand(port: int) -> None:
    async with platform_at(Platform(), port) as platform:
        for name, value in settings_for_it(platform.at).items():
            print(f"{name}={value}")
        print("REGULATOR_CODES=services/intake/tests/regulator_codes.yaml", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_by_hand(int(sys.argv[1]) if len(sys.argv) > 1 else 8199))
