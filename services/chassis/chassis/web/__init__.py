# SPDX-License-Identifier: Apache-2.0
"""Pages for people: the templates, the style and the layout that all services share."""
