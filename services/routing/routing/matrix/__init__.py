# SPDX-License-Identifier: Apache-2.0
"""The versions of the escalation matrix: kept, put in force without a restart, tried on past cases."""
