"""`kwartier backup`, `restore`, and `readings erase`, `retain`, `erasures`."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import insert

from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.db.readings import readings_database
from kwartier.db.readings_schema import quarantine
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, State, SubHeadpoint
from kwartier.readings import headpoints
from support.domain import brussels
from support.engines import Template
from support.running import command
from support.store import AMR, START, StoreOfTest

pytestmark = pytest.mark.slow  # many commands, each a process of its own

FIRST: Final = int(brussels("2025-08-30T00:00").timestamp()) // 900


@pytest.fixture
def database(any_template: Template) -> Iterator[str]:
    """The address of a platform with readings, on one engine after the other."""
    with filled(any_template) as url:
        yield url


@pytest.fixture
def one_database(template: Template) -> Iterator[str]:
    """The same, for what is alike on both."""
    with filled(template) as url:
        yield url


@contextmanager
def filled(template: Template) -> Iterator[str]:
    """The address of a platform with readings."""
    with template() as url, closing(readings_database(url)) as readings:
        with closing(Database(url)) as registry:
            migrate(registry)
        store = StoreOfTest(readings)
        said = {1: ([7] * 96, [State.VAL] * 96)}
        store.deliver("a", [store.run(AMR, Grid.QUARTER_HOUR, FIRST, said)])
        yield url


def run(*words: str, database: str, pepper: str | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a command."""
    settings = {} if pepper is None else {"PEPPER": pepper}
    return command(*words, "--database", database, settings=settings)


def test_there_and_back(database: str, tmp_path: Path) -> None:
    """R1: a backup is made into a folder and restored, and both say what they did."""
    made = run("backup", str(tmp_path), "--json", database=database)
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    [file] = tmp_path.glob("kwartier-*.zip")
    assert told["file"] == str(file)
    assert told["size_bytes"] == file.stat().st_size
    assert {one["table"]: one["rows"] for one in told["members"]}["run"] == 1
    elsewhere = f"sqlite:///{tmp_path / 'new' / 'kwartier.db'}"
    restored = run("restore", str(file), database=elsewhere)
    assert restored.returncode == 0, restored.stderr
    assert "readings/run" in restored.stdout
    assert "repeat the erasures" in restored.stderr
    again = run("restore", str(file), database=elsewhere)
    assert again.returncode == 1
    assert "there already" in again.stderr
    assert len(again.stderr.splitlines()) == 1


def test_a_backup_for_people(one_database: str, tmp_path: Path) -> None:
    """R1: tables, rows and size are shown, and that the file is to be kept safe."""
    made = run("backup", str(tmp_path / "b.zip"), database=one_database)
    assert made.returncode == 0, made.stderr
    assert "readings/run" in made.stdout
    assert "bytes" in made.stdout
    assert "keep it as safe" in made.stdout
    assert made.stderr == ""
    again = run("backup", str(tmp_path / "b.zip"), database=one_database)
    assert (again.returncode, len(again.stderr.splitlines())) == (1, 1)
    assert "already" in again.stderr


@pytest.mark.parametrize(
    ("of_backup", "of_restore", "words"),
    [
        ("one", "", "is empty"),
        ("one", "other", "not that of the platform"),
        ("", "other", "had none"),
        ("one", "one", None),
    ],
)
def test_the_pepper_is_not_forgotten(
    one_database: str, tmp_path: Path, of_backup: str, of_restore: str, words: str | None
) -> None:
    """A2: the pepper is not in a backup; both commands say so, and whether the one that is set is the right one."""
    made = run("backup", str(tmp_path / "b.zip"), database=one_database, pepper=of_backup)
    assert made.returncode == 0, made.stderr
    assert ("the pepper is not in the backup" in made.stderr) is bool(of_backup)
    elsewhere = f"sqlite:///{tmp_path / 'kwartier.db'}"
    restored = run("restore", str(tmp_path / "b.zip"), database=elsewhere, pepper=of_restore)
    assert restored.returncode == 0
    assert ("no credentials work" in restored.stderr) is (words is not None)
    assert words is None or words in restored.stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("backup", "nowhere/b.zip"), 1, "nowhere"),
        (("restore", "nowhere.zip"), 2, "nowhere.zip"),
        (("restore", "pyproject.toml"), 1, "damaged"),
        (("readings", "erase", "--reason", "r"), 2, "--before"),
        (("readings", "erase", "--reason", " ", "--ean", AMR.ean), 2, "--reason"),
        (("readings", "erase", "--reason", "r", "--ean", "12"), 2, "18 digits"),
        (("readings", "erase", "--reason", "r", "--before", "1/1/2020"), 2, "YYYY-MM-DD"),
        (("readings", "erase", "--reason", "r", "--before", "9999-01-01"), 2, "to come"),
        (("readings", "erase", "--reason", "r", "--ean", AMR.ean), 2, "--yes"),
    ],
)
def test_what_is_wrong_is_named(one_database: str, words: tuple[str, ...], code: int, told: str) -> None:
    """C6: one line says what is wrong and what is allowed."""
    done = run(*words, database=one_database)
    assert done.returncode == code, done.stderr
    assert told in done.stderr.splitlines()[-1]


def test_without_a_database_there_is_no_backup(tmp_path: Path) -> None:
    """C6: a mistyped name is not hidden behind a backup of nothing."""
    done = run("backup", str(tmp_path / "b.zip"), database=f"sqlite:///{tmp_path / 'k.db'}")
    assert done.returncode == 1
    assert "no database" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_an_erasure_is_counted_done_and_listed(database: str) -> None:
    """R1: how much goes is said before; afterwards it is gone, and the list says what, when and why."""
    what = ("readings", "erase", "--reason", "asked by [the] grid user", "--ean", AMR.ean)
    counted = run(*what, "--dry-run", database=database)
    assert "1 runs" in counted.stdout
    assert run("readings", "erasures", database=database).stdout.strip() == "Nothing was erased."
    done = run(*what, "--yes", "--json", database=database)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["runs"] == 1
    [listed] = json.loads(run("readings", "erasures", "--json", database=database).stdout)
    assert listed == json.loads(done.stdout)
    assert (listed["ean"], listed["why"], listed["finished"]) == (AMR.ean, "asked by [the] grid user", True)
    assert "asked by [the] grid user" in run("readings", "erasures", database=database).stdout
    left = run(*what, "--dry-run", "--json", database=database)
    assert json.loads(left.stdout) == {"runs": 0, "shortened": 0, "quarantined": 0, "series": 0}


def test_a_submeter_is_not_erased_by_itself(database: str) -> None:
    """R1, E9: the command names the headpoint, fails, and records nothing, asked or counted."""
    sub = SubHeadpoint(Ean("541448800000000038"), "1", Direction.OFFTAKE)
    with closing(readings_database(database)) as readings, readings.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(AMR, submeters=(sub,))], START)
    for way in ("--yes", "--dry-run"):
        done = run("readings", "erase", "--reason", "r", "--ean", sub.ean, way, database=database)
        assert (done.returncode, done.stdout) == (1, "")
        assert f"everything of {AMR.ean}" in done.stderr
    assert json.loads(run("readings", "erasures", "--json", database=database).stdout) == []


def test_an_age_is_kept(database: str) -> None:
    """R1: what is older than some years goes; what is not stays."""
    kept = run("readings", "retain", "--years", "50", "--yes", "--json", database=database)
    assert json.loads(kept.stdout)["runs"] == 0
    gone = run(
        *("readings", "erase", "--before", "2025-08-31", "--reason", "r", "--yes", "--json"),
        database=database,
    )
    assert json.loads(gone.stdout)["runs"] == 1
    assert json.loads(gone.stdout)["before"] == "2025-08-30T22:00:00Z"


def test_a_kill_leaves_no_half_backup(database: str, tmp_path: Path) -> None:
    """R1: a backup that is killed has not got its name, and the next one is whole."""
    row = {"ean": 1, "line": 1, "reason": "r", "content": os.urandom(4000).hex(), "state": "open"}
    with closing(readings_database(database)) as readings, readings.writing() as connection:
        for number in range(10):
            rows = [row | {"delivery": 1000 + number, "no": no} for no in range(1000)]
            connection.execute(insert(quarantine), rows)
    file = tmp_path / "b.zip"
    words = (sys.executable, "-m", "kwartier", "backup", str(file), "--database", database)
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as process:
        while not any(one.stat().st_size > 100_000 for one in tmp_path.glob(".b.zip.*")):
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not file.exists()
    made = run("backup", str(file), "--json", database=database)
    assert {one["table"]: one["rows"] for one in json.loads(made.stdout)["members"]}["quarantine"] == 10_000
    restored = run("restore", str(file), database=f"sqlite:///{tmp_path / 'kwartier.db'}")
    assert restored.returncode == 0, restored.stderr
