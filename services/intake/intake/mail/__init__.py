# SPDX-License-Identifier: Apache-2.0
"""Mail that comes in: mailboxes, listeners, what is read of a mail and what it becomes."""
