"""What goes wrong with databases; `kwartier.db.engine` draws the tree."""

__all__ = ["DatabaseError", "UnavailableError"]


class DatabaseError(Exception):
    """The database can't be used."""


class UnavailableError(DatabaseError):
    """The database can't be used now, and perhaps later."""
