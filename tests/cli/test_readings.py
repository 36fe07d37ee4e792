"""`kwartier readings import`, `deliveries` and `quarantine`."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.readings import headpoints
from kwartier.wire.timestamps import read_timestamp, write_exactly
from support.running import command
from support.store import DIGITAL, METER, START

pytestmark = pytest.mark.slow  # many commands, each a process of its own

HEAD = "ean,direction,register,unit,start,resolution,value,state\n"
LINE = f"{DIGITAL.ean},offtake,total,kWh,2025-01-01T00:{{minute:02}}:00Z,PT15M,{{value}},READ\n"
GOOD = HEAD + LINE.format(minute=0, value=0.25) + LINE.format(minute=15, value=0.5)
WRONG = HEAD + LINE.format(minute=0, value=0.25) + LINE.format(minute=30, value=-0.5)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The address of a platform that knows a headpoint."""
    url = f"sqlite:///{tmp_path / 'kwartier.db'}"
    readings = readings_database(url)
    migrate(readings, READINGS)
    with readings.writing() as connection:
        headpoints.add(connection, [KnownHeadpoint(DIGITAL, meters=(HungMeter(METER),))], START)
    readings.close()
    return url


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A file of which every row is right."""
    file = tmp_path / "good.csv"
    file.write_text(GOOD)
    return file


@pytest.fixture
def wrong(tmp_path: Path) -> Path:
    """A file with a wrong row."""
    file = tmp_path / "wrong.csv"
    file.write_text(WRONG)
    return file


def run(*words: str, database: str, code: int = 0) -> str:
    """What a command printed; it ended with this code."""
    done = command(*words, "--database", database)
    assert done.returncode == code, done.stderr
    return done.stdout


def shown(*words: str, database: str, code: int = 0) -> Any:
    """The same, for programs."""
    return json.loads(run(*words, "--json", database=database, code=code))


def test_files_are_taken_in(database: str, good: Path, wrong: Path) -> None:
    """R3, R4: each file is a delivery, with a summary of what came of its rows, wrong ones by reason."""
    printed = run("readings", "import", str(good), str(wrong), database=database)
    words = [line.split() for line in printed.splitlines()]
    assert ["stored", "2"] in words
    assert ["quarantined", "1"] in words
    assert "1: negative value -0.500" in printed
    listed = shown("deliveries", "list", database=database)
    assert [(one["source"], one["stored"]) for one in listed] == [("wrong.csv", 1), ("good.csv", 2)]


def test_a_file_of_which_nothing_gets_in_is_no_success(database: str, tmp_path: Path, wrong: Path) -> None:
    """R3: where every row was set aside the exit code says so, again too while they wait; beside good rows it is 0."""
    bad = tmp_path / "bad.csv"
    bad.write_text(HEAD + LINE.format(minute=0, value=-0.25) + LINE.format(minute=15, value=-0.5))
    done = command("readings", "import", str(bad), str(wrong), "--database", database)
    assert (done.returncode, done.stderr) == (1, "")
    assert "2 of its 2 rows wait in quarantine" in run(
        "readings", "import", str(bad), database=database, code=1
    )
    [again] = shown("readings", "import", str(wrong), database=database)
    assert (again["already"], again["rows"], again["quarantined"]) == ("published", 2, 1)
    run("quarantine", "discard", "--all", database=database)
    run("readings", "import", str(bad), database=database)


def test_the_same_file_counts_once(database: str, good: Path) -> None:
    """R3: a file that is imported twice is known by its content; one line says so."""
    [first] = shown("readings", "import", str(good), database=database)
    assert (first["rows"], first["stored"], first["runs"], first["headpoints"]) == (2, 2, 1, 1)
    again = run("readings", "import", str(good), database=database)
    assert again.splitlines() == [
        f"good.csv: taken in before, counted once (delivery {first['delivery']} is published already)"
    ]
    [named] = shown("readings", "import", str(good), "--delivery", "mine", database=database)
    assert named["delivery"] == "mine"


def test_something_else_under_the_same_id_is_refused(database: str, good: Path, wrong: Path) -> None:
    """R3: under one id there is one content; another is refused, and says what to do."""
    run("readings", "import", str(good), "--delivery", "d", database=database)
    assert "counted once" in run("readings", "import", str(good), "--delivery", "d", database=database)
    done = command("readings", "import", str(wrong), "--delivery", "d", "--database", database)
    assert done.returncode == 1
    assert "another content was delivered as d" in done.stderr
    assert "--delivery" in done.stderr


def test_what_was_withdrawn_is_refused_under_its_id(database: str, good: Path) -> None:
    """R3: what was withdrawn counts zero times, and an import of it under its id says so, and what to do."""
    run("readings", "import", str(good), "--delivery", "d", database=database)
    run("deliveries", "withdraw", "d", database=database)
    done = command("readings", "import", str(good), "--delivery", "d", "--database", database)
    assert (done.returncode, done.stdout) == (1, "")
    assert "delivery d was withdrawn, and does not count" in done.stderr
    assert "--delivery" in done.stderr
    [again] = shown("readings", "import", str(good), "--delivery", "e", database=database)
    assert again["stored"] == 2


@pytest.mark.parametrize("delivery_id", ["", "x" * 201, "a\nb", "a\x1b[2Jb"])
def test_an_id_is_short_and_can_be_shown(database: str, good: Path, delivery_id: str) -> None:
    """R3: the id of a delivery has 1 to 200 characters that can be shown, as over HTTP."""
    done = command("readings", "import", str(good), "--delivery", delivery_id, "--database", database)
    assert (done.returncode, "--delivery: 1 to 200 characters" in done.stderr) == (2, True)


def test_what_came_of_each_file_is_told(database: str, good: Path, wrong: Path, tmp_path: Path) -> None:
    """R3, R4: a file that can't be taken in keeps no other from it, and the answer tells of all."""
    files = [str(one) for one in (good, tmp_path / "nowhere.csv", wrong)]
    done = command("readings", "import", *files, "--json", "--database", database)
    assert done.returncode == 1
    told = json.loads(done.stdout)
    assert [one["file"] for one in told] == files
    assert [one.get("stored") for one in told] == [2, None, 1]
    assert "No such file" in told[1]["error"]
    assert "nowhere.csv: No such file" in done.stderr


def test_what_is_known_at_a_publication_has_it(database: str, good: Path) -> None:
    """R1: a delivery tells the moment of its publication so exactly that what is known then contains it."""
    # Sooner than the next command is there to ask: what will be known can't be asked.
    soon = {"PUBLICATION_LEAD_SECONDS": "0.1"}
    words = ("readings", "import", str(good), "--delivery", "d", "--database", database)
    assert command(*words, settings=soon).returncode == 0
    moment = shown("deliveries", "show", "d", database=database)["published_at"]
    asked = ("readings", "show", DIGITAL.ean, "--from", "2025-01-01", "--to", "2025-01-02")
    found = run(*asked, "--as-known-at", moment, database=database)
    assert "0.25" in found
    before = write_exactly(read_timestamp(moment) - timedelta(microseconds=1))
    assert "0.25" not in run(*asked, "--as-known-at", before, database=database)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("ean,start\n1,2\n", "column 'direction' is missing"),
        ("van;tot\n1;2\n", "column"),
        ("", "nothing of it was taken in"),
        ("PAR1 and then nothing", "nothing of it was taken in"),
    ],
)
def test_what_is_no_file_of_readings_is_refused(
    database: str, tmp_path: Path, content: str, words: str
) -> None:
    """R3: a file that can't be read is refused whole, in one line."""
    file = tmp_path / "odd.csv"
    file.write_text(content)
    done = command("readings", "import", str(file), "--database", database)
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert "odd.csv" in line
    assert words in line
    assert shown("deliveries", "list", database=database) == []


def test_a_file_that_is_not_there_is_told(database: str, tmp_path: Path, good: Path) -> None:
    """R3: so is one that is not there, and an id for several files is a mistake."""
    done = command("readings", "import", str(tmp_path / "nowhere.csv"), "--database", database)
    assert (done.returncode, "No such file" in done.stderr) == (1, True)
    both = command("readings", "import", str(good), str(good), "--delivery", "a", "--database", database)
    assert (both.returncode, "--delivery" in both.stderr) == (2, True)


def test_a_pipe_is_taken_in(database: str, good: Path) -> None:
    """R4: what another program writes into a pipe is imported like a file, and counts once like one."""
    words = [sys.executable, "-m", "kwartier", "readings", "import", "--database", database]
    for file, said in (("-", "visible from"), ("/dev/stdin", "counted once")):
        done = subprocess.run([*words, file], input=good.read_bytes(), capture_output=True, check=True)
        assert said in done.stdout.decode()
    [delivery] = shown("deliveries", "list", database=database)
    assert delivery["delivery"].startswith("pipe ")


@pytest.mark.parametrize("named", [(), ("--delivery", "mine")])
def test_a_name_that_is_no_text_is_told(
    database: str, tmp_path: Path, good: Path, named: tuple[str, ...]
) -> None:
    """R3: a file whose name cannot be shown is refused for that, in one line."""
    file = good.rename(tmp_path / os.fsdecode(b"\xff.csv"))
    done = command("readings", "import", str(file), *named, "--database", database)
    assert done.returncode == 1
    [line] = done.stderr.strip().splitlines()
    assert "the name of the file" in line


def test_a_delivery_is_shown_and_withdrawn(database: str, wrong: Path) -> None:
    """R3: a delivery tells its counts; it is taken back by another; what waits of it no longer counts as its rows."""
    run("readings", "import", str(wrong), "--delivery", "w", database=database)
    told = shown("deliveries", "show", "w", database=database)
    assert (told["state"], told["quarantined"], told["waiting"]) == ("published", 1, 1)
    withdrawn = run("deliveries", "withdraw", "w", database=database).splitlines()
    assert "'withdrawal of w'" in withdrawn[0]
    assert withdrawn[1] == "1 of its rows waited in quarantine, and wait no more"
    told = shown("deliveries", "show", "w", database=database)
    assert (told["state"], told["waiting"], told["dropped"]) == ("withdrawn", 0, 1)
    assert told["retried_by"] == []
    assert "withdrawn" in run("deliveries", "list", database=database)
    assert "published at" in run("deliveries", "show", "w", database=database)
    for words in (("show", "v"), ("withdraw", "v")):
        done = command("deliveries", *words, "--database", database)
        assert (done.returncode, "no " in done.stderr) == (1, True)
    assert run("deliveries", "sweep", database=database).strip() == "Nothing to sweep."


def test_rows_that_wait_are_handled(database: str, wrong: Path, tmp_path: Path) -> None:
    """R3: rows set aside are listed by reason, retried, written out and discarded."""
    assert run("quarantine", "list", database=database).strip() == "Nothing waits."
    run("readings", "import", str(wrong), "--delivery", "w", database=database)
    listed = run("quarantine", "list", "--delivery", "w", "--ean", DIGITAL.ean, database=database)
    assert "negative value -0.500" in listed.splitlines()[1]
    [summed] = shown("quarantine", "list", "--summary", database=database)
    assert summed["rows"] == "1"
    [retried] = shown("quarantine", "retry", database=database, code=1)
    assert (retried["retries"], retried["rows"], retried["stored"]) == ("w", 1, 0)
    assert retried["published_at"] is None
    assert "retry of w" in run("quarantine", "retry", "--delivery", "w", database=database, code=1)
    file = tmp_path / "rows.csv"
    assert "1 rows written" in run("quarantine", "export", str(file), database=database)
    assert "-0.500" in file.read_text().splitlines()[1]
    again = command("quarantine", "export", str(file), "--database", database)
    assert (again.returncode, "exists" in again.stderr) == (1, True)
    assert command("quarantine", "discard", "--database", database).returncode == 2
    assert command("quarantine", "list", "--ean", "1", "--database", database).returncode == 2
    assert "1 rows discarded" in run("quarantine", "discard", "--all", database=database)
    assert shown("quarantine", "list", database=database) == []


def test_rows_are_corrected(database: str, wrong: Path, tmp_path: Path) -> None:
    """R3: rows are written out with their numbers, edited, and come in; single ones are retried or discarded."""
    wrong.write_text(WRONG + LINE.format(minute=45, value=-0.75))
    run("readings", "import", str(wrong), "--delivery", "w", database=database)
    numbers = [one["row"] for one in shown("quarantine", "list", database=database)]
    assert numbers == ["1-1", "1-2"]
    [retried] = shown("quarantine", "retry", "--row", "1-1", "--row", "9-9", database=database, code=1)
    assert (retried["rows"], retried["quarantined"]) == (1, 1)
    file = tmp_path / "rows.csv"
    run("quarantine", "export", str(file), database=database)
    shown("quarantine", "correct", str(file), database=database, code=1)
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], lines[1].replace("-0.500", "0.500")]))
    [corrected] = shown("quarantine", "correct", str(file), database=database)
    assert (corrected["retries"], corrected["stored"]) == ("w", 1)
    assert [one["row"] for one in shown("quarantine", "list", database=database)] == ["1-2"]
    done = command("quarantine", "correct", str(file), "--database", database)
    assert (done.returncode, "none of these rows waits" in done.stderr) == (1, True)
    done = command("quarantine", "correct", str(wrong), "--database", database)
    assert (done.returncode, "column 'row' is missing" in done.stderr) == (1, True)
    assert "1 rows discarded" in run("quarantine", "discard", "--row", "1-2", database=database)
    done = command("quarantine", "discard", "--row", "1", "--database", database)
    assert (done.returncode, "--row" in done.stderr) == (2, True)


def test_other_commands_do_without_data_frames() -> None:
    """R4: a command that brings nothing in, as `serve`, loads none of the packages for files."""
    program = "import sys, kwartier.cli.main; print({'polars', 'pyarrow'} & sys.modules.keys())"
    assert subprocess.check_output([sys.executable, "-c", program], text=True).strip() == "set()"
