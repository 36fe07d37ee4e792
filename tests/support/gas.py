"""What the tests of fictitious gas meters share: meters, windows, versions as people read them."""

from datetime import date
from typing import Final

import numpy as np
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    Register,
    RegisterKind,
    Unit,
)
from kwartier.domain.resolve import Inserted, resolve
from kwartier.domain.series import MeterVersions, Series, Versions
from kwartier.sandbox.eans import SandboxMeter, sandbox_meter
from kwartier.sandbox.gas_load import gas_borders

__all__ = [
    "AMR",
    "DAY_US",
    "DIGITAL",
    "ENERGY",
    "EVER",
    "INJECTION",
    "PARTS",
    "VOLUME",
    "day_of",
    "first_days",
    "grids",
    "hours_of",
    "known",
    "meter_of",
    "meters",
    "ordinary",
    "rows_about",
    "rows_of_meters",
    "slots_of",
    "told",
]

EVER: Final = Inserted(end_us=2**60)
DAY_US: Final = 86_400_000_000
DIGITAL, AMR, INJECTION, PARTS = "541441010", "541451010", "541451210", "541451012"
VOLUME: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL, Unit.M3)
ENERGY: Final = Register(Direction.OFFTAKE, RegisterKind.TOTAL)


def meter_of(prefix: str, number: int) -> SandboxMeter:
    """The meter with this number of some kind and granularity."""
    return sandbox_meter(Ean(f"{prefix}000000{number:03d}"))


def day_of(text: str) -> int:
    """The gas day that begins on a date."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def hours_of(days: range) -> range:
    """The hours of gas days."""
    borders = gas_borders(days)
    return range(int(borders[0]), int(borders[-1]))


def rows_about(found: Versions, slots: range) -> list[tuple[int, ...]]:
    """Slot, moment, values and states of every version about some slots, in order of slot, and as they stand."""
    inside = np.flatnonzero((found.slots >= slots.start) & (found.slots < slots.stop))
    inside = inside[np.lexsort((found.inserted_us[inside], found.slots[inside]))]
    columns = np.vstack([found.slots, found.inserted_us, found.values, found.states])[:, inside]
    return [tuple(column) for column in columns.T.tolist()]


def rows_of_meters(found: tuple[MeterVersions, ...], slots: range) -> dict[str, list[tuple[int, ...]]]:
    """What `rows_about` tells of each meter that has something."""
    return {str(one.meter): rows for one in found if (rows := rows_about(one.versions, slots))}


def known(found: Versions, slots: range, inserted: Inserted = EVER) -> Series:
    """What answers a question about some slots."""
    return resolve(found, [slots], inserted)


meters = st.builds(meter_of, st.sampled_from([DIGITAL, DIGITAL, AMR, INJECTION, PARTS]), st.integers(0, 999))
ordinary = st.builds(
    meter_of,
    st.just(DIGITAL),
    st.integers(0, 9).flatmap(lambda ten: st.integers(0, 79).map(lambda one: ten * 100 + one)),
)
first_days = st.one_of(
    st.integers(day_of("2016-01-01"), day_of("2032-01-01")),
    # Around changes of clock, turns of months and the year, and the seams of blocks of weather.
    st.sampled_from(["2024-03-29", "2024-10-25", "2023-12-30", "2025-03-28", "2025-10-24", "2024-05-30"]).map(
        day_of
    ),
)
grids = st.sampled_from([Grid.HOUR, Grid.GAS_DAY])


def slots_of(grid: Grid, days: range) -> range:
    """Gas days as slots of a grid."""
    return days if grid is Grid.GAS_DAY else hours_of(days)


def told(series: Series) -> dict[tuple[int, int], tuple[int, int]]:
    """State and value of every reading, by register and slot."""
    return {
        (row, series.first_slot + column): (int(series.states[row, column]), int(series.values[row, column]))
        for row, column in np.argwhere(series.present).tolist()
    }
