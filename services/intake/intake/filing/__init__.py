# SPDX-License-Identifier: Apache-2.0
"""From a submission to its case: which one it belongs to, its number, its links."""
