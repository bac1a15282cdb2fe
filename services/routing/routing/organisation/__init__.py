# SPDX-License-Identifier: Apache-2.0
"""What the organisation laid down in files."""
