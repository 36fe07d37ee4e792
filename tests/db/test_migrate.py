"""Databases: opening, migrating, refusing."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Insert, insert, inspect, select, text
from sqlalchemy.exc import StatementError

from kwartier.db.engine import Database, DatabaseError
from kwartier.db.migrate import HEAD, READINGS, REGISTRY, Schema, migrate, upgrade
from kwartier.db.readings_schema import delivery
from kwartier.db.schema import signing_key


@pytest.fixture
def database(empty: str) -> Iterator[Database]:
    """A database without a schema, on one engine after the other."""
    database = Database(empty)
    yield database
    database.close()


def _key(kid: str, moment: datetime, content: str = "") -> Insert:
    """How a row is written, of a table that has a moment."""
    return insert(signing_key).values(kid=kid, encrypted_jwk=content, created_at=moment, signs_from=moment)


@pytest.fixture
def another(database: Database, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Another database without a schema, on the same engine."""
    with ExitStack() as stack:
        if database.url.startswith("sqlite"):
            url = f"sqlite:///{tmp_path / 'another.db'}"
        else:
            url = stack.enter_context(request.getfixturevalue("postgresql").database())
        other = Database(url)
        yield other
        other.close()


def schema_of(database: Database) -> list[str]:
    """Everything that the database knows of its own shape."""
    found: list[str] = []
    with database.reading() as connection:
        known = inspect(connection)
        for name in sorted(known.get_table_names()):
            columns = [
                f"{name}.{column['name']} {column['type']} {column['nullable']}"
                for column in known.get_columns(name)
            ]
            indexes = [
                f"{name} index {sorted(map(str, one['column_names']))}" for one in known.get_indexes(name)
            ]
            unique = [f"{name} unique {one['column_names']}" for one in known.get_unique_constraints(name)]
            key = known.get_pk_constraint(name)["constrained_columns"]
            found += [*columns, *sorted(indexes), *sorted(unique), f"{name} key {key}"]
    return found


both = pytest.mark.parametrize("wanted", [REGISTRY, READINGS], ids=["registry", "readings"])


@both
def test_migrating_makes_the_schema(database: Database, wanted: Schema) -> None:
    """The steps make exactly the schema that the code works with, columns, types and indexes."""
    migrate(database, wanted)
    with database.reading() as connection:
        options = {"compare_type": True, "version_table": wanted.version_table}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, wanted.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*wanted.metadata.tables, wanted.version_table}
        for name, table in wanted.metadata.tables.items():
            made = {index["name"] for index in inspect(connection).get_indexes(name)}
            assert {index.name for index in table.indexes} <= made


@both
def test_the_steps_end_with_what_is_made_at_once(
    database: Database, another: Database, wanted: Schema
) -> None:
    """A database brought up step by step, also from the first version's, is the one that is made new."""
    migrate(database, wanted)
    upgrade(another, "heads", wanted=wanted)
    assert len(schema_of(database)) > 40
    assert schema_of(database) == schema_of(another)
    for one in (database, another):
        with one.reading() as connection:
            context = MigrationContext.configure(connection, opts={"version_table": wanted.version_table})
            assert context.get_current_revision() == wanted.head


def test_a_store_of_a_version_before_keeps_its_deliveries(database: Database) -> None:
    """R3: readings that came in before are there after every step."""
    upgrade(database, "0001", wanted=READINGS)
    with database.writing() as connection:
        columns = "number, delivery_id, source, state, received_at, touched_at, counts"
        values = "7, 'kept', 'a file', 'published', 1, 1, '{}'"
        connection.execute(text(f"insert into delivery ({columns}) values ({values})"))  # noqa: S608 - a test's own
    migrate(database, READINGS)
    with database.reading() as connection:
        kept = connection.execute(select(delivery.c.delivery_id, delivery.c.number, delivery.c.retries)).all()
    assert kept == [("kept", 7, None)]


def test_the_file_of_another_program_is_left_as_it_is(tmp_path: Path) -> None:
    """Nothing is put into a database that is somebody else's; one line says what is allowed."""
    file = tmp_path / "theirs.db"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("create table invoices (number integer)")
    database = Database(f"sqlite:///{file}")
    for wanted in (REGISTRY, READINGS):
        with pytest.raises(DatabaseError, match="table invoices; allowed: a file that Kwartier made"):
            migrate(database, wanted)
    with database.reading() as connection:
        assert inspect(connection).get_table_names() == ["invoices"]
    database.close()


def test_an_older_database_is_brought_up_to_date_with_what_is_in_it(database: Database) -> None:
    """A database of the first schema becomes one of this version's, and keeps its rows."""
    upgrade(database, "0001")
    with database.writing() as connection:
        connection.execute(text("insert into mandate_fact values (7, 'kept', 0, 'asked', 1, '{}')"))
    migrate(database)
    with database.reading() as connection:
        assert connection.execute(text("select version_num from alembic_version")).scalar() == HEAD
        assert connection.execute(text("select mandate_id from mandate_fact")).scalar() == "kept"
        assert connection.execute(text("select count(*) from sandbox_fault")).scalar() == 0


def test_signing_keys_that_lay_open_are_forgotten(database: Database) -> None:
    """C1: a key that was kept as it is may have been read by others: it signs and verifies nothing any more."""
    upgrade(database, "0006")
    with database.writing() as connection:
        connection.execute(
            text("insert into signing_key values ('open', '{\"d\"\\:\"secret\"}', 1, 1, null)")
        )
    migrate(database)
    with database.reading() as connection:
        assert connection.execute(select(signing_key)).all() == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """A database that is up to date keeps its shape and its content."""
    migrate(database)
    before = schema_of(database)
    with database.writing() as connection:
        connection.execute(_key("k", datetime.now(UTC)))
    migrate(database)
    assert schema_of(database) == before
    with database.reading() as connection:
        assert connection.execute(select(signing_key.c.kid)).scalars().all() == ["k"]


def test_two_processes_may_migrate_at_once(database: Database) -> None:
    """Processes that start together end with one schema."""
    others = [Database(database.url) for _ in range(3)]
    failures: list[Exception] = []

    def start(one: Database) -> None:
        try:
            migrate(one)
        except DatabaseError as error:
            failures.append(error)

    threads = [threading.Thread(target=start, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert failures == []
    assert schema_of(database)


def test_a_newer_schema_is_refused(database: Database) -> None:
    """A database of a newer version is left alone, and one line says what to do."""
    migrate(database)
    with database.writing() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    before = schema_of(database)
    with pytest.raises(DatabaseError, match="newer Kwartier") as refused:
        migrate(database)
    message = str(refused.value)
    assert "\n" not in message
    assert "9999" in message
    assert database.name in message
    assert schema_of(database) == before


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """A file that is no database is left alone, and one line says so."""
    file = tmp_path / "notes.txt"
    content = b"these are my notes, and no database\n" * 100
    file.write_bytes(content)
    database = Database(f"sqlite:///{file}")
    with pytest.raises(DatabaseError, match="not a database") as refused:
        migrate(database)
    database.close()
    assert "\n" not in str(refused.value)
    assert str(file) in str(refused.value)
    assert file.read_bytes() == content


def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    """A folder, or a path below a file, is no place for a database; one line says so."""
    (tmp_path / "file").write_bytes(b"")
    for place in (tmp_path, tmp_path / "file" / "kwartier.db"):
        with pytest.raises(DatabaseError, match=str(place)) as refused:
            Database(f"sqlite:///{place}")
        assert "\n" not in str(refused.value)


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    """The folders of a new database are made."""
    database = Database(f"sqlite:///{tmp_path / 'a' / 'b' / 'kwartier.db'}")
    migrate(database)
    database.close()
    assert (tmp_path / "a" / "b" / "kwartier.db").stat().st_size > 0


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    """A2: the database and the files beside it are their owner's alone: they hold signing keys."""
    umask = os.umask(0)
    try:
        database = Database(f"sqlite:///{tmp_path / 'kwartier.db'}")
        migrate(database)
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    finally:
        os.umask(umask)
    database.close()
    assert "kwartier.db" in modes
    assert set(modes.values()) == {0o600}


def test_a_moment_comes_back_as_it_was(database: Database) -> None:
    """A moment is kept to the microsecond, and comes back aware and in UTC."""
    migrate(database)
    moments = {
        "a": datetime(2025, 9, 20, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2))),
        "b": datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        "c": datetime.min.replace(tzinfo=UTC),
        "d": datetime.max.replace(tzinfo=UTC),
    }
    with database.writing() as connection:
        for kid, moment in moments.items():
            connection.execute(_key(kid, moment))
        rows = connection.execute(select(signing_key.c.kid, signing_key.c.created_at)).all()
    found = dict(rows)
    assert found == moments
    assert all(moment.tzinfo is UTC for moment in found.values())


def test_a_naive_moment_is_refused(database: Database) -> None:
    """A moment that does not say where its clock stands is an error."""
    migrate(database)
    naive = datetime(2025, 9, 20)  # noqa: DTZ001 - what is refused
    with database.writing() as connection, pytest.raises((TypeError, StatementError)) as refused:
        connection.execute(_key("k", naive))
    assert "naive" in str(refused.value)
    with database.reading() as connection:
        assert connection.execute(select(signing_key)).all() == []


def test_what_fails_is_undone(database: Database) -> None:
    """Of a transaction that fails nothing is kept."""
    migrate(database)

    def fail() -> None:
        with database.writing() as connection:
            connection.execute(_key("k", datetime.now(UTC)))
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    with database.reading() as connection:
        assert connection.execute(select(signing_key)).all() == []


def test_a_reader_sees_one_state(database: Database) -> None:
    """What a reader sees does not change while it reads, and readers do not wait for a writer."""
    migrate(database)
    with database.reading() as reader:
        assert reader.execute(select(signing_key)).all() == []
        with database.writing() as writer:
            writer.execute(_key("k", datetime.now(UTC)))
        assert reader.execute(select(signing_key)).all() == []
    with database.reading() as reader:
        assert len(reader.execute(select(signing_key)).all()) == 1


def test_writers_wait_for_each_other(database: Database) -> None:
    """Writers about the same thing come one after another, whatever they read before, and none is lost."""
    migrate(database)

    def write(name: str) -> None:
        for number in range(10):
            with database.writing("the count") as connection:
                seen = len(connection.execute(select(signing_key)).all())
                connection.execute(_key(f"{name}{number}", datetime.now(UTC), str(seen)))

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as connection:
        counted = connection.execute(select(signing_key.c.encrypted_jwk)).scalars().all()
    assert sorted(int(seen) for seen in counted) == list(range(30))
