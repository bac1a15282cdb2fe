# SPDX-License-Identifier: Apache-2.0
"""Toxiproxy: TCP links on this machine that can be cut, silenced and slowed down. Go builds it once into `.local/`."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from .downloads import LOCAL, DownloadError, fetched_once
from .process import Server

VERSION = "v2.12.0"
MODULE = f"github.com/Shopify/toxiproxy/v2/cmd/server@{VERSION}"
"""Exactly this one: what Go takes for the latest is older."""


def toxiproxy() -> Path:
    """The program. Raises DownloadError where Go is missing or cannot build it."""
    return fetched_once(LOCAL / "toxiproxy" / VERSION, _build) / "server"


def _build(into: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise DownloadError("Toxiproxy is built by Go 1.23 or newer, which is not here: https://go.dev/dl has it")
    done = subprocess.run(  # noqa: S603
        [go, "install", MODULE],
        env={**os.environ, "GOBIN": str(into)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise DownloadError(f"go install {MODULE} failed:\n{(done.stdout + done.stderr)[-2000:]}")


def toxiproxy_server(directory: Path, program: Path, port: int) -> Server:
    """Its control door answers at 127.0.0.1:`port`; the links are added to it."""
    command = [str(program), "-host", "127.0.0.1", "-port", str(port)]
    quiet = {**os.environ, "LOG_LEVEL": "fatal"}  # else a line for each connection that a broker refuses
    return Server("toxiproxy", command, directory / "toxiproxy.log", lambda _: _answers(port), environment=quiet)


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/version", timeout=2).status_code == httpx.codes.OK
    except httpx.HTTPError:
        return False


@dataclass(frozen=True)
class Link:
    """One way through the proxy: what is said to `port` reaches `upstream` (both on 127.0.0.1)."""

    name: str
    control: int
    port: int
    upstream: int

    def add(self) -> None:
        """Make it, whole. Raises httpx.HTTPError, as all below."""
        listen, upstream = f"127.0.0.1:{self.port}", f"127.0.0.1:{self.upstream}"
        self._post("/proxies", {"name": self.name, "listen": listen, "upstream": upstream, "enabled": True})

    def cut(self) -> None:
        """Connections end, new ones are refused."""
        self._post(f"/proxies/{self.name}", {"enabled": False})

    def silence(self) -> None:
        """Connections stay, new ones are taken, and nothing that is said arrives on either side."""
        for stream in ("upstream", "downstream"):
            self._toxic("timeout", stream, {"timeout": 0})

    def slow_down(self, milliseconds: int, kilobytes_per_second: int) -> None:
        """What comes back is late; both ways carry so little."""
        self._toxic("latency", "downstream", {"latency": milliseconds, "jitter": milliseconds // 5})
        for stream in ("upstream", "downstream"):
            self._toxic("bandwidth", stream, {"rate": kilobytes_per_second})

    def heal(self) -> None:
        """As it was; what was silenced breaks off, since what was said in it is gone."""
        found = httpx.get(self._url(f"/proxies/{self.name}"), timeout=10).raise_for_status().json()
        for toxic in found["toxics"]:
            httpx.delete(self._url(f"/proxies/{self.name}/toxics/{toxic['name']}"), timeout=10).raise_for_status()
        if any(toxic["type"] == "timeout" for toxic in found["toxics"]):
            self.cut()
        self._post(f"/proxies/{self.name}", {"enabled": True})

    def _toxic(self, kind: str, stream: str, attributes: dict[str, int]) -> None:
        toxic = {"name": f"{kind}-{stream}", "type": kind, "stream": stream, "attributes": attributes}
        self._post(f"/proxies/{self.name}/toxics", toxic)

    def _post(self, path: str, body: Mapping[str, object]) -> None:
        httpx.post(self._url(path), json=body, timeout=10).raise_for_status()

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.control}{path}"
