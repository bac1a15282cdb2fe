# SPDX-License-Identifier: Apache-2.0
"""Earlier answers and frequent questions (CSC-04): what may be shown of another person's case, and what differs."""
