# SPDX-License-Identifier: Apache-2.0
"""What the regulator's platform tells the house, and what the house owes to it (domain-colombia.md §4)."""
