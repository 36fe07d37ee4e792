"""Claims that die with whoever holds them, so that what was killed need not be waited for (R3)."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, make_url, text

from kwartier.db.engine import Database
from kwartier.folders import locked_file
from kwartier.services.errors import BeingRetriedError

__all__ = ["bringing_in", "claimed", "settling"]

_TAKE: Final = text("select pg_try_advisory_lock(hashtextextended(:about, 1))")
_LEAVE: Final = text("select pg_advisory_unlock(hashtextextended(:about, 1))")


@contextmanager
def claimed(database: Database, about: str) -> Iterator[bool]:
    """Claim something, as long as this lasts and this process lives.

    Args:
        database: of which: the claim holds among all who use it.
        about: what is claimed.

    Yields:
        Whether it was free.
    """
    url = make_url(database.url)
    if url.get_backend_name() == "sqlite":
        file = Path(url.database or "")
        name = hashlib.sha256(about.encode()).hexdigest()[:16]
        with locked_file(file.with_name(f"{file.name}-claim-{name}")) as free:
            yield free
        return
    with database.glancing() as connection, _locked(connection, about) as free:
        yield free


@contextmanager
def bringing_in(database: Database, delivery_id: str) -> Iterator[bool]:
    """Be the only one who brings a delivery in; yields whether nobody else does, as `claimed`."""
    with claimed(database, f"delivery {delivery_id}") as free:
        yield free


@contextmanager
def settling(database: Database) -> Iterator[None]:
    """Be the only one who brings rows of the quarantine in again, or takes back what brought them (R3).

    Raises:
        BeingRetriedError: somebody else does.
    """
    with claimed(database, "quarantine") as free:
        if not free:
            raise BeingRetriedError("rows are being retried by another process: try again when it is done")
        yield


@contextmanager
def _locked(connection: Connection, about: str) -> Iterator[bool]:
    free = bool(connection.execute(_TAKE, {"about": about}).scalar())
    try:
        yield free
    finally:
        if free:
            with suppress(Exception):  # the connection may be gone, and the lock with it
                connection.execute(_LEAVE, {"about": about})
