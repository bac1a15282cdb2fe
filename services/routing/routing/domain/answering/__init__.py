# SPDX-License-Identifier: Apache-2.0
"""Documents, plans and the answer (CNF-10)."""
