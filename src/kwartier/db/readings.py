"""Where the readings are kept: beside the registry on SQLite, in the same database elsewhere (DESIGN 10)."""

from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from kwartier.db.engine import Database

__all__ = ["readings_database", "readings_url"]

# Blobs that do not fit a page spill over, and take twice the room and the reads.
_PAGE_BYTES: Final = 16384


def readings_url(url: str) -> str:
    """The address of the readings that belong to a registry."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return url
    file = Path(parsed.database or "")
    return f"sqlite:///{file.with_name(f'{file.stem}-readings{file.suffix}')}"


def readings_database(url: str, *, may_be_new: bool = True) -> Database:
    """The database of the readings that belong to a registry.

    Args:
        url: of the registry.
        may_be_new: whether it may be made.

    Raises:
        DatabaseError: it can't be made or opened.
    """
    made_by = "`serve` and `headpoints add` make one"
    return Database(readings_url(url), may_be_new=may_be_new, page_bytes=_PAGE_BYTES, made_by=made_by)
