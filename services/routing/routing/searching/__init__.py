# SPDX-License-Identifier: Apache-2.0
"""Finds cases by their words, and the answered cases nearest to one (CSC-04); the store stays the truth (ADR 0029)."""
