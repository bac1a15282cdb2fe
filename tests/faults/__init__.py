# SPDX-License-Identifier: Apache-2.0
"""`make faults`: what happens to the house when its parts die, stall and lose each other, under load, by a seed."""
