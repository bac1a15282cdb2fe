# SPDX-License-Identifier: Apache-2.0
"""Membership requests: requirements and documents checked before admission (CSC-06; ADR 0022)."""
