# SPDX-License-Identifier: Apache-2.0
"""Frequent questions: kept, proposed from answers that were given often, found beside a case (CSC-04)."""
