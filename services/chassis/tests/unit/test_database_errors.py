# SPDX-License-Identifier: Apache-2.0
"""What an error of the driver means: wait, decide again, or look for the item that causes it."""

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConfigurationError,
    DuplicateKeyError,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from chassis.mongo import Conflict, Taken, Unavailable, translated

AWAY = {
    "nobody answers": ServerSelectionTimeoutError("none"),
    "the connection broke": AutoReconnect("closed"),
    "no answer in time": NetworkTimeout("late"),
    "the server starts and has not found its set: it seems to know no sessions": ConfigurationError(
        "Sessions are not supported by this MongoDB deployment"
    ),
    "its set is not there yet": OperationFailure("no replset config has been received", 94),
    "it is no primary now": OperationFailure("not primary", 10107),
    "it shuts down": OperationFailure("interrupted at shutdown", 11600),
    "its disk is full": OperationFailure("out of disk space", 14031),
}
AGAIN = {
    "somebody else wrote": OperationFailure("WriteConflict", 112),
    "the transaction was ended": OperationFailure("no such transaction", 251),
    "an operator ended the operation or its session": OperationFailure("operation was interrupted", 11601),
    "some write of many conflicted": BulkWriteError({"writeErrors": [{"code": 112, "errmsg": ""}]}),
}
TAKEN = {
    "the key exists": DuplicateKeyError("E11000", 11000),
    "some key of many exists": BulkWriteError({"writeErrors": [{"code": 11000, "errmsg": ""}]}),
}


@pytest.mark.parametrize("error", AWAY.values(), ids=AWAY)
def test_the_database_is_away(error: PyMongoError) -> None:
    with pytest.raises(Unavailable), translated():
        raise error


@pytest.mark.parametrize("error", AGAIN.values(), ids=AGAIN)
def test_it_must_be_decided_again(error: PyMongoError) -> None:
    with pytest.raises(Conflict), translated():
        raise error


@pytest.mark.parametrize("error", TAKEN.values(), ids=TAKEN)
def test_a_key_is_taken(error: PyMongoError) -> None:
    with pytest.raises(Taken), translated():
        raise error


def test_anything_else_passes_as_it_is() -> None:
    with pytest.raises(OperationFailure), translated():
        raise OperationFailure("unknown operator", 2)
