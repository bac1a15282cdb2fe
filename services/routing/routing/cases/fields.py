# SPDX-License-Identifier: Apache-2.0
"""Where in a stored case lists look: what they are filtered by, and how they are ordered."""

from pymongo import ASCENDING

PLACE = "state.place"
OPEN, STATUS, KIND = "state.open", "state.status", "state.classification.kind"
CHANNEL, PRIORITY, TASK = "state.channel", "state.classification.priority", "state.task"
HAS_TASK = {"$type": "string"}
TO_CLASSIFY = "state.to_classify"
TO_REVIEW = "state.to_review"
BY_OMBUDSMAN = "state.by_ombudsman"
DUE, RESPONDER, AREA = "state.deadline.due_at", "state.assignment.responder.id", "state.assignment.area"
NUMBER = "state.case_number"
BY_DUE = ((PLACE, ASCENDING), (DUE, ASCENDING), ("_id", ASCENDING))
"""The order of the queue (domain.queue)."""
