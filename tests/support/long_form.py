"""Readings in the long form, made for tests: rows by hand, files of them, and generated ones."""

import io
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import polars as pl
import pyarrow as pa
from hypothesis import strategies as st

from kwartier.domain.days import Grid, slots_within
from kwartier.domain.metering import GasFactor, State, Unit, state_code
from kwartier.domain.period import Period
from kwartier.formats.long.columns import Shape
from kwartier.formats.long.write import (
    write_arrow_file,
    write_arrow_stream,
    write_csv,
    write_ndjson,
    write_parquet,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, REJECTED, ROWS, UNITS, Batch

__all__ = [
    "EAN",
    "HEADER",
    "WRITERS",
    "csv_of",
    "frames",
    "read",
    "row",
    "row_table_of",
    "run_table_of",
    "written",
]

EAN: Final = "541448860000000017"

HEADER: Final = "ean,sub_ean,meter_id,direction,register,unit,start,resolution,value,state,factor"

_ROW: Final[Mapping[str, str]] = {
    "ean": EAN,
    "sub_ean": "",
    "meter_id": "1SAG1100000017",
    "direction": "offtake",
    "register": "total",
    "unit": "kWh",
    "start": "2024-03-30T23:00:00Z",
    "resolution": "PT15M",
    "value": "0.243",
    "state": "READ",
    "factor": "",
}

WRITERS: Final[Mapping[str, Callable[[Iterable[pl.DataFrame], io.BytesIO], None]]] = {
    "csv": write_csv,
    "ndjson": write_ndjson,
    "parquet of rows": lambda made, sink: write_parquet(made, sink, Shape.ROWS),
    "parquet of runs": lambda made, sink: write_parquet(made, sink, Shape.RUNS),
    "arrow file of rows": lambda made, sink: write_arrow_file(made, sink, Shape.ROWS),
    "arrow file of runs": lambda made, sink: write_arrow_file(made, sink, Shape.RUNS),
    "arrow stream of rows": lambda made, sink: write_arrow_stream(made, sink, Shape.ROWS),
    "arrow stream of runs": lambda made, sink: write_arrow_stream(made, sink, Shape.RUNS),
}
"""Every way of writing the long form."""


def row(**changed: str) -> dict[str, str]:
    """The cells of a good row, some of them changed."""
    return {**_ROW, **changed}


def written(made: Iterable[pl.DataFrame], form: str) -> io.BytesIO:
    """Rows as a file, at its beginning."""
    sink = io.BytesIO()
    WRITERS[form](made, sink)
    sink.seek(0)
    return sink


def read(batches: Iterable[Batch]) -> Batch:
    """All that was read, as one batch."""
    parts = list(batches)
    return Batch(
        pl.concat([ROWS.to_frame(), *(part.rows for part in parts)]),
        pl.concat([REJECTED.to_frame(), *(part.rejected for part in parts)]),
    )


def csv_of(*rows: Mapping[str, str]) -> io.BytesIO:
    """Rows as CSV with the whole header."""
    lines = [HEADER, *(",".join(one[name] for name in HEADER.split(",")) for one in rows)]
    return io.BytesIO("\n".join([*lines, ""]).encode())


def row_table_of(*rows: Mapping[str, str]) -> Any:
    """Rows as an Arrow table of text."""
    return pa.table({name: [one[name] or None for one in rows] for name in HEADER.split(",")})


def run_table_of(*runs: Mapping[str, Any]) -> Any:
    """Runs as an Arrow table; what they do not say is that of `row`."""
    series = [name for name in HEADER.split(",") if name not in {"value", "state", "factor"}]
    names = [*series, "values", "states", *(["factors"] if any("factors" in run for run in runs) else [])]
    return pa.table({name: [{**row(), **run}.get(name) for run in runs] for name in names})


# Both changes of clock, and a plain week.
_PERIODS: Final = (
    Period(datetime(2024, 3, 29, 12, tzinfo=UTC), datetime(2024, 4, 1, 12, tzinfo=UTC)),
    Period(datetime(2024, 10, 25, 12, tzinfo=UTC), datetime(2024, 10, 29, 12, tzinfo=UTC)),
    Period(datetime(2023, 12, 30, tzinfo=UTC), datetime(2024, 1, 3, tzinfo=UTC)),
)
_GAS: Final = (Grid.HOUR, Grid.GAS_DAY)
_STATES: Final = tuple(state for state in State if state >= State.READ)


@st.composite
def _stretch(draw: st.DrawFn) -> pl.DataFrame:
    """Some consecutive slots of a series."""
    grid = draw(st.sampled_from(Grid))
    slots = slots_within(grid, draw(st.sampled_from(_PERIODS)))
    first = draw(st.integers(slots.start, slots.stop - 1))
    length = draw(st.integers(1, min(slots.stop - first, 30)))
    unit = draw(st.sampled_from(Unit))
    factors = st.sampled_from(GasFactor) if grid in _GAS and unit is Unit.KWH else st.just(GasFactor.NONE)
    value = st.integers(-(10**12) + 1, 10**12 - 1)
    valued = st.tuples(value, st.builds(state_code, st.sampled_from(_STATES), factors))
    cells = draw(
        st.lists(st.one_of(valued, st.just((0, int(State.WITHDRAWN)))), min_size=length, max_size=length)
    )
    numbers = st.integers(0, 10**18 - 1)
    return pl.DataFrame(
        {
            "ean": [draw(numbers)] * length,
            "sub_ean": [draw(st.one_of(st.just(0), numbers))] * length,
            "meter_id": [draw(st.sampled_from(["", "1SAG1100000017", "7-é;\",'x", "0"]))] * length,
            "direction": [draw(st.integers(0, len(DIRECTIONS) - 1))] * length,
            "kind": [draw(st.integers(0, len(KINDS) - 1))] * length,
            "unit": [UNITS.index(unit)] * length,
            "grid": [grid.value] * length,
            "slot": np.arange(first, first + length),
            "value": [number for number, _ in cells],
            "state": [state for _, state in cells],
            "line": [0] * length,
        },
        schema=ROWS,
    )


@st.composite
def frames(draw: st.DrawFn) -> list[pl.DataFrame]:
    """Some frames of rows, numbered through."""
    made = [
        pl.concat(draw(st.lists(_stretch(), min_size=1, max_size=3))) for _ in range(draw(st.integers(1, 3)))
    ]
    line, numbered = 1, []
    for frame in made:
        numbered.append(frame.with_columns(line=pl.int_range(line, line + frame.height)))
        line += frame.height
    return numbered
