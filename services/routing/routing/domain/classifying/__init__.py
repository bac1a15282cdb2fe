# SPDX-License-Identifier: Apache-2.0
"""What a case is about: rules, what a model may add, a person's word (CNF-06)."""
