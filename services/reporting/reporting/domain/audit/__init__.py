# SPDX-License-Identifier: Apache-2.0
"""The audit of the whole house: what the topics say, whether it agrees with itself and with what each store counted.

Pure: records come in one by one (``HouseLog.take``), the counts of the stores beside them, and ``Audit.verdict`` says
what does not agree. Memory grows with cases by some hundred bytes each, and by eight bytes an event.
"""
