# SPDX-License-Identifier: Apache-2.0
"""What operators look after: what is parked, gaps, restored stores, and what is counted for the audit."""
