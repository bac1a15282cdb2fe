# SPDX-License-Identifier: Apache-2.0
"""What people of the house see and do: API and pages do it in one way."""
