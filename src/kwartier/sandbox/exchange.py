"""The meter exchange: a digital headpoint's readings go on on another physical meter (E8, S4)."""

from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.metering import PhysicalMeter
from kwartier.domain.series import MeterVersions, Versions
from kwartier.sandbox.spans import Span
from kwartier.sandbox.special import Effect, Special

__all__ = ["hung"]

_BEFORE_THE_FIRST: Final = 2013  # the meters began in 2015, some on one hung the year before
_YEAR_DAYS: Final = 366
_DAY_SECONDS: Final = 86400


def hung(meter: PhysicalMeter, versions: Versions, special: Special | None) -> tuple[MeterVersions, ...]:
    """What came in, by the physical meter that hung there when it was measured, in order of time.

    Args:
        meter: that of the headpoint, if it is never exchanged.
        versions: of the headpoint.
        special: the model that it shows, if any.
    """
    if special is None or special.effect is not Effect.EXCHANGED or special.span is None:
        return (MeterVersions(meter, versions),)
    if versions.slots.size == 0:
        return (MeterVersions(meter, versions),)
    begins = _begins(versions, special.span)
    parts: list[MeterVersions] = []
    for begin, end in pairwise(begins.tolist()):
        rows = np.flatnonzero((versions.slots >= begin) & (versions.slots < end))
        if rows.size:
            parts.append(MeterVersions(_begun(meter, _year(versions.grid, begin)), _of_rows(versions, rows)))
    return tuple(parts)


def _begins(versions: Versions, span: Span) -> NDArray[np.int64]:
    """The slots with which meters begin, from the last before all rows to the first after them."""
    first, last = slot_starts(versions.grid, np.array([versions.slots.min(), versions.slots.max()]))
    dates = np.arange(first // _DAY_SECONDS - _YEAR_DAYS, last // _DAY_SECONDS + _YEAR_DAYS, dtype=np.int64)
    return span.moments(versions.grid, dates)


def _year(grid: Grid, slot: int) -> int:
    return 1970 + int(slot_starts(grid, np.array([slot])).astype("M8[s]").astype("M8[Y]").astype(np.int64)[0])


def _begun(meter: PhysicalMeter, year: int) -> PhysicalMeter:
    """The meter that was hung in a year; its number rises from year to year, as meters follow each other.

    As on real meters, the year in which it was made stands after the four characters of its maker.
    """
    meter_id = f"{meter.meter_id[:4]}{year % 100:02}{meter.meter_id[6:]}"
    return PhysicalMeter(seq_number=str(year - _BEFORE_THE_FIRST), meter_id=meter_id)


def _of_rows(versions: Versions, rows: NDArray[np.int64]) -> Versions:
    first, last = int(rows[0]), int(rows[-1])
    # Rows that follow each other need not be copied.
    which = slice(first, last + 1) if last - first + 1 == rows.size else rows
    return replace(
        versions,
        slots=versions.slots[which],
        inserted_us=versions.inserted_us[which],
        values=versions.values[:, which],
        states=versions.states[:, which],
    )
