# SPDX-License-Identifier: Apache-2.0
"""`python -m reporting audit`: reads every topic of the house and says what does not agree (docs/audit.md)."""
