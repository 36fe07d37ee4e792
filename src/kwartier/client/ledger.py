"""What is left of a subscription's requests, in a small file that processes share (C4)."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import astuple
from hashlib import sha256
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from kwartier.client.quota import Ledger, MemoryLedger, Standing

__all__ = ["FileLedger", "shared_ledger"]

_TABLE: Final = (
    "create table if not exists standing "
    "(one integer primary key, max integer, remaining integer, resets_at real, blocked_until real)"
)
_WAIT_SECONDS: Final = 10.0


class FileLedger:
    """A standing in a file; SQLite locks it, on every system.

    It has counts and moments alone: no key, no token, no EAN. When it can't be used, the client counts for itself.

    Args:
        file: where it is; made if it is not there.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._own: MemoryLedger | None = None

    def changing(self) -> AbstractContextManager[Standing]:
        """The standing, while no other process changes it."""
        return self._changing()

    @contextmanager
    def _changing(self) -> Iterator[Standing]:
        connection = None if self._own is not None else self._opened()
        if connection is None:
            self._own = self._own or MemoryLedger()
            with self._own.changing() as standing:
                yield standing
            return
        with closing(connection):
            row = connection.execute(
                "select max, remaining, resets_at, blocked_until from standing"
            ).fetchone()
            standing = Standing(*row) if row else Standing()
            before = astuple(standing)
            yield standing
            if astuple(standing) != before:
                connection.execute("replace into standing values (1, ?, ?, ?, ?)", astuple(standing))
            connection.execute("commit")

    def _opened(self) -> sqlite3.Connection | None:
        """A connection that holds the lock; None: the file can't be used."""
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self._file, timeout=_WAIT_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error):
            return None
        try:
            connection.execute("pragma synchronous = off")  # what is lost in a crash is learned anew
            connection.execute("begin immediate")
            connection.execute(_TABLE)
        except sqlite3.Error:
            connection.close()
            return None
        return connection


def shared_ledger(subscription_key: str, base_url: str, folder: Path | None = None) -> Ledger:
    """The ledger of a subscription, in a folder or in the user's cache.

    Its name is a hash, from which the key can't be told.
    """
    name = sha256(f"kwartier quota\n{base_url}\n{subscription_key}".encode()).hexdigest()[:32]
    return FileLedger((folder or user_cache_path("kwartier") / "quota") / f"{name}.db")
