# SPDX-License-Identifier: Apache-2.0
"""The five services, each with what people asked of it in the golden story."""
