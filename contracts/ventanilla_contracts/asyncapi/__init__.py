# SPDX-License-Identifier: Apache-2.0
"""AsyncAPI 3.0.0 of the house and of each service, made from the topics, the event classes and the examples (ADR 0010).

FastStream would write one too, from its subscribers; but ours read batches, and of a batch it makes an array.
"""

from ventanilla_contracts.asyncapi.document import HOUSE, Document, Sources, documents

__all__ = ["HOUSE", "Document", "Sources", "documents"]
