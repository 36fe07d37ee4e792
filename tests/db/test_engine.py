"""What the engines have in common, and what happens when one can't be used."""

import fcntl
import sqlite3
import subprocess
import sys
from pathlib import Path
from threading import Thread
from time import monotonic

import psycopg
import pytest
from sqlalchemy import insert, make_url, select, text
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, DatabaseError, UnavailableError
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.db.schema import noted
from kwartier.db.turns import Turns
from support.engines import Template
from support.serving import until

NOBODY = "postgresql://kwartier:hush-hush@127.0.0.1:1/kwartier"


def write(database: Database, name: str) -> None:
    """Write a row."""
    with database.writing() as connection:
        connection.execute(insert(noted).values(name=name, value=""))


def names(database: Database) -> list[str]:
    """The rows."""
    with database.glancing() as connection:
        return sorted(connection.execute(select(noted.c.name)).scalars())


def test_a_note_is_kept_like_anything_else(database: Database) -> None:
    """What is noted is there at once, for every reader, and an exception undoes it."""
    with database.noting("a") as connection:
        connection.execute(insert(noted).values(name="a", value=""))

    def fail() -> None:
        with database.noting() as connection:
            connection.execute(insert(noted).values(name="b", value=""))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert names(database) == ["a"]


def test_a_reader_can_not_write(on_postgresql: Database) -> None:
    """Who only reads can't write by mistake, where the engine can hold him to it."""
    with pytest.raises(DBAPIError, match="read-only"), on_postgresql.reading() as connection:
        connection.execute(insert(noted).values(name="a", value=""))
    assert names(on_postgresql) == []


def test_a_statement_that_is_wrong_is_no_outage(database: Database) -> None:
    """A fault of ours is not told as one that passes."""
    with pytest.raises(DBAPIError, match="nowhere"), database.reading() as connection:
        connection.execute(text("select * from nowhere"))


def test_a_server_that_is_not_there_is_told_without_the_password() -> None:
    """A2: one line names the server and what is wrong, and not the password."""
    database = Database(NOBODY)
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1") as refused, database.reading():
        pass
    assert "\n" not in str(refused.value)
    assert "hush-hush" not in str(refused.value)
    assert "kwartier:***@" in str(refused.value)
    assert "hush-hush" not in database.name


def test_a_command_that_looks_makes_no_schema(empty: str) -> None:
    """Where there is no database of ours, a command that only looks says so."""
    with pytest.raises(DatabaseError, match=r"there is no database.*`credentials issue` make one"):
        Database(empty, may_be_new=False)
    with pytest.raises(DatabaseError, match=r"there is no database.*`headpoints add` make one"):
        readings_database(empty, may_be_new=False)


def test_readings_are_a_database_without_a_registry(empty: str) -> None:
    """R4: who fills a store before anybody is let in finds it again."""
    made = readings_database(empty)
    migrate(made, READINGS)
    made.close()
    found = readings_database(empty, may_be_new=False)
    assert found.url == made.url
    found.close()


def test_connections_that_died_are_made_anew(
    on_postgresql: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the server ended the connections while they were idle, nobody who comes later notices."""
    write(on_postgresql, "a")
    monkeypatch.setattr("kwartier.db.postgresql._IDLE_SECONDS", -1)
    with psycopg.connect(on_postgresql.url, autocommit=True) as other:
        ended = other.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
            "and pid <> pg_backend_pid()"
        ).fetchall()
    assert ended
    write(on_postgresql, "b")
    assert names(on_postgresql) == ["a", "b"]


def test_a_connection_that_dies_in_use_is_an_outage(on_postgresql: Database) -> None:
    """A connection that the server ends is told as something that passes, and the next request gets another."""
    with pytest.raises(UnavailableError), on_postgresql.reading() as connection:
        connection.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    assert names(on_postgresql) == []


def test_a_file_that_is_locked_is_an_outage(
    monkeypatch: pytest.MonkeyPatch, sqlite_template: Template
) -> None:
    """A file that somebody else keeps locked, or that can't be written, is told as something that passes."""
    monkeypatch.setattr("kwartier.db.sqlite._BUSY_MS", 1)
    with sqlite_template() as url:
        database = Database(url)
        holder = sqlite3.connect(database.name, isolation_level=None)
        holder.execute("begin immediate")
        with pytest.raises(UnavailableError, match="locked"):
            write(database, "a")
        holder.execute("rollback")
        holder.close()
        write(database, "b")
        assert names(database) == ["b"]
        database.close()


def test_opening_it_twice_lets_go_of_nothing(sqlite_template: Template) -> None:
    """A second `Database` of one process leaves the locks of the first: another process that ends takes nothing away."""
    with sqlite_template() as url:
        database = Database(url)
        write(database, "a")
        Database(url).close()
        other = (
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], isolation_level=None); "
            "c.execute(\"insert into noted values ('b', '')\"); c.close()"
        )
        subprocess.run([sys.executable, "-c", other, database.name], check=True, timeout=240)
        assert Path(f"{database.name}-wal").exists()
        write(database, "c")
        assert names(database) == ["a", "b", "c"]
        database.close()


def test_who_waits_for_a_file_is_next(sqlite_template: Template) -> None:
    """A process that writes again and again lets in whoever waits: here two connections stand for two processes."""
    with sqlite_template() as url:
        often, once = Database(url), Database(url)
        waiting = Thread(target=write, args=(once, "once"))
        with often.writing() as connection:
            connection.execute(insert(noted).values(name="often", value=""))
            waiting.start()
            until(lambda: _is_waited_for(often))
        write(often, "often again")
        waiting.join()
        with often.glancing() as connection:
            rows = connection.execute(select(noted.c.name).order_by(text("rowid"))).scalars().all()
        assert rows == ["often", "once", "often again"]
        often.close()
        once.close()


def _is_waited_for(database: Database) -> bool:
    """Whether somebody has the turn to write a file and has not begun."""
    with Path(f"{database.name}-turn").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_a_turn_that_is_not_to_be_had_stops_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sqlite_template: Template
) -> None:
    """Turns are about fairness alone: their file may be out of reach, or held by a process that hangs."""
    with Turns(tmp_path / "nowhere" / "file").mine(monotonic()):
        pass
    monkeypatch.setattr("kwartier.db.sqlite._BUSY_MS", 1)
    with sqlite_template() as url:
        database, hanging = Database(url), Turns(Path(make_url(url).database or ""))
        with hanging.mine(monotonic()):
            write(database, "a")
        assert names(database) == ["a"]
        database.close()
        hanging.close()
