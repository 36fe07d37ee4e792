"""One wrong row among very many."""

from datetime import timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from kwartier.clock import system_clock
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.formats.long import Shape, read_long
from kwartier.formats.long.write import write_parquet
from kwartier.readings import headpoints
from kwartier.readings.quarantine import Chosen
from kwartier.services.deliveries import Deliveries
from kwartier.services.ingest.quarantine import Quarantine
from kwartier.services.ingest.way_in import Ingest
from support.ingest import FIRST_SLOT, digital, quarter_hours

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROWS: Final = 10_000_000
EACH: Final = 100_000
EANS: Final = [541448800000000007 + 7 * number for number in range(ROWS // EACH)]
WRONG: Final = 7_654_321
SLOTS: Final = range(FIRST_SLOT - EACH, FIRST_SLOT)


def test_one_wrong_row_of_ten_million(tmp_path: Path) -> None:
    """R3: of ten million rows the one that cannot be right is set aside with its line and reason; no other is lost."""
    random, file = np.random.default_rng(1), tmp_path / "many.parquet"

    def values(number: int) -> NDArray[np.int64]:
        made = random.integers(0, 900, EACH)
        if number == WRONG // EACH:
            made[WRONG % EACH] = -1
        return made

    with file.open("wb") as sink:
        frames = (quarter_hours([ean], SLOTS, values(number)) for number, ean in enumerate(EANS))
        write_parquet(frames, sink, Shape.ROWS)
    database = readings_database(f"sqlite:///{tmp_path / 'kwartier.db'}")
    migrate(database, READINGS)
    with database.writing() as connection:
        headpoints.add(connection, [digital(ean) for ean in EANS], system_clock())
    deliveries = Deliveries(database, system_clock, timedelta(seconds=1))
    taking = Ingest(database, deliveries, system_clock, tmp_path / "spools")
    counts = taking.take("many", "a test", read_long(file)).delivery.counts
    assert (counts.rows, counts.stored, counts.quarantined) == (ROWS, ROWS - 1, 1)
    [aside] = Quarantine(database).newest(Chosen(), 2)
    assert (aside.line, aside.ean) == (WRONG + 1, EANS[WRONG // EACH])
    assert "negative value -0.001; allowed: 0 or more" in aside.reason
    database.close()
