# SPDX-License-Identifier: Apache-2.0
"""Who speaks: persons, how they are found and known again, and how they follow their cases (ADR 0018)."""
