"""The long form, written and read again."""

from collections.abc import Sequence

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from kwartier.formats.long import read_long
from kwartier.formats.rows import ROWS
from support.examples import examples
from support.long_form import WRITERS, frames, read, written


@pytest.mark.parametrize("form", WRITERS)
@given(made=frames())
@settings(max_examples=examples(60), deadline=None)
def test_what_is_written_is_read_again(form: str, made: list[pl.DataFrame]) -> None:
    """R4: rows that are written in any form are read again as they were, over both changes of clock."""
    batches = list(read_long(written(made, form)))
    expected = pl.concat([ROWS.to_frame(), *made])
    found = pl.concat([ROWS.to_frame(), *(batch.rows for batch in batches)])
    # The rows of a run have its number.
    alike = (
        ROWS.names() if form == "csv" or form.endswith("rows") else [name for name in ROWS if name != "line"]
    )
    if form == "csv":
        expected = expected.with_columns(pl.col("line") + 1)
    assert_frame_equal(found.select(alike), expected.select(alike))
    assert not sum(batch.rejected.height for batch in batches)


def test_a_file_of_nothing_is_whole() -> None:
    """R4: a file without rows is none that is broken."""
    files = {form: list(read_long(written([], form))) for form in WRITERS if form != "ndjson"}
    assert len(files) == len(WRITERS) - 1
    assert not any(
        batch.rows.height or batch.rejected.height for batches in files.values() for batch in batches
    )


def test_runs_are_cut_where_slots_do_not_follow() -> None:
    """R4: in runs, what follows each other in slot, series and order is one run; anything else begins another."""
    one = frames_of([10, 11, 12, 14, 15, 15, 3])
    table = pq.read_table(written([one], "parquet of runs"))
    assert [len(values) for values in table.column("values").to_pylist()] == [3, 2, 1, 1]


def test_long_runs_are_cut() -> None:
    """R4: no run is written that is too long to be read."""
    made = frames_of(range(1_800_000, 2_050_000))
    table = pq.read_table(written([made], "parquet of runs"))
    assert max(len(values) for values in table.column("values")) == 10_000
    assert_frame_equal(
        read(read_long(written([made], "parquet of runs"))).rows.drop("line"), made.drop("line")
    )


def frames_of(slots: Sequence[int]) -> pl.DataFrame:
    """A frame of one series."""
    cells = {"ean": 541448860000000017, "sub_ean": 0, "meter_id": "", "direction": 0, "kind": 0, "unit": 0}
    others = {"grid": 1, "value": 5, "state": 2, "line": 1}
    frame = pl.DataFrame({"slot": list(slots)}).with_columns(
        *(pl.lit(cell).alias(name) for name, cell in (cells | others).items())
    )
    return frame.select(ROWS.names()).cast(ROWS)
