# SPDX-License-Identifier: Apache-2.0
"""A real mongod as a replica set of one: transactions need one."""

from pathlib import Path

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from .process import Server

REPLICA_SET = "rs0"
FORGET = "close_idle_time=5,close_scan_interval=2,close_handle_minimum=100"
SETTINGS = (
    # A killed process's transaction blocks its documents that long (design §2); the default is 60 s.
    *("--setParameter", "transactionLifetimeLimitSeconds=5"),
    *("--setParameter", "diagnosticDataCollectionEnabled=false"),
    *("--wiredTigerCacheSizeGB", "1"),
    # Tests drop a thousand databases. The files of dropped tables stay open for ten minutes by default: more than a
    # process may have open, and then mongod ends.
    *("--wiredTigerEngineConfigString", f"file_manager=({FORGET})"),
)
NOT_YET_INITIALISED, NOT_A_MEMBER = 94, 93


def mongod_server(directory: Path, program: Path, port: int) -> Server:
    """A database on 127.0.0.1:`port` that keeps its files in `directory`."""
    data = directory / "data"
    data.mkdir(parents=True, exist_ok=True)
    command = [str(program), "--replSet", REPLICA_SET, "--dbpath", str(data)]
    command += ["--bind_ip", "127.0.0.1", "--port", str(port), "--nounixsocket", *SETTINGS]
    return Server("mongod", command, directory / "mongod.log", lambda _: is_primary(port))


def mongodb_uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


def is_primary(port: int) -> bool:
    """Ask; a member that belongs to no set yet, or was moved to another port, is told to be the set of one."""
    client: MongoClient[dict[str, object]] = MongoClient(
        f"mongodb://127.0.0.1:{port}/?directConnection=true&serverSelectionTimeoutMS=500&socketTimeoutMS=5000"
    )
    with client:
        try:
            if client.admin.command("hello")["isWritablePrimary"]:
                return True
            _make_set_of_one(client, port)
        except PyMongoError:
            pass
        return False


def _make_set_of_one(client: "MongoClient[dict[str, object]]", port: int) -> None:
    members = [{"_id": 0, "host": f"127.0.0.1:{port}"}]
    try:
        client.admin.command("replSetGetStatus")
    except OperationFailure as failure:
        if failure.code == NOT_YET_INITIALISED:
            client.admin.command("replSetInitiate", {"_id": REPLICA_SET, "members": members})
        elif failure.code == NOT_A_MEMBER:
            client.admin.command("replSetReconfig", {"_id": REPLICA_SET, "version": 1, "members": members}, force=True)
