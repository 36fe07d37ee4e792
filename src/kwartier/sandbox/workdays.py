"""Which days people work: Saturdays, Sundays, the public holidays of Belgium."""

from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["DayKind", "day_kinds", "days_of_year", "easter", "years_of"]


class DayKind(IntEnum):
    """What sort of day it is, for everybody."""

    WORKING = 0
    SATURDAY = 1
    SUNDAY = 2  # or a public holiday


_EPOCH: Final = date(1970, 1, 1)
_FIXED: Final = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
_AFTER_EASTER: Final = (1, 39, 50)  # Easter Monday, Ascension, Whit Monday


def easter(year: int) -> date:
    """Easter Sunday (the anonymous Gregorian computation; Meeus, Astronomical algorithms, chapter 8)."""
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def _holidays(year: int) -> NDArray[np.int64]:
    """The public holidays of a year, as Brussels days."""
    sunday = easter(year)
    found = [date(year, month, day) for month, day in _FIXED]
    found += [sunday + timedelta(days=after) for after in _AFTER_EASTER]
    return np.array([(day - _EPOCH).days for day in found], np.int64)


def years_of(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """The year of each Brussels day, since 1970."""
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)


def days_of_year(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where in its year each Brussels day lies, from 0 on 1 January."""
    new_year = years_of(days).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    return days - new_year


def day_kinds(days: NDArray[np.int64]) -> NDArray[np.int64]:
    """The `DayKind` of each Brussels day."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    kinds = np.where(weekday == 6, DayKind.SUNDAY, np.where(weekday == 5, DayKind.SATURDAY, DayKind.WORKING))
    for year in np.unique(years_of(days)):
        kinds[np.isin(days, _holidays(1970 + int(year)))] = DayKind.SUNDAY
    return kinds.astype(np.int64)
