# SPDX-License-Identifier: Apache-2.0
"""The regulator's gateway, both ways (domain-colombia.md §4, ADR 0020)."""
