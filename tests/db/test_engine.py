"""What the engines have in common, and what happens when one can't be used."""

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Final

import psycopg
import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database, DatabaseError, UnavailableError
from kwartier.db.readings import readings_database
from kwartier.db.schema import noted
from support.engines import Template

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
        subprocess.run([sys.executable, "-c", other, database.name], check=True, timeout=60)
        assert Path(f"{database.name}-wal").exists()
        write(database, "c")
        assert names(database) == ["a", "b", "c"]
        database.close()


_BUSY: Final = """
import sys
from sqlalchemy import insert
from kwartier.db.engine import Database
from kwartier.db.schema import noted

database = Database(sys.argv[1])
print(flush=True)
for place in range(100_000):
    with database.writing() as connection:
        connection.execute(insert(noted).values(name=f"busy {place:06}", value=""))
        sum(range(300_000))
"""
"""Writes without a pause, and takes its time over each."""


def test_a_process_that_writes_without_a_pause_lets_others_in(sqlite_template: Template) -> None:
    """Whoever waits for the file is next: what another process wrote meanwhile is a matter of ones, not of hundreds."""
    with sqlite_template() as url:
        database = Database(url)
        command = [sys.executable, "-c", _BUSY, url]
        meanwhile = []
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as busy:
            try:
                assert busy.stdout is not None
                busy.stdout.readline()
                for place in range(25):
                    before = len(names(database))
                    write(database, f"ours {place:03}")
                    meanwhile.append(len(names(database)) - before - 1)
                assert busy.poll() is None
            finally:
                busy.kill()
        *usual, _, _, _ = sorted(meanwhile)  # this process may have been put aside before it asked
        assert max(usual) <= 2
        database.close()
