# SPDX-License-Identifier: Apache-2.0
"""The follow-up of the answers to the ombudsman of the financial consumer, for managers (ICX-08, F153)."""
