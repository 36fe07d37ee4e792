"""What an engine does so that what was erased is gone from its files too (R1)."""

from typing import Final

from sqlalchemy import Connection

from kwartier.db.engine import Database

__all__ = ["forget_erased", "overwrite_erased"]

_TABLES: Final = "run, quarantine, series"


def overwrite_erased(connection: Connection) -> None:
    """Let what this connection deletes be overwritten with zeros, where the engine would leave it lying about."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def forget_erased(database: Database) -> None:
    """Let go of what the engine keeps of deleted rows: the write-ahead log, dead rows. Readers and writers go on.

    The room is used again by what comes in; it is not given back to the file system.
    """
    with database.glancing() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            connection.exec_driver_sql(f"vacuum {_TABLES}")
