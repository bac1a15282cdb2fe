# SPDX-License-Identifier: Apache-2.0
"""May a schema be changed like this? A tool of this folder: it is not part of what integrators install."""
