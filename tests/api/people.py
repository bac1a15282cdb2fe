# SPDX-License-Identifier: Apache-2.0
"""Who asks in these tests: the invented staff of the demonstration, one of whom has every role."""

from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import yaml

from chassis.passwords import hash_token
from chassis.staff import Role
from chassis.staff_cli import write_staff

EVERYBODY = "token-of-gloria-zapata-who-has-every-role"
RESPONDER = "token-of-the-responder-marcela-duque"
AS_EVERYBODY = {"authorization": f"Bearer {EVERYBODY}"}
AS_RESPONDER = {"authorization": f"Bearer {RESPONDER}"}
AS_NOBODY: dict[str, str] = {}
TOKENS = {"gloria-zapata": EVERYBODY, "marcela-duque": RESPONDER}


def write_people(path: Path) -> Path:
    """A staff file, so that the rules of the sample organisation find whom they name."""
    people: list[dict[str, Any]] = yaml.safe_load((files("chassis") / "staff_demo.yaml").read_text("utf-8"))
    members = [{**one, "email": f"{one['id'].replace('-', '.')}@caja.example"} for one in people]
    for member in members:
        if token := TOKENS.get(member["id"]):
            member["token_hashes"] = [hash_token(token)]
        if token == EVERYBODY:
            member["roles"] = list(get_args(Role))
    write_staff(path, members)
    return path
