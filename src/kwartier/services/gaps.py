"""What is not there: the gaps of a headpoint (E11)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import numpy as np

from kwartier.db.engine import Database
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.gaps import Gap, due_before, find_gaps
from kwartier.domain.known_headpoint import KnownHeadpoint, slots_of_meter
from kwartier.domain.metering import Granularity, Meter, MeterType, Register
from kwartier.domain.period import Period
from kwartier.domain.question import GRIDS
from kwartier.domain.series import Series
from kwartier.domain.stretches import laid_over
from kwartier.readings import catalogue, headpoints
from kwartier.readings.catalogue import Catalogued
from kwartier.readings.last_runs import eans_after
from kwartier.services.questions import counting, known_headpoint, read_series, windows_of
from kwartier.services.store import Store

__all__ = ["SeriesGap", "gaps_of", "gaps_of_all"]

_CHUNK: Final = 2_000


class _Part(NamedTuple):
    """A part of a headpoint on a grid."""

    meter: Meter
    grid: Grid


@dataclass(frozen=True, slots=True)
class SeriesGap:
    """A gap in what is expected of a headpoint.

    Attributes:
        ean: of the headpoint.
        meter: the part of it.
        register: None: nothing ever came in of this part, and everything is meant.
        grid: how its slots cut time.
        gap: which slots, and why.
    """

    ean: Ean
    meter: Meter
    register: Register | None
    grid: Grid
    gap: Gap


def gaps_of(database: Database, ean: Ean, period: Period, moment: datetime) -> tuple[SeriesGap, ...]:
    """Where a value is expected and there is none, in slots that are over (E11).

    Expected is each series of the catalogue, and something of each part that has none: of an AMR headpoint itself and of
    its submeters always, of a physical meter in the slots that began while it hung there, as far as that is known.

    Args:
        database: that of the readings.
        ean: of the headpoint.
        period: of reading; an open one ends now.
        moment: now.

    Raises:
        NoReadingsOfOneError: no such headpoint.
    """
    store = Store(database)
    known_headpoint(store, ean)
    with database.reading() as connection:
        known, catalogued = headpoints.find(connection, ean), catalogue.find(connection, int(ean))
    if known is None or catalogued is None:
        return ()  # it was erased since
    expected = _expected(known, catalogued)
    windows = {
        grid: windows_of(grid, [period], moment) for grid in dict.fromkeys(part.grid for part in expected)
    }
    meters = read_series(store, ean, windows, counting(None, store.settled(moment)))
    found = {_Part(one.meter, series.grid): series for one in meters for series in one.series}
    return tuple(
        SeriesGap(ean, part.meter, register, part.grid, gap)
        for part, registers in expected.items()
        for window in windows[part.grid]
        for slots in [slots_of_meter(known, part.meter, part.grid, window)]
        for register in registers
        for gap in _gaps(found.get(part), register, slots, due_before(part.grid, moment))
    )


def gaps_of_all(database: Database, period: Period, moment: datetime) -> Iterator[SeriesGap]:
    """The gaps of every headpoint, in order of their EANs; arguments as of `gaps_of`."""
    after = 0
    while True:
        with database.reading() as connection:
            eans = eans_after(connection, after, _CHUNK)
        if not eans:
            return
        for ean in eans:
            yield from gaps_of(database, Ean(f"{ean:018d}"), period, moment)
        after = eans[-1]


def _expected(known: KnownHeadpoint, catalogued: Catalogued) -> dict[_Part, list[Register | None]]:
    """The registers that are expected of each part; None: of one without any series, everything."""
    expected: dict[_Part, list[Register | None]] = {}
    for _, key in sorted(catalogued.series.items()):
        expected.setdefault(_Part(key.meter, key.grid), []).append(key.register)
    own: list[Meter] = [None] if known.headpoint.meter_type is MeterType.AMR else []
    parts = [*own, *(hung.meter for hung in known.meters), *known.submeters]
    delivering = {part.meter for part in expected}
    usual = GRIDS[known.headpoint.energy_type, Granularity.QUARTER_HOURLY]
    return expected | {_Part(meter, usual): [None] for meter in parts if meter not in delivering}


def _gaps(series: Series | None, register: Register | None, slots: range, due_before: int) -> tuple[Gap, ...]:
    if register is None:
        return find_gaps(np.zeros(len(slots), np.uint8), slots.start, due_before)
    _, states = laid_over(series, register, slots)
    return find_gaps(states, slots.start, due_before)
