"""The spool: rows parted by headpoint, however many there are."""

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from kwartier.formats.rows import REJECTED, ROWS
from kwartier.readings.spool import Spool, SpoolError, SpoolSizes
from kwartier.readings.stretches import Stretches
from support.ingest import row

EANS = [541448800000000007 + 7 * number for number in range(40)]


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Rows as a reader gives them."""
    return pl.DataFrame(rows, schema=ROWS)


def by_day(stretches: Stretches) -> NDArray[np.int64]:
    """Rows of a day belong together."""
    return stretches.slots // 96


def shuffled() -> pl.DataFrame:
    """Rows of forty headpoints, some days, two meters, in no order."""
    rows = [
        row(ean=ean, slot=day * 96 + slot, meter_id=meter, value=day + slot, line=ean + day + slot)
        for ean in EANS
        for day in range(5)
        for slot in range(4)
        for meter in ("", "1SAG")
    ]
    return frame(rows).sample(fraction=1, shuffle=True, seed=1)


SIZES = [
    SpoolSizes(),
    SpoolSizes(collected=100, parts=8, rows=10_000, together=1),
    SpoolSizes(collected=100, parts=8, rows=10_000, together=500),
    SpoolSizes(collected=100, parts=2, rows=50, together=50),
]


@pytest.mark.parametrize("sizes", SIZES)
def test_every_row_comes_out_once(tmp_path: Path, sizes: SpoolSizes) -> None:
    """R3: what goes in comes out, each row once, and no two parts share a run."""
    rows = shuffled()
    spool = Spool(tmp_path / "spool", sizes, by_day)
    for some in rows.iter_slices(70):
        spool.add(some)
    assert spool.rows == rows.height
    parts = [
        part.stretches.rows_at(np.arange(len(part.stretches)))
        for part in spool.parts()
        if len(part.stretches)
    ]
    assert pl.concat(parts).sort(ROWS.names()).equals(rows.sort(ROWS.names()))
    runs = Counter(run for part in parts for run in set(part.select("ean", pl.col("slot") // 96).iter_rows()))
    assert len(runs) == len(EANS) * 5
    assert set(runs.values()) == {1}
    spool.close()
    assert not (tmp_path / "spool").exists()


def test_memory_holds_a_part_alone(tmp_path: Path) -> None:
    """R3: parts are no larger than told, also when all rows are of one headpoint, down to those of one run."""
    sizes = SpoolSizes(collected=100, parts=16, rows=100, together=100)
    spool = Spool(tmp_path / "spool", sizes, by_day)
    rows = [row(slot=slot) for slot in range(96 * 50)]
    for first in range(0, len(rows), 100):
        spool.add(frame(rows[first : first + 100]))
    written = [one.stat().st_size for one in (tmp_path / "spool").iterdir()]
    assert sum(written) > 0
    lengths = [len(part.stretches) for part in spool.parts()]
    assert sum(lengths) == 96 * 50
    assert max(lengths) < 96 * 50 / 4
    assert not list((tmp_path / "spool").iterdir())


def test_little_is_not_written(tmp_path: Path) -> None:
    """R3: what fits memory needs no folder."""
    spool = Spool(tmp_path / "spool", SpoolSizes(), by_day)
    spool.add(shuffled())
    assert [len(part.stretches) for part in spool.parts()] == [1600]
    assert not (tmp_path / "spool").exists()


def test_rejected_rows_come_out_in_order(tmp_path: Path) -> None:
    """R3: what a reader rejected is kept outside memory too, whatever is in its words."""
    spool = Spool(tmp_path / "spool", SpoolSizes(collected=10), by_day)
    rejected = [(line, 0, f"reason {line}", '"é";\n') for line in range(1, 36)]
    for first in range(0, 35, 4):
        spool.reject(pl.DataFrame(rejected[first : first + 4], schema=REJECTED, orient="row"))
    assert (tmp_path / "spool" / "rejected.arrow").exists()
    assert pl.concat(list(spool.rejected())).rows() == rejected


def test_stretches_are_cut_where_series_change() -> None:
    """R3: rows of one series that follow each other make one stretch."""
    rows = [row(slot=1), row(slot=2), row(slot=3, meter_id="1SAG"), row(slot=4), row(slot=5, kind=1)]
    stretches = Stretches.of(frame(rows))
    assert stretches.lengths.tolist() == [2, 1, 1, 1]
    assert stretches.cut(np.array([0, 1, 1, 1, 1])).lengths.tolist() == [1, 1, 1, 1, 1]
    assert stretches.rows_at(np.array([4, 0])).rows() == frame([rows[4], rows[0]]).rows()


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """R3: when rows can't be written, one line names the folder and why."""
    (tmp_path / "spool").touch()
    spool = Spool(tmp_path / "spool", SpoolSizes(collected=1), by_day)
    with pytest.raises(SpoolError, match=r"spool: File exists$"):
        spool.add(frame([row()]))
