"""What processes of one platform tell each other, by name."""

from typing import Final

from sqlalchemy import Connection, delete, insert, select

from kwartier.db.schema import noted as table

__all__ = ["PUBLIC_ADDRESS", "note", "read"]

PUBLIC_ADDRESS: Final = "public address"
"""Under which `serve` was last reached."""


def note(connection: Connection, name: str, value: str) -> None:
    """Write, in place of what stood there."""
    connection.execute(delete(table).where(table.c.name == name))
    connection.execute(insert(table).values(name=name, value=value))


def read(connection: Connection, name: str) -> str | None:
    """What was written last, if anything."""
    value: str | None = connection.execute(select(table.c.value).where(table.c.name == name)).scalar()
    return value
