# SPDX-License-Identifier: Apache-2.0
"""An answer without an end hears that the process is asked to stop, so that nobody waits for it."""

import asyncio
import signal

import uvicorn
from fastapi import FastAPI

from chassis.command_line import _Door


def test_who_is_asked_to_stop_says_so_and_stops() -> None:
    stopping = asyncio.Event()
    door = _Door(uvicorn.Config(FastAPI()), stopping)
    assert not stopping.is_set()
    door.handle_exit(signal.SIGTERM, None)
    assert stopping.is_set()
    assert door.should_exit
