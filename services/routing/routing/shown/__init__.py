# SPDX-License-Identifier: Apache-2.0
"""What both doors, API and pages, show of a case."""
