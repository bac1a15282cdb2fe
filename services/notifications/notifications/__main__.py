# SPDX-License-Identifier: Apache-2.0
"""`python -m notifications serve | api | consume | timers | relay | send | migrate`."""

from chassis.command_line import command_line
from notifications.app import SEND, build
from notifications.settings import NotificationsSettings

app = command_line(NotificationsSettings, build, (SEND,))

if __name__ == "__main__":
    app()
