# SPDX-License-Identifier: Apache-2.0
"""Requests that schemathesis makes of a service's document; schemathesis.toml at the root tells what it tries."""

import asyncio
import os
import sys
from pathlib import Path

from tests.api.people import EVERYBODY

ROOT = Path(__file__).parents[2]


async def schemathesis(url: str, directory: Path, *options: str) -> tuple[int, str]:
    """Its exit code, 0 where nothing was found, and what it says."""
    command = [
        str(Path(sys.executable).with_name("st")),
        "--config-file",
        str(ROOT / "schemathesis.toml"),
        "--no-color",
    ]
    process = await asyncio.create_subprocess_exec(
        *command,
        "run",
        f"{url}/openapi.json",
        *options,
        cwd=directory,
        env={**os.environ, "VENTANILLA_TOKEN": EVERYBODY, "PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()
