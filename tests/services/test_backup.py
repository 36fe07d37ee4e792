"""A platform that is backed up while it is used, and restored elsewhere."""

import gzip
import json
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Any, Final

import pytest
from anyio.from_thread import BlockingPortal
from sqlalchemy import Connection, func, inspect, select

from kwartier.db import backup as on_engines
from kwartier.db.backup import revision_of
from kwartier.db.engine import Database, DatabaseError
from kwartier.db.migrate import READINGS, REGISTRY, Schema, migrate, upgrade
from kwartier.db.readings import readings_database
from kwartier.db.readings_schema import headpoint, run
from kwartier.db.schema import audit
from kwartier.domain.audit import AuditEntry
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.days import Grid
from kwartier.domain.delivery import Counts
from kwartier.domain.mandate import Asked, Mandate
from kwartier.domain.messages import MessageState
from kwartier.domain.metering import Granularity, State
from kwartier.domain.period import Period
from kwartier.registry import outbox, outbox_desk
from kwartier.services.audit import Audit, AuditFilter
from kwartier.services.backup import BackupError, backup_file, make_backup, restore_backup
from kwartier.services.backup_format import Fingerprint
from kwartier.services.deliveries import Deliveries
from kwartier.wire.timestamps import write_timestamp
from support.domain import brussels
from support.engines import ENGINES, Template
from support.messages import message
from support.platform import Client, Json, Platform
from support.store import DIGITAL, START, StoreOfTest

NOW: Final = START
LONG_AGO: Final = brussels("2024-01-01T00:00")
FIRST: Final = int(brussels("2025-08-30T00:00").timestamp()) // 900
DAY: Final = ("2025-08-29T22:00:00Z", "2025-08-30T22:00:00Z")
PEPPER: Final = "pepper of tests"
LEAD: Final = timedelta(seconds=5)


def quiet(_what: str, _done: int, _total: int | None) -> None:
    """Nobody listens."""


def run_of(store: StoreOfTest | type[StoreOfTest], value: int) -> list[Any]:
    """A day of one register."""
    return [store.run(DIGITAL, Grid.QUARTER_HOUR, FIRST, {1: ([value] * 96, [State.READ] * 96)})]


@contextmanager
def somewhere(request: pytest.FixtureRequest, engine: str, folder: Path) -> Iterator[str]:
    """The address of a database that is not made yet."""
    if engine == "sqlite":
        yield f"sqlite:///{folder / 'elsewhere' / 'kwartier.db'}"
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield url


@pytest.fixture(params=ENGINES)
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a backup is restored, on one engine after the other."""
    with somewhere(request, request.param, tmp_path) as url:
        yield url


@pytest.fixture
def filled(any_template: Template) -> Iterator[str]:
    """The address of a platform with a delivery, on one engine after the other."""
    with any_template() as url:
        readings = readings_database(url)
        store = StoreOfTest(readings)
        store.deliver("a", run_of(store, 7))
        readings.close()
        yield url


@contextmanager
def serving(url: str, portal: BlockingPortal) -> Iterator[Platform]:
    """The platform of a database, on a clock that stands still."""
    platform = Platform(url, portal, pepper=PEPPER)
    try:
        yield platform
    finally:
        platform.http.close()
        platform.close()


def approve(client: Client) -> None:
    """Give the client's organisation a mandate."""
    mandate = Mandate(None, DIGITAL.ean, DIGITAL.energy_type, Granularity.QUARTER_HOURLY, own=True)
    client.write(mandate, [Asked(LONG_AGO, Period(LONG_AGO), by_grid_user=True)])


@contextmanager
def writing(store: StoreOfTest, client: Client) -> Iterator[None]:
    """Deliveries and accesses go on meanwhile; some are done before, and some after."""
    over, begun, done = Event(), Event(), 0

    def go_on() -> None:
        nonlocal done
        while not over.is_set() or done < 3:
            done += 1
            store.deliver(f"meanwhile {done}", run_of(store, done))
            assert client.ask_energy(DIGITAL.ean, *DAY).status_code == HTTPStatus.OK
            begun.set()

    with ThreadPoolExecutor(1) as threads:
        going_on = threads.submit(go_on)
        assert begun.wait(30)
        try:
            yield
        finally:
            over.set()
            going_on.result()


def accesses(platform: Platform) -> list[AuditEntry]:
    """The whole audit, the newest first."""
    return Audit(platform.database).find(AuditFilter(), 100_000)


def early(client: Client, until: datetime) -> Json:
    """What came in before a moment."""
    start, end = write_timestamp(START), write_timestamp(until + timedelta(seconds=1))
    return client.headpoint(DIGITAL.ean, start, end, periodType="insertTime")


def test_a_platform_answers_as_before(
    any_template: Template, elsewhere: str, portal: BlockingPortal, tmp_path: Path
) -> None:
    """R1, A1: credentials, tokens, mandates, readings and audit are as they were, restored on either engine."""
    with any_template() as url, ExitStack() as stack:
        platform = stack.enter_context(serving(url, portal))
        client = platform.client(EnvironmentName.LIVE)
        store = StoreOfTest(stack.enter_context(closing(readings_database(url))))
        approve(client)
        published_at = store.deliver("a", run_of(store, 7))
        before = early(client, published_at)
        assert len(before["physicalMeters"][0]["quarterHourlyEnergy"]) == 96
        known = accesses(platform)
        with writing(store, client):
            made = make_backup(url, PEPPER, tmp_path / "b.zip", NOW, quiet)
        assert restore_backup(tmp_path / "b.zip", elsewhere, NOW, quiet) == made

        again = stack.enter_context(serving(elsewhere, portal))
        assert known
        kept = accesses(again)
        assert all(one in kept for one in known)
        same = Client(again, client.issued)
        assert early(same, published_at) == before
        assert same.mandates() == client.mandates() != []
        same.headers["Authorization"] = client.headers["Authorization"]
        assert same.ask_energy(DIGITAL.ean, *DAY).status_code == HTTPStatus.OK
        # What comes in afterwards comes in later than anything before.
        there = stack.enter_context(closing(readings_database(elsewhere)))
        newest = [one.published_at for one in Deliveries(there, store.clock, LEAD).newest()]
        begun = Deliveries(there, store.clock, LEAD).begin("afterwards", "a test")
        assert Deliveries(there, store.clock, LEAD).publish(begun, Counts()) > max(filter(None, newest))


def test_a_restored_platform_makes_the_same_backup(filled: str, elsewhere: str, tmp_path: Path) -> None:
    """R1: from SQLite to PostgreSQL or back, a platform is the same, row by row and table by table."""
    made = make_backup(filled, "", tmp_path / "a.zip", NOW, quiet)
    restore_backup(tmp_path / "a.zip", elsewhere, NOW, quiet)
    again = make_backup(elsewhere, "", tmp_path / "b.zip", NOW, quiet)
    assert again == made
    assert {one.table: one.rows for one in made.members}["run"] == 1
    tables = {*REGISTRY.metadata.tables, *READINGS.metadata.tables}
    assert {one.table for one in made.members} == tables


def test_whatever_was_read_of_what_is_kept_is_in_the_audit(
    any_template: Template, portal: BlockingPortal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A1: what comes in and is read while the backup begins is not in it without the access to it."""
    with any_template() as url, ExitStack() as stack:
        client = stack.enter_context(serving(url, portal)).client(EnvironmentName.LIVE)
        store = StoreOfTest(stack.enter_context(closing(readings_database(url))))
        approve(client)
        looked: list[Schema] = []

        def look(connection: Connection, schema: Schema) -> str:
            revision = revision_of(connection, schema)
            if not looked:
                looked.append(schema)
                store.deliver("between", run_of(store, 7))
                assert client.ask_energy(DIGITAL.ean, *DAY).status_code == HTTPStatus.OK
            return revision

        monkeypatch.setattr(on_engines, "revision_of", look)
        made = make_backup(url, "", tmp_path / "b.zip", NOW, quiet)
        rows = {one.table: one.rows for one in made.members}
        if url.startswith("sqlite"):
            assert looked
        assert rows["audit"] >= rows["delivery"]


def test_a_backup_never_takes_the_place_of_another(filled: str, tmp_path: Path) -> None:
    """R1: what is there already stays as it is, and what is half made goes."""
    file = tmp_path / "b.zip"
    file.write_bytes(b"precious")
    with pytest.raises(BackupError, match="already"):
        make_backup(filled, "", file, NOW, quiet)
    assert file.read_bytes() == b"precious"
    file.unlink()

    def meanwhile(_what: str, _done: int, _total: int | None) -> None:
        file.write_bytes(b"made by another")

    with pytest.raises(BackupError, match="already"):
        make_backup(filled, "", file, NOW, meanwhile)
    assert file.read_bytes() == b"made by another"
    assert list(tmp_path.glob(".*")) == []


def test_of_a_backup_that_fails_nothing_stays(filled: str, tmp_path: Path) -> None:
    """R1: a backup that is broken off leaves no file, under no name."""

    def fail(_what: str, _done: int, _total: int | None) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_backup(filled, "", tmp_path / "b.zip", NOW, fail)
    assert not list((tmp_path).glob("*b.zip*"))


def test_a_backup_is_its_owners_alone(filled: str, tmp_path: Path) -> None:
    """A2: nobody else may read the keys in it, and the pepper is in none of its files."""
    file = tmp_path / "b.zip"
    made = make_backup(filled, PEPPER, file, NOW, quiet)
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            assert content
            assert PEPPER.encode() not in (gzip.decompress(content) if name.endswith(".gz") else content)
    assert made.pepper is not None
    assert made.pepper.fits(PEPPER)
    assert not made.pepper.fits("another")


def test_a_store_without_a_registry_is_backed_up(empty: str, elsewhere: str, tmp_path: Path) -> None:
    """R1: readings that came in before anybody was let in are kept as well."""
    readings = readings_database(empty)
    migrate(readings, READINGS)
    StoreOfTest(readings).deliver("a", run_of(StoreOfTest, 7))
    readings.close()
    file = tmp_path / "backup.zip"
    make_backup(empty, PEPPER, file, NOW, quiet)
    restore_backup(file, elsewhere, NOW, quiet)
    restored = readings_database(elsewhere, may_be_new=False)
    assert [one.delivery_id for one in Deliveries(restored, lambda: NOW, LEAD).newest()] == ["a"]
    restored.close()


def test_a_folder_gets_a_backup_named_by_the_moment(tmp_path: Path) -> None:
    """R1: what is made every night into one folder does not meet what was made the night before."""
    assert backup_file(tmp_path, NOW) == tmp_path / "kwartier-20250901T000000Z.zip"
    assert backup_file(tmp_path / "new", NOW) == tmp_path / "new" / "kwartier-20250901T000000Z.zip"
    (tmp_path / "folder.zip").mkdir()
    assert backup_file(tmp_path / "folder.zip", NOW).parent == tmp_path / "folder.zip"
    for name in ("b.zip", "B.ZIP"):
        assert backup_file(tmp_path / name, NOW) == tmp_path / name


def test_a_folder_that_is_missing_is_made(empty: str, tmp_path: Path) -> None:
    """R1: the first night makes the folder, so that the second finds no file of its name in the way."""
    with closing(Database(empty)) as database:
        migrate(database)
    for night in (NOW, NOW + timedelta(days=1)):
        file = backup_file(tmp_path / "backups", night)
        make_backup(empty, PEPPER, file, night, quiet)
        assert file.is_file()
    assert len(list((tmp_path / "backups").iterdir())) == 2


def test_a_file_in_the_place_of_the_folder_is_named(empty: str, tmp_path: Path) -> None:
    """R1: what is wrong with the place is said: a file where the folder should be, a folder above that is missing."""
    with closing(Database(empty)) as database:
        migrate(database)
    (tmp_path / "backups").write_text("", encoding="utf-8")
    with pytest.raises(BackupError, match=r"backups is a file: name a folder"):
        make_backup(empty, PEPPER, backup_file(tmp_path / "backups", NOW), NOW, quiet)
    with pytest.raises(BackupError, match="nowhere"):
        make_backup(empty, PEPPER, backup_file(tmp_path / "nowhere" / "backups", NOW), NOW, quiet)
    assert not (tmp_path / "nowhere").exists()


def damage(file: Path, how: str) -> None:
    """Spoil the bytes of a backup."""
    content = bytearray(file.read_bytes())
    with zipfile.ZipFile(file) as archive:
        place = archive.getinfo("readings/run.ndjson.gz").header_offset + 80
    if how == "a bit in the rows":
        content[place] ^= 1
    elif how == "cut off":
        del content[len(content) // 2 :]
    elif how == "no backup":
        content = bytearray(b"PK" + bytes(500))
    else:
        make_otherwise(file, how)
        return
    file.write_bytes(content)


def make_otherwise(file: Path, how: str) -> None:
    """Make a zip file that is whole, and not what was backed up."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["manifest.json"])
    match how:
        case "rows of another":
            members["readings/run.ndjson.gz"] = members["readings/delivery.ndjson.gz"]
        case "a digit changed":
            rows = gzip.decompress(members["readings/delivery.ndjson.gz"])
            members["readings/delivery.ndjson.gz"] = gzip.compress(rows.replace(b"[1,", b"[2,", 1))
        case "a file less":
            del members["registry/audit.ndjson.gz"]
        case "another form":
            manifest["format"] = 2
        case "a newer schema":
            manifest["revisions"]["readings"] = "9999"
        case "fewer rows than told":
            [told] = [one for one in manifest["members"] if one["table"] == "run"]
            told["rows"] += 1
    members["manifest.json"] = json.dumps(manifest).encode()
    if how == "no manifest":
        del members["manifest.json"]
    with zipfile.ZipFile(file, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, member)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("a bit in the rows", "damaged.*run"),
        ("cut off", "damaged"),
        ("no backup", "damaged"),
        ("rows of another", "damaged.*run"),
        ("a digit changed", "damaged.*delivery"),
        ("a file less", "damaged.*audit"),
        ("no manifest", "manifest"),
        ("another form", "newer"),
        ("a newer schema", "newer"),
        ("fewer rows than told", "damaged.*run"),
    ],
)
def test_a_damaged_backup_is_refused(
    sqlite_template: Template, elsewhere: str, tmp_path: Path, how: str, words: str
) -> None:
    """R1: a backup that is not what was written is refused with what is wrong, and nothing of it is there afterwards."""
    with sqlite_template() as url, closing(readings_database(url)) as readings:
        store = StoreOfTest(readings)
        store.deliver("a", run_of(store, 7))
        make_backup(url, "", tmp_path / "b.zip", NOW, quiet)
    damage(tmp_path / "b.zip", how)
    with pytest.raises((BackupError, DatabaseError), match=words):
        restore_backup(tmp_path / "b.zip", elsewhere, NOW, quiet)
    if elsewhere.startswith("sqlite"):
        assert list((tmp_path / "elsewhere").rglob("*")) == []
    else:
        with closing(Database(elsewhere)) as database, database.reading() as connection:
            tables = [*READINGS.metadata.sorted_tables, *REGISTRY.metadata.sorted_tables]
            there = [one for one in tables if inspect(connection).has_table(one.name)]
            assert [connection.execute(select(func.count()).select_from(one)).scalar() for one in there] == [
                0
            ] * len(there)


def test_only_what_is_not_there_is_restored_to(filled: str, any_template: Template, tmp_path: Path) -> None:
    """R1: a restore never mixes with what is there, and leaves it as it is."""
    make_backup(filled, "", tmp_path / "b.zip", NOW, quiet)
    with any_template() as url:
        with closing(readings_database(url)) as readings:
            StoreOfTest(readings)
        with pytest.raises(DatabaseError, match=r"there already|in use"):
            restore_backup(tmp_path / "b.zip", url, NOW, quiet)
        with closing(readings_database(url)) as readings, readings.reading() as connection:
            assert connection.execute(select(func.count()).select_from(headpoint)).scalar() == 3
            assert connection.execute(select(func.count()).select_from(run)).scalar() == 0


def test_a_backup_of_an_older_version_is_brought_up_to_date(elsewhere: str, tmp_path: Path) -> None:
    """R1: what an older version backed up is restored by this one."""
    old = f"sqlite:///{tmp_path / 'old.db'}"
    with closing(Database(old)) as database, closing(readings_database(old)) as readings:
        migrate(database)
        migrate(readings, READINGS)
    file = tmp_path / "b.zip"
    make_backup(old, "", file, NOW, quiet)
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        members = {name: archive.read(name) for name in archive.namelist()}
    with closing(Database(f"sqlite:///{tmp_path / 'older.db'}")) as database:
        upgrade(database, "0001")
        with database.reading() as connection:
            look = inspect(connection)
            columns = {
                table: {one["name"] for one in look.get_columns(table)} for table in look.get_table_names()
            }
    assert columns.keys() < REGISTRY.metadata.tables.keys() | {REGISTRY.version_table}
    manifest["revisions"]["registry"] = "0001"
    manifest["members"] = [
        one | {"columns": {name: one["columns"].get(name, "text") for name in columns[one["table"]]}}
        for one in manifest["members"]
        if one["table"] in columns
    ]
    with zipfile.ZipFile(file, "w") as archive:
        for name, member in members.items():
            archive.writestr(name, json.dumps(manifest) if name == "manifest.json" else member)
    restore_backup(file, elsewhere, NOW, quiet)
    with closing(Database(elsewhere)) as database, database.reading() as connection:
        assert revision_of(connection, REGISTRY) == REGISTRY.head
        assert connection.execute(select(func.count()).select_from(audit)).scalar() == 0


def test_a_pepper_is_known_again_and_not_given_away() -> None:
    """A2: two backups of one pepper do not look alike."""
    one, other = Fingerprint.of(PEPPER), Fingerprint.of(PEPPER)
    assert one != other
    assert one.fits(PEPPER)
    assert other.fits(PEPPER)
    assert not one.fits("")


def test_what_waited_is_not_sent_twice(filled: str, elsewhere: str, tmp_path: Path) -> None:
    """What was due is doubtful on the restored platform, for the old one may have sent it; what is due later waits."""
    with closing(Database(filled)) as database, database.writing() as connection:
        outbox.put(connection, message("due", due_at=NOW), NOW)
        outbox.put(connection, message("later", due_at=NOW + timedelta(seconds=1)), NOW)
    make_backup(filled, PEPPER, tmp_path / "b.zip", NOW, quiet)
    restore_backup(tmp_path / "b.zip", elsewhere, NOW, quiet)
    with closing(Database(elsewhere)) as database, database.reading() as connection:
        stand = {one.about: one.state for one in outbox_desk.listed(connection, tuple(MessageState), 10)}
    assert stand == {"due": MessageState.DOUBTFUL, "later": MessageState.WAITING}
