# SPDX-License-Identifier: Apache-2.0
"""Who has a case, and who hears of it when it stays unanswered (CNF-07, ICX-02)."""
