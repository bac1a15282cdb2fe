# SPDX-License-Identifier: Apache-2.0
"""Until when, and why: terms, calendar, stops, extensions (ICX-03, ICX-04)."""
