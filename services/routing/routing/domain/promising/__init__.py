# SPDX-License-Identifier: Apache-2.0
"""What the house promises beside the legal term, in its own business hours (ICX-09)."""
