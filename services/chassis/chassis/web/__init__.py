# SPDX-License-Identifier: Apache-2.0
"""The HTTP face that every service has: doors, logins, problems, and the pages that all share."""
