# SPDX-License-Identifier: Apache-2.0
"""The broker, the database and the mail server that `make run` and `make test` stand on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from .addresses import Addresses
from .local import local
from .ports import Ports
from .workplace import workplace


@contextmanager
def infra(kind: str | None = None, purpose: str = "test", *, mail: bool = True, keep: str | None = None) -> Iterator[Addresses]:
    ports = Ports()
    try:
        with workplace(keep) as directory, local(directory, ports, mail=mail) as addresses:
            yield addresses
    finally:
        ports.release()
