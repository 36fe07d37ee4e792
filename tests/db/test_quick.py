"""Statements of every request: what was found stands while nothing changed, and no longer."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import pytest
from sqlalchemy import Connection, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from kwartier.db.engine import Database
from kwartier.db.schema import noted, sandbox_clock
from kwartier.db.types import Instant
from support.engines import Template

_VALUE: Final = select(noted.c.value).where(noted.c.name == bindparam("name"))
_CLOCKS: Final = select(sandbox_clock)
_MOMENT: Final = datetime(2026, 3, 29, tzinfo=UTC)
_NOTE: Final = insert(noted).values(name=bindparam("name"), value=bindparam("value"))


@pytest.fixture
def database(any_template: Template) -> Iterator[Database]:
    """A database with the schema, on one engine after the other."""
    with any_template() as url, closing(Database(url)) as database:
        yield database


@pytest.fixture
def near(sqlite_template: Template) -> Iterator[Database]:
    """One in this process."""
    with sqlite_template() as url, closing(Database(url)) as database:
        yield database


def value(database: Database, name: str = "a") -> object:
    """What is noted under a name."""
    return database.quick.execute(_VALUE, {"name": name}).scalar()


def test_every_commit_is_seen_at_once(database: Database) -> None:
    """C2: whoever commits, by whichever connection or way, the next statement finds it."""
    with closing(Database(database.url)) as other:
        assert value(database) is None
        for number, by in enumerate((database, other, database, other)):
            with by.writing() as connection:
                _set(connection, str(number))
            assert value(database) == value(other) == str(number)
        with other.noting() as connection:
            connection.execute(delete(noted))
        assert value(database) is value(other) is None
        other.note_all(_NOTE, [{"name": "a", "value": "noted"}], ["a"])
        assert value(database) == "noted"
        assert value(database, "b") is None


def _set(connection: Connection, to: str) -> None:
    if not connection.execute(update(noted).values(value=to)).rowcount:
        connection.execute(insert(noted).values(name="a", value=to))


def test_what_is_not_committed_is_not_seen(database: Database) -> None:
    """What another is still writing is found by nobody."""
    assert value(database) is None
    with database.writing() as connection:
        _set(connection, "soon")
        assert value(database) is None
    assert value(database) == "soon"


def test_while_nothing_changed_nothing_is_read_again(near: Database) -> None:
    """The same question finds the same object, another its own, and after a commit both are read anew."""
    found = [near.quick.execute(_VALUE, {"name": name}) for name in ("a", "b", "a")]
    assert found[0] is found[2] is not found[1]
    near.note_all(_NOTE, [{"name": "a", "value": "1"}], ["a"])
    assert near.quick.execute(_VALUE, {"name": "a"}).scalar() == "1"


def test_what_is_asked_about_a_moment_is_not_kept(near: Database) -> None:
    """M12: the next question is about another moment, so that keeping the answer would only push out others."""
    asked = select(sandbox_clock).where(sandbox_clock.c.shown <= bindparam("moment", type_=Instant))
    found = [near.quick.execute(asked, {"moment": _MOMENT}) for _ in range(2)]
    assert found[0] is not found[1]


def test_notes_are_written_whole_or_not_at_all(database: Database) -> None:
    """Of several notes together one that can't be written takes the others with it."""
    twice = [{"name": "a", "value": "1"}, {"name": "b", "value": "2"}, {"name": "a", "value": "3"}]
    with pytest.raises(DBAPIError):
        database.note_all(_NOTE, twice, ["a"])
    assert value(database) is value(database, "b") is None
    database.note_all(_NOTE, twice[:2], ["a"])
    assert (value(database), value(database, "b")) == ("1", "2")


def test_a_note_at_once_waits_for_nobody(near: Database) -> None:
    """While another writes nothing is done and nothing waited for, in this process or another; afterwards it is."""
    one = [{"name": "a", "value": "1"}]
    with closing(Database(near.url)) as other:
        with other.writing():
            assert not near.note_at_once(_NOTE, one)
        assert value(near) is None
        assert near.note_at_once(_NOTE, one)
        assert value(other) == "1"
    with pytest.raises(DBAPIError):
        near.note_at_once(_NOTE, one)
    assert near.note_at_once(_NOTE, [{"name": "b", "value": "2"}])


def test_who_notes_at_once_does_no_upkeep(near: Database) -> None:
    """Taking over the log into the file, which waits for the disk, is left to others."""
    prompt = near.engines[-1]
    with prompt.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == 0


def test_what_was_found_stands_over_notes_elsewhere(near: Database) -> None:
    """What was found in other tables is found again after a note at once, which each request of a sandbox makes."""
    clocks = near.quick.execute(_CLOCKS)
    assert near.note_at_once(_NOTE, [{"name": "a", "value": "1"}])
    assert near.quick.execute(_CLOCKS) is clocks


def test_what_was_found_falls_with_a_note_about_it(near: Database) -> None:
    """A note at once is seen by the connection that made it, of whose commits no counter tells."""
    assert value(near) is value(near, "b") is None
    assert near.note_at_once(_NOTE, [{"name": "a", "value": "1"}])
    assert (value(near), value(near, "b")) == ("1", None)
    assert near.note_at_once(_NOTE, [{"name": "b", "value": "2"}])
    assert value(near, "b") == "2"


def test_a_note_at_once_hides_no_other_change(near: Database) -> None:
    """C2: what others commit between two notes is found all the same."""
    assert not near.quick.execute(_CLOCKS).all()
    with closing(Database(near.url)) as other, other.writing() as connection:
        connection.execute(insert(sandbox_clock).values(client_id="one", shown=_MOMENT))
    assert near.note_at_once(_NOTE, [{"name": "a", "value": "1"}])
    assert [row.client_id for row in near.quick.execute(_CLOCKS)] == ["one"]


def test_where_it_is_not_offered_nothing_is_noted_at_once(postgresql_template: Template) -> None:
    """On PostgreSQL whoever writes waits for an answer, so there it is never done at once."""
    with postgresql_template() as url, closing(Database(url)) as database:
        assert not database.note_at_once(_NOTE, [{"name": "a", "value": "1"}])
        assert value(database) is None
