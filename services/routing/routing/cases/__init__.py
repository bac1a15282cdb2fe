# SPDX-License-Identifier: Apache-2.0
"""What pages and API read of the cases in the store: which ones a list shows, in which order, page by page."""
