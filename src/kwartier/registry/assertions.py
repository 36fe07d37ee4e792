"""Assertions that were used, as rows, until they are refused for their age (C1)."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert

from kwartier.db.schema import assertion_seen as table

__all__ = ["sweep", "use"]


def use(connection: Connection, client_id: str, jti_hash: bytes, until: datetime, moment: datetime) -> None:
    """Keep that an assertion was used.

    Raises:
        IntegrityError: it was used before; of several processes at once, the database lets one through.
    """
    # An id may come back after the assertion that had it has ended, swept or not.
    connection.execute(
        delete(table).where(
            table.c.client_id == client_id, table.c.jti_hash == jti_hash, table.c.until <= moment
        )
    )
    connection.execute(insert(table).values(client_id=client_id, jti_hash=jti_hash, until=until))


def sweep(connection: Connection, moment: datetime) -> None:
    """Forget what has ended by itself."""
    connection.execute(delete(table).where(table.c.until <= moment))
