# SPDX-License-Identifier: Apache-2.0
"""An environment of its own for hexkit, with routing's rules beside it: no service depends on hexkit."""

import subprocess
import sys
from pathlib import Path
from shutil import which

ROOT = Path(__file__).parents[2]
VERSION = "9.0.3"
WHERE = ROOT / ".local" / "venvs" / f"hexkit-{VERSION}"


def hexkit_python() -> str:
    """Path of its Python; made at the first call, with the versions that the workspace has locked."""
    python = WHERE / "bin" / "python"
    done = WHERE / ".complete"
    if not done.exists():
        uv = which("uv") or str(ROOT / ".local" / "uv" / "bin" / "uv")
        locked = WHERE.with_suffix(".txt")
        locked.parent.mkdir(parents=True, exist_ok=True)
        export = [uv, "export", "--frozen", "--all-packages", "--no-emit-workspace", "--no-hashes", "--quiet"]
        _run([*export, "--output-file", str(locked)])
        _run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(WHERE)])
        members = [word for name in ("contracts", "services/chassis", "services/routing") for word in ("-e", name)]
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "--constraint", str(locked)]
        _run([*install, f"hexkit[akafka,mongodb]=={VERSION}", *members])
        done.touch()
    return str(python)


def _run(command: list[str]) -> None:
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if made.returncode:
        sys.exit(f"hexkit's environment cannot be made:\n{made.stderr[-2000:]}")
