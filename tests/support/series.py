"""Strategies for series and meters: any registers, values, states, grids and changes of clock."""

from datetime import UTC, date, datetime
from itertools import product

import numpy as np
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    GasFactor,
    Headpoint,
    InstallationType,
    Meter,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
    state_code,
)
from kwartier.domain.series import MeterSeries, Series

__all__ = ["INT64", "headpoints", "meters", "moments", "registers", "series"]

INT64 = np.iinfo(np.int64)

_REGISTERS = [Register(*parts) for parts in product(Direction, RegisterKind, Unit)]
_USUAL = [Register(direction, RegisterKind.TOTAL) for direction in (Direction.OFFTAKE, Direction.INJECTION)]
_SLOT_SECONDS = {Grid.QUARTER_HOUR: 900, Grid.HOUR: 3600, Grid.DAY: 86400, Grid.GAS_DAY: 86400}

# The nights of the changes of clock, a leap day, a turn of the year and the days before the epoch.
_NOTABLE = [date(2024, 3, 31), date(2024, 10, 27), date(2024, 2, 29), date(2023, 12, 31), date(1969, 12, 30)]

moments = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware by `timezones`
headpoints = st.builds(
    Headpoint,
    st.from_regex(r"5414[0-9]{14}", fullmatch=True).map(Ean),
    st.sampled_from(EnergyType),
    st.sampled_from(MeterType),
)
registers = st.one_of(
    st.just(_USUAL),
    st.lists(st.sampled_from(_REGISTERS[:12]), min_size=1, max_size=4, unique=True),
    st.lists(st.sampled_from(_REGISTERS), min_size=1, max_size=8, unique=True),
)
_values = st.one_of(
    st.integers(0, 9_999),
    st.integers(0, 2_000_000),
    st.integers(0, 18).map(lambda power: 10**power),
    st.integers(1, 18).map(lambda power: 10**power - 1),
    st.integers(INT64.min, INT64.max),
)
_SOME_STATES: list[list[int]] = [
    [State.READ],
    [State.READ, State.EST],
    [State.VAL, State.NVAL],
    [State.SILENT, State.READ],
    [State.WITHDRAWN, State.SILENT],
    [state_code(State.READ, factor) for factor in GasFactor],
    [
        State.SILENT,
        state_code(State.EST, GasFactor.PROVISIONAL),
        state_code(State.VAL, GasFactor.CONSTANT),
    ],
    list(State),
]
_states = st.sampled_from(_SOME_STATES)

# Gas has days of its own, under the key of the others: a meter has one of the two.
_grids = st.lists(
    st.sampled_from(Grid), max_size=3, unique_by=lambda grid: Grid.DAY if grid is Grid.GAS_DAY else grid
)


@st.composite
def _first_slots(draw: st.DrawFn, grid: Grid) -> int:
    day = draw(st.one_of(st.sampled_from(_NOTABLE), st.dates(date(1990, 1, 1), date(2090, 1, 1))))
    seconds = (day - date(1970, 1, 1)).days * 86400
    return seconds // _SLOT_SECONDS[grid] + draw(
        st.integers(-5, 100 if grid in {Grid.QUARTER_HOUR, Grid.HOUR} else 1)
    )


@st.composite
def _cells(draw: st.DrawFn, elements: st.SearchStrategy[int], rows: int, columns: int) -> list[list[int]]:
    """Rows of runs, so that neighbouring cells are often alike."""
    cells: list[list[int]] = []
    for _ in range(rows):
        row: list[int] = []
        while len(row) < columns:
            row += [draw(elements)] * draw(st.integers(1, columns - len(row)))
        cells.append(row)
    return cells


@st.composite
def series(draw: st.DrawFn, grid: Grid | None = None, max_slots: int = 12) -> Series:
    """A series of up to `max_slots` slots; it may be empty, or without a reading."""
    grid = draw(st.sampled_from(Grid)) if grid is None else grid
    chosen = draw(registers)
    rows, columns = len(chosen), draw(st.integers(0, max_slots))
    values = draw(_cells(_values, rows, columns))
    states = draw(_cells(st.sampled_from(draw(_states)), rows, columns))
    return Series(
        grid, draw(_first_slots(grid)), tuple(chosen), np.array(values, np.int64), np.array(states, np.uint8)
    )


_submeters = st.builds(
    SubHeadpoint,
    st.from_regex(r"5414[0-9]{14}", fullmatch=True).map(Ean),
    st.text(max_size=3),
    st.sampled_from([Direction.PRODUCTION, Direction.AUXILIARY, Direction.OFFTAKE]),
    st.none() | st.text(max_size=8),
    st.none() | st.sampled_from(InstallationType),
)


@st.composite
def meters(draw: st.DrawFn, max_slots: int = 12) -> list[MeterSeries]:
    """Up to three physical meters and as many submeters, and perhaps series on the headpoint itself.

    One series per key of the answer.
    """
    found: list[Meter] = [
        PhysicalMeter(str(number + 1), draw(st.text(max_size=8))) for number in range(draw(st.integers(0, 3)))
    ]
    found += draw(st.lists(_submeters, max_size=3))
    if draw(st.booleans()):
        found.insert(draw(st.integers(0, len(found))), None)
    return [
        MeterSeries(meter, tuple(draw(series(grid, max_slots)) for grid in draw(_grids))) for meter in found
    ]
