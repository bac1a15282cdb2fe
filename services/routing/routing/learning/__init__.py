# SPDX-License-Identifier: Apache-2.0
"""The trained model behind proposals of a classification (CNF-06, ADR 0026): learned, kept, asked, judged.

Only what runs a model or trains one imports scikit-learn, and it does so when it is asked, not when routing starts.
"""
