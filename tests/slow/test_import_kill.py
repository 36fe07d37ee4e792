"""What a kill of an import, or a full disk, leaves behind: nothing, and the next attempt ends as an undisturbed one."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Timer
from time import perf_counter
from typing import Final

import numpy as np
import pytest
from sqlalchemy import delete, select, text

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.db.readings_schema import delivery, metadata
from kwartier.domain.delivery import DeliveryState
from kwartier.formats.long import Shape
from kwartier.formats.long.write import write_parquet
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.deliveries import Deliveries
from kwartier.services.ingest.quarantine import Quarantine
from kwartier.services.ingest.way_in import Ingest
from support.engines import BOUND_BYTES, ENGINES
from support.ingest import FIRST_SLOT, Stands, batch, digital, quarter_hours, row, stands

KILLS: Final = int(os.environ.get("KWARTIER_TEST_KILLS", "25"))
"""How many for each engine; `make soak` asks for more."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60 * max(KILLS, 25))]

_FILLING: Final = text(
    "insert into run select 1, 1, :first + i, 0, decode(repeat(md5(i::text), 110), 'hex') from generate_series(1, :rows) i"
)
"""Runs of a delivery that there is not."""

METERS: Final = 100
DAYS: Final = 15
EANS: Final = [541448800000000007 + 7 * number for number in range(METERS)]
PHASES: Final = ("started", "reading", "loading", "publishing")
OLD: Final = 5


@dataclass
class Imported:
    """A store with one older delivery, a file, and what stands after it was imported undisturbed."""

    url: str
    database: Database
    file: Path
    folder: Path
    before: Stands
    after: Stands
    waiting: int
    seconds: dict[str, float]

    def start(self, limit: str = "", hold: str = "") -> "subprocess.Popen[str]":
        """Import the file in a process of its own; its files may be bounded, in bytes, and it may stand still in a phase."""
        words = (self.url, str(self.file), str(self.folder), limit, hold)
        return subprocess.Popen(
            [sys.executable, "-m", "support.importing", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parent.parent)},
        )

    def clear(self) -> None:
        """Forget the file's delivery, as if it had not been published."""
        with self.database.writing() as connection:
            for table in ("run", "quarantine", "announcement"):
                column = metadata.tables[table].c.delivery
                connection.execute(delete(metadata.tables[table]).where(column > 1))
            connection.execute(delete(delivery).where(delivery.c.number > 1))

    def is_untouched(self) -> None:
        """Assert that nothing of the file is to be seen, and that the store can be read."""
        assert stands(self.database, EANS) == self.before
        assert Quarantine(self.database).count(Chosen()) == 0

    def is_whole(self) -> None:
        """Assert that the store is as after an undisturbed import."""
        assert stands(self.database, EANS) == self.after
        assert Quarantine(self.database).count(Chosen()) == self.waiting
        with self.database.reading() as connection:
            states = connection.execute(select(delivery.c.state).order_by(delivery.c.number)).scalars().all()
        assert states == [DeliveryState.PUBLISHED.value] * 2

    def is_published(self) -> bool:
        """Whether the file's delivery is published."""
        found = Deliveries(self.database, system_clock, timedelta(0)).find("a")
        return found is not None and found.state is DeliveryState.PUBLISHED

    def again(self) -> None:
        """Import the file once more, to the end."""
        with self.start() as process:
            out, err = process.communicate(timeout=600)
        assert process.returncode == 0, err
        assert out.split()[-1] == "published"
        assert not list(self.folder.iterdir())


def _write(file: Path, days: int, seed: int) -> None:
    """Days of quarter-hours in no order, of which one in a thousand is wrong."""
    random = np.random.default_rng(seed)
    size = METERS * days * 96
    values = np.where(random.random(size) < 0.001, -1, random.integers(0, 900, size))
    frame = quarter_hours(EANS, range(FIRST_SLOT, FIRST_SLOT + days * 96), values)
    with file.open("wb") as sink:
        write_parquet(frame.sample(fraction=1, shuffle=True, seed=seed).iter_slices(50_000), sink, Shape.ROWS)


@pytest.fixture(scope="module", params=ENGINES)
def imported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imported]:
    """A store after an undisturbed import, which was measured and then cleared."""
    folder = tmp_path_factory.mktemp("kill")
    if request.param == "sqlite":
        url = f"sqlite:///{folder / 'kwartier.db'}"
    else:
        server = request.getfixturevalue(request.param)
        url = server.url(server.make())
    database = readings_database(url)
    migrate(database, READINGS)
    with database.writing() as connection:
        headpoints.add(connection, [digital(ean) for ean in EANS], system_clock())
    _write(folder / "new.parquet", DAYS, 2)
    made = Imported(url, database, folder / "new.parquet", folder / "spools", {}, {}, 0, {})
    made.folder.mkdir()
    _first(made)
    made.before = stands(database, EANS)
    assert len(made.before) == OLD * METERS
    # The second run counts: in the first, caches are cold.
    for _ in range(2):
        made.clear()
        made.seconds = _phases(made)
    made.after, made.waiting = stands(database, EANS), Quarantine(database).count(Chosen())
    assert len(made.after) == METERS * DAYS * 96 + OLD * METERS - made.waiting
    assert made.waiting > 100
    made.is_whole()
    yield made
    database.close()


def _first(made: Imported) -> None:
    """An older delivery of some quarter-hours before those of the file."""
    rows = [row(ean=ean, slot=FIRST_SLOT - 1 - slot) for ean in EANS for slot in range(OLD)]
    deliveries = Deliveries(made.database, system_clock, timedelta(seconds=0.05))
    Ingest(made.database, deliveries, system_clock, made.folder).take("old", "a test", [batch(rows)])


def _phases(made: Imported) -> dict[str, float]:
    """When each phase of an undisturbed import begins, in seconds from its start, and when it ends."""
    seconds: dict[str, float] = {}
    with made.start() as process:
        assert process.stdout is not None
        for line in process.stdout:
            seconds[line.strip()] = perf_counter()
    assert process.returncode == 0
    began = seconds["started"]
    return {name: moment - began for name, moment in seconds.items()}


def _killed(made: Imported, phase: str, after: float) -> str:
    """Kill an import some time after a phase began, or at once, before anything more is done; in which phase it was."""
    with made.start(hold="" if after else phase) as process:
        assert process.stdout is not None
        said = ""
        killer = Timer(after, process.kill)
        for line in process.stdout:
            said = line.strip()
            if said == phase and after:
                killer.start()
            elif said == phase:
                process.kill()
        killer.cancel()
    _wait_for_server(made)
    return said


def _wait_for_server(made: Imported) -> None:
    """Wait until the server has done with what was sent to it before the kill."""
    working = text(
        "select count(*) from pg_stat_activity where datname = current_database()"
        " and state <> 'idle' and pid <> pg_backend_pid()"
    )
    while made.url.startswith("postgresql"):
        with made.database.glancing() as connection:
            if not connection.execute(working).scalar():
                return


def test_a_killed_import_leaves_nothing(imported: Imported) -> None:
    """R3: killed at any moment, in each phase, an import shows nothing, and repeated at once ends as undisturbed."""
    random, hit = Random(1), dict.fromkeys((*PHASES, "published"), 0)  # noqa: S311 - moments, no secrets
    names = list(hit)
    for number in range(KILLS):
        phase = PHASES[number % len(PHASES)]
        lasts = imported.seconds[names[names.index(phase) + 1]] - imported.seconds[phase]
        imported.clear()
        # Each once for sure, whatever the pace; and publishing lasts so short that most of its kills come at once.
        at_once = number < len(PHASES) or (phase == "publishing" and number % (2 * len(PHASES)) < len(PHASES))
        was_in = _killed(imported, phase, 0 if at_once else random.random() * lasts)
        assert was_in == phase or not at_once
        if imported.is_published():
            hit["published"] += 1
        else:
            hit[was_in] += 1
            imported.is_untouched()
            imported.again()
        imported.is_whole()
        if (number + 1) % 25 == 0:
            print(number + 1, hit, flush=True)  # noqa: T201 - for the figures of a soak
    assert all(hit[phase] for phase in PHASES), hit


@pytest.mark.parametrize("bytes_left", [0, 60_000, 400_000])
def test_a_full_disk_leaves_nothing(imported: Imported, bytes_left: int) -> None:
    """R3: when a file can't grow, the import says so and shows nothing; with room again it ends as undisturbed."""
    imported.clear()
    sizes = [one.stat().st_size for one in imported.file.parent.glob("*.db*")]
    limit = bytes_left if bytes_left < 100_000 else bytes_left + max(sizes, default=0)

    with imported.start(str(limit)) as process:
        out, err = process.communicate(timeout=600)
    if not imported.is_published():
        assert process.returncode != 0
        assert "Error" in err.splitlines()[-1]
        imported.is_untouched()
        imported.again()
    else:
        assert out.split()[-1] == "published"  # the server's files are not bounded by our limit
        assert limit > 100_000
    imported.is_whole()


@contextmanager
def _no_room_for_runs(made: Imported) -> Iterator[None]:
    """The table of runs of a bounded server can't grow by more than some pages."""
    while (size := _bytes_of_runs(made)) < BOUND_BYTES - 80_000:
        with made.database.writing() as connection:
            # Four rows fill a page.
            rows = max((BOUND_BYTES - 60_000 - size) // 8192 * 4, 4)
            connection.execute(_FILLING, {"first": size, "rows": rows})
    try:
        yield
    finally:
        with made.database.writing() as connection:
            connection.execute(text("delete from run where delivery = 0"))
        _bytes_of_runs(made)


def _bytes_of_runs(made: Imported) -> int:
    """How large the table of runs is, without what was deleted."""
    with made.database.glancing() as connection:
        connection.execute(text("vacuum full run"))
        size: int = connection.execute(text("select pg_relation_size('run')")).scalar_one()
        return size


@pytest.mark.parametrize("imported", ["bounded_postgresql"], indirect=True)
def test_a_full_disk_of_the_server_leaves_nothing(imported: Imported) -> None:
    """R3: when the server's files can't grow, the import says so and shows nothing; with room again it ends as undisturbed."""
    imported.clear()
    with _no_room_for_runs(imported), imported.start() as process:
        out, err = process.communicate(timeout=600)
    assert process.returncode != 0
    assert "published" not in out
    assert "could not extend file" in err
    imported.is_untouched()
    imported.again()
    imported.is_whole()
