# SPDX-License-Identifier: Apache-2.0
"""What pages are told while they stay open: which cases changed, and who else looks at one."""
