"""Many rows at once, by the fastest road of each engine."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Table

__all__ = ["load"]


def load(connection: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, in the transaction of the connection.

    Args:
        connection: of a transaction that writes.
        table: into which.
        rows: a value for every column, in order, as the driver takes them.
    """
    quoted = connection.dialect.identifier_preparer.quote
    names = ", ".join(quoted(column.name) for column in table.columns)
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with driver.cursor() as cursor, cursor.copy(f"copy {table.name} ({names}) from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" for _ in table.columns)
    driver.executemany(f"insert into {table.name} ({names}) values ({marks})", rows)  # noqa: S608 - our own names
