"""Claims that die with whoever holds them, so that what was killed need not be waited for (R3)."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, make_url, text

from kwartier.db.engine import Database

__all__ = ["claimed", "locked_file"]

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
def _locked(connection: Connection, about: str) -> Iterator[bool]:
    free = bool(connection.execute(_TAKE, {"about": about}).scalar())
    try:
        yield free
    finally:
        if free:
            with suppress(Exception):  # the connection may be gone, and the lock with it
                connection.execute(_LEAVE, {"about": about})


@contextmanager
def locked_file(path: Path) -> Iterator[bool]:
    """Hold a file, made for it and removed afterwards; whether it was free."""
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have removed it meanwhile: then it is not the one that others find.
            free = os.path.samestat(os.fstat(file.fileno()), path.stat())
        except OSError:
            free = False
        try:
            yield free
        finally:
            if free:
                path.unlink(missing_ok=True)
