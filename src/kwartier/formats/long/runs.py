"""Run-shaped tables of the long form: the values of consecutive slots on each row (R4)."""

import json
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from kwartier.domain.metering import GasFactor, State
from kwartier.formats.long.cells import (
    NumberFault,
    is_text,
    read_codes,
    read_identity,
    read_thousandths,
    texts_of,
)
from kwartier.formats.long.checks import IDENTITY, MEASURE, Check, faulty, rejected, rows
from kwartier.formats.long.rows import as_object
from kwartier.formats.long.time import read_starts, slots_of, starts_of
from kwartier.formats.long.words import ROW_COLUMNS, RUN_COLUMNS, Column
from kwartier.formats.rows import REJECTED, Batch

__all__ = ["LONGEST_RUN", "VALUES_AT_ONCE", "batches_of_runs"]

LONGEST_RUN: Final = 200_000
"""How many values a run may have; five years of quarter-hours fit."""

VALUES_AT_ONCE: Final = 400_000

_CHECKS: Final = (
    *IDENTITY,
    Check(
        pl.col("length").is_null(), pl.lit("values are missing; allowed: a list with an item for each slot")
    ),
    Check(pl.col("length") == 0, pl.lit("the list of values is empty; allowed: an item for each slot")),
    Check(
        pl.col("length") > LONGEST_RUN,
        pl.format(f"a run of {{}} values is too long; allowed: {LONGEST_RUN}", "length"),
    ),
    Check(
        pl.col("states_length").is_null(), pl.lit("states are missing; allowed: a list, or one text for all")
    ),
    *(
        Check(
            pl.col(f"{name}_length") != pl.col("length"),
            pl.format(
                f"lists of unequal length: {{}} values and {{}} {name}; allowed: as many, or one text for all",
                "length",
                f"{name}_length",
            ),
        )
        for name in ("states", "factors")
    ),
)
_SERIES: Final = tuple(column for column in ROW_COLUMNS if column in RUN_COLUMNS)
_OF_RUNS: Final = {Column.VALUE: Column.VALUES, Column.STATE: Column.STATES, Column.FACTOR: Column.FACTORS}
_TOLD_OF_RUN: Final = ("ean", "sub_ean", "meter_id", "direction", "kind", "unit", "grid", "slot", "line")


def batches_of_runs(cells: dict[Column, Any], lines: NDArray[np.int64]) -> Iterator[Batch]:
    """Read runs, however many, in batches of about `VALUES_AT_ONCE`.

    A value that is null says nothing where its state is null too, or where one state is told for the whole run; its
    slot gives no row. A run is rejected whole if its series, its start or the length of a list is wrong, and else each
    wrong value by itself.

    Args:
        cells: an Arrow array for each of `RUN_COLUMNS`.
        lines: where each run stands in its source.
    """
    ends = np.cumsum(_lengths(cells[Column.VALUES]).fill_null(0).to_numpy())
    first, done = 0, 0
    while first < len(lines):
        last = max(int(np.searchsorted(ends, done + VALUES_AT_ONCE, side="right")), first + 1)
        part = {column: cell.slice(first, last - first) for column, cell in cells.items()}
        yield _batch(part, lines[first:last])
        first, done = last, int(ends[last - 1])


def _lengths(lists: Any) -> pl.Series:
    """The lengths of lists; null for null."""
    return pl.Series(values=pc.list_value_length(lists)).cast(pl.Int64)


def _is_list(cells: Any) -> bool:
    return not (pa.types.is_null(cells.type) or is_text(cells.type))


def _batch(cells: dict[Column, Any], lines: NDArray[np.int64]) -> Batch:
    codes = _codes(cells, lines)
    bad = faulty(codes, _CHECKS)
    refused = REJECTED.to_frame()
    if bad.any():
        refused = _refused_runs(_chosen(cells, bad), codes.filter(bad))
        cells, codes = _chosen(cells, ~bad), codes.filter(~bad)
    values = _values(codes, cells)
    wrong = faulty(values, MEASURE)
    if wrong.any():
        refused = pl.concat([refused, _refused_values(cells, values, wrong.arg_true())])
        values = values.filter(~wrong)
    return Batch(rows(values), refused.sort("line", maintain_order=True))


def _chosen(cells: dict[Column, Any], runs: pl.Series) -> dict[Column, Any]:
    mask = pa.array(runs.to_numpy())
    return {column: cell.filter(mask) for column, cell in cells.items()}


def _codes(cells: dict[Column, Any], lines: NDArray[np.int64]) -> pl.DataFrame:
    """What is said of each run as a whole."""
    identity = read_identity(cells)
    starts = read_starts(cells[Column.START])
    lengths = _lengths(cells[Column.VALUES])
    others = {}
    for column, is_needed in ((Column.STATES, True), (Column.FACTORS, False)):
        cell = cells[column]
        told = _lengths(cell) if _is_list(cell) else lengths.set(pl.Series(values=pc.is_null(cell)), None)
        others[f"{column.value}_length"] = told if is_needed else told.fill_null(lengths)
    measures = pl.DataFrame({"start": starts, "line": lines, "length": lengths, **others})
    slots = slots_of(starts, identity.get_column("resolution"))
    return pl.concat([identity, slots, measures], how="horizontal")


def _values(codes: pl.DataFrame, cells: dict[Column, Any]) -> pl.DataFrame:
    """The values of runs of which nothing is wrong as a whole, with their series, but for those that say nothing."""
    counts = codes.get_column("length").to_numpy()
    runs = np.repeat(np.arange(len(counts)), counts)
    places = np.arange(len(runs)) - np.repeat(np.cumsum(counts) - counts, counts)
    told = codes.select(*_TOLD_OF_RUN, pl.int_range(pl.len()).alias("run"))[runs]
    values = told.with_columns(pl.col("slot") + places, pl.Series("place", places)).hstack(
        read_thousandths(pc.list_flatten(cells[Column.VALUES]))
    )
    values = values.with_columns(
        _spread(cells[Column.STATES], Column.STATE, counts, runs),
        _spread(cells[Column.FACTORS], Column.FACTOR, counts, runs),
    )
    silent = pl.col("state") == State.SILENT
    if not _is_list(cells[Column.STATES]):
        silent = pl.col("state") != State.WITHDRAWN
    silent &= pl.col("fault") == NumberFault.MISSING
    return (
        values.filter(~silent.fill_null(value=False)) if cells[Column.VALUES].flatten().null_count else values
    )


def _spread(cells: Any, column: Column, counts: NDArray[np.int64], runs: NDArray[np.int64]) -> pl.Series:
    """The codes of states or factors, one for each value."""
    if not _is_list(cells):
        return read_codes(cells, column)[runs].alias(column.value)
    codes = read_codes(pc.list_flatten(cells), column)
    if cells.null_count:
        # A run without a list of factors has none.
        has_list = np.repeat(pc.is_valid(cells).to_numpy(zero_copy_only=False), counts)
        spread = pl.repeat(GasFactor.NONE.value, len(runs), dtype=pl.UInt8, eager=True)
        codes = spread.scatter(np.flatnonzero(has_list), codes)
    return codes.alias(column.value)


def _refused_runs(cells: dict[Column, Any], codes: pl.DataFrame) -> pl.DataFrame:
    texts = [texts_of(cells[column]).alias(column.value) for column in _SERIES]
    lengths = codes.select("length", "states_length", "factors_length")
    return rejected(codes, pl.DataFrame(texts).hstack(lengths), _CHECKS, lambda: _as_objects(cells))


def _as_objects(cells: dict[Column, Any]) -> pl.Series:
    """Runs as JSON objects, which can be read again as lines of NDJSON."""
    columns = {
        column.value: texts_of(cell).to_list() if column in _SERIES else cell.to_pylist()
        for column, cell in cells.items()
    }
    objects = (dict(zip(columns, run, strict=True)) for run in zip(*columns.values(), strict=True))
    return pl.Series([json.dumps(one, default=float) for one in objects], dtype=pl.String)


def _refused_values(cells: dict[Column, Any], values: pl.DataFrame, wrong: pl.Series) -> pl.DataFrame:
    codes = values[wrong]
    runs = pa.array(codes.get_column("run").to_numpy())
    texts: dict[Column, pl.Series] = {column: texts_of(cells[column].take(runs)) for column in _SERIES}
    texts[Column.START] = texts_of(starts_of(codes.get_column("grid"), codes.get_column("slot")).to_arrow())
    for column, of_runs in _OF_RUNS.items():
        lists = cells[of_runs]
        if not _is_list(lists):
            texts[column] = texts_of(lists.take(runs))
            continue
        items = zip(codes.get_column("run"), codes.get_column("place"), strict=True)
        texts[column] = texts_of(
            pa.array([lists[run][place].as_py() for run, place in items], lists.type.value_type)
        )
    frame = pl.DataFrame({column.value: texts[column] for column in ROW_COLUMNS})
    return rejected(codes, frame, MEASURE, lambda: as_object(frame))
