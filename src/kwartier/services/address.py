"""Under which address users reach the platform, as `serve` noted it for the commands beside it."""

from kwartier.db.engine import Database
from kwartier.registry import notes

__all__ = ["note_address", "noted_address"]


def note_address(database: Database, address: str) -> None:
    """Note the address under which the platform is served from now on."""
    with database.writing("address") as connection:
        notes.note(connection, notes.PUBLIC_ADDRESS, address)


def noted_address(database: Database) -> str | None:
    """The address under which the platform was last served; None if it never was."""
    with database.reading() as connection:
        return notes.read(connection, notes.PUBLIC_ADDRESS)
