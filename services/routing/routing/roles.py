# SPDX-License-Identifier: Apache-2.0
"""Who may do what in routing: readers see cases, handlers classify, assigners assign, writers answer, and so on."""

from typing import Annotated

from fastapi import Depends

from chassis.staff import Role
from chassis.web.auth import require
from ventanilla_contracts.envelope import Actor

READERS: tuple[Role, ...] = ("agent", "adviser", "responder", "head", "legal", "general-secretariat", "manager")
HANDLERS: tuple[Role, ...] = ("agent", "adviser")
ASSIGNERS: tuple[Role, ...] = (*HANDLERS, "head")
EDITORS: tuple[Role, ...] = (*HANDLERS, "manager")
WRITERS: tuple[Role, ...] = ("agent", "adviser", "general-secretariat", "legal")
REVIEWERS: tuple[Role, ...] = ("legal", "general-secretariat")
DELIVERERS: tuple[Role, ...] = ("responder", "head", "agent", "adviser", "general-secretariat", "legal")

KEEPERS: tuple[Role, ...] = ("manager", "head")
"""Who may put a matrix in force; of the heads that of customer care alone."""

MANAGERS: tuple[Role, ...] = ("manager",)

Manager = Annotated[Actor, Depends(require(*MANAGERS))]
Keeper = Annotated[Actor, Depends(require(*KEEPERS))]
Reader = Annotated[Actor, Depends(require(*READERS))]
Handler = Annotated[Actor, Depends(require(*HANDLERS))]
Assigner = Annotated[Actor, Depends(require(*ASSIGNERS))]
Editor = Annotated[Actor, Depends(require(*EDITORS))]
Writer = Annotated[Actor, Depends(require(*WRITERS))]
Deliverer = Annotated[Actor, Depends(require(*DELIVERERS))]
