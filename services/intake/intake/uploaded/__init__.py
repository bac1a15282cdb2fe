# SPDX-License-Identifier: Apache-2.0
"""Files that people send: looked into for viruses, kept until their form is sent."""
