"""Counting in the database, for several machines, on each engine."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event, func, select

from kwartier.db.engine import Database
from kwartier.db.schema import rate_window
from kwartier.services.database_limiter import DatabaseLimiter
from kwartier.services.limits import CounterError
from support.engines import Template

NOW = 1_758_362_400.0
NOBODY = "postgresql://kwartier:hush-hush@127.0.0.1:1/kwartier"


@pytest.fixture
def on_sqlite(sqlite_template: Template) -> Iterator[Database]:
    """A database with the schema in a file."""
    with sqlite_template() as url:
        database = Database(url)
        yield database
        database.close()


def kept(database: Database) -> int:
    """How many windows are kept."""
    with database.glancing() as connection:
        return connection.execute(select(func.count()).select_from(rate_window)).scalar_one()


def test_machines_together_admit_exactly_the_limit(database: Database) -> None:
    """C4: machines that count in one database let in exactly as many as the limit says, begun at the same moment."""
    machines = [Database(database.url) for _ in range(4)]
    limiters = [DatabaseLimiter(machine, 60, "requests") for machine in machines]

    def admitted(limiter: DatabaseLimiter) -> int:
        return sum(limiter.take("one", NOW).admitted for _ in range(30))

    with ThreadPoolExecutor(4) as threads:
        counts = list(threads.map(admitted, limiters))
    for machine in machines:
        machine.close()
    assert sum(counts) == 60
    assert kept(database) == 1


def test_clocks_that_differ_by_seconds_count_as_one(database: Database) -> None:
    """C4: a machine whose clock is some seconds off counts in the same window, and ends it for all."""
    limiter, ahead = (DatabaseLimiter(database, 3, "requests") for _ in range(2))
    assert ahead.take("one", NOW + 5).remaining == 2
    assert limiter.take("one", NOW).remaining == 1
    assert limiter.take("one", NOW + 1).reset_seconds == 64
    assert not ahead.take("one", NOW + 7).admitted
    assert ahead.take("one", NOW + 65).remaining == 2
    assert limiter.take("one", NOW + 60).remaining == 1


def test_kinds_are_counted_apart(database: Database) -> None:
    """C4: requests and failures of the same name have nothing to do with each other."""
    assert DatabaseLimiter(database, 1, "requests").take("one", NOW).admitted
    assert DatabaseLimiter(database, 1, "failures").take("one", NOW).admitted
    assert not DatabaseLimiter(database, 1, "requests").take("one", NOW).admitted


def test_what_ended_is_swept(database: Database) -> None:
    """C4: the table does not grow with everybody who ever asked, and what counts is left alone."""
    limiter = DatabaseLimiter(database, 1, "requests")
    for number in range(20):
        limiter.take(str(number), NOW + number)
    assert kept(database) == 20
    limiter.take("late", NOW + 125)
    # Those that ended a window ago or longer, by whichever clock.
    assert kept(database) == 15
    assert not limiter.take("late", NOW + 126).admitted


def test_a_sweep_that_fails_refuses_nobody(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """C4: sweeping is not what a request waits for or fails by."""

    def fail(*_arguments: object) -> int:
        raise database_error(database)

    monkeypatch.setattr("kwartier.registry.rate_windows.sweep", fail)
    assert DatabaseLimiter(database, 1, "requests").take("one", NOW).admitted


def database_error(database: Database) -> Exception:
    """What a statement raises that is wrong."""
    with pytest.raises(Exception, match="nowhere") as raised, database.glancing() as connection:
        connection.exec_driver_sql("select * from nowhere")
    return raised.value


def test_one_way_to_the_server_and_back(on_postgresql: Database) -> None:
    """C4: on a server, counting a request is one statement without a transaction around it."""
    limiter = DatabaseLimiter(on_postgresql, 5, "requests")
    limiter.take("one", NOW)
    told: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        told.append(statement)

    for engine in (Engine, *on_postgresql.engines):
        event.listen(engine, "before_cursor_execute", listen)
    try:
        limiter.take("one", NOW + 1)
    finally:
        for engine in (Engine, *on_postgresql.engines):
            event.remove(engine, "before_cursor_execute", listen)
    assert len(set(told)) == 1
    assert "insert into rate_window" in told[0]


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    """A2: a counter that can't be reached is told as such, and its password is not."""
    limiter = DatabaseLimiter(Database(NOBODY), 1, "requests")
    with pytest.raises(CounterError, match=r"127\.0\.0\.1") as refused:
        limiter.take("one", NOW)
    assert "hush-hush" not in str(refused.value)


def test_a_server_that_takes_no_writes_is_told(on_postgresql: Database) -> None:
    """C4: a server that only reads, as one does that follows another, can't count."""
    with psycopg.connect(on_postgresql.url, autocommit=True) as other:
        name = other.info.dbname
        other.execute(f'alter database "{name}" set default_transaction_read_only = on')
    database = Database(on_postgresql.url)
    with pytest.raises(CounterError, match="read-only"):
        DatabaseLimiter(database, 1, "requests").take("one", NOW)
    database.close()


def test_a_count_that_another_keeps_locked_is_not_waited_for(on_postgresql: Database) -> None:
    """C4: a machine that stopped while it counted holds the others up for a moment alone."""
    limiter = DatabaseLimiter(on_postgresql, 5, "requests")
    limiter.take("one", NOW)
    with psycopg.connect(on_postgresql.url) as other:
        other.execute("update rate_window set taken = 4")
        with pytest.raises(CounterError, match="lock timeout"):
            limiter.take("one", NOW)
        assert limiter.take("two", NOW).admitted
    assert limiter.take("one", NOW).remaining == 0


def test_a_file_that_is_locked_is_told(on_sqlite: Database) -> None:
    """C4: a file that somebody else keeps locked can't count, and counts again afterwards."""
    limiter = DatabaseLimiter(on_sqlite, 5, "requests")
    with on_sqlite.noting() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 1")
    holder = sqlite3.connect(on_sqlite.name, isolation_level=None)
    holder.execute("begin immediate")
    with pytest.raises(CounterError, match="locked"):
        limiter.take("one", NOW)
    holder.execute("rollback")
    holder.close()
    assert limiter.take("one", NOW).remaining == 4
