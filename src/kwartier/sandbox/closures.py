"""When whole sectors close: school holidays, the builders' holiday, the dark half of the year of greenhouses (S4)."""

from datetime import date, timedelta
from enum import IntEnum
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.workdays import easter, years_of

__all__ = ["Closure", "closed"]

_MONDAY: Final = 0
_YEAR_DAYS: Final = 366


class Closure(IntEnum):
    """On which days of the year a site does not work as usual."""

    NEVER = 0
    SCHOOL = 1  # the holidays of Flemish schools
    SUMMER = 2  # July and August, without the others
    BUILDERS = 3  # three weeks in July, and between Christmas and New Year
    LIGHT = 4  # when greenhouses need no lamps: the middle of April to the middle of September


def closed(closure: Closure, days: range) -> NDArray[np.bool_]:
    """On which days a site with such a closure is closed, shape (len(days),)."""
    each = np.arange(days.start, days.stop, dtype=np.int64)
    years = years_of(each)
    found = np.zeros(len(days), np.bool_)
    for year in range(int(years[0]), int(years[-1]) + 1) if len(days) else ():
        new_year = (date(1970 + year, 1, 1) - date(1970, 1, 1)).days
        here = years == year
        found[here] = _of_year(closure, 1970 + year)[each[here] - new_year]
    return found


@lru_cache(maxsize=256)
def _of_year(closure: Closure, year: int) -> NDArray[np.bool_]:
    """Which days of a year are closed, shape (366,)."""
    found = np.zeros(_YEAR_DAYS, np.bool_)
    new_year = date(year, 1, 1)
    for first, count in _spans(closure, year):
        start = (first - new_year).days
        found[max(start, 0) : max(start + count, 0)] = True
    return found


def _spans(closure: Closure, year: int) -> list[tuple[date, int]]:
    match closure:
        case Closure.NEVER:
            return []
        case Closure.SCHOOL:
            return [*_school(year), (date(year, 7, 1), 62)]
        case Closure.SUMMER:
            return [(date(year, 7, 1), 62)]
        case Closure.BUILDERS:
            return [(_from(_MONDAY, date(year, 7, 10)), 21), (date(year, 12, 24), 8), (date(year, 1, 1), 2)]
        case Closure.LIGHT:
            return [(date(year, 4, 15), 154)]


def _from(weekday: int, day: date) -> date:
    """The first such day of the week on or after a date."""
    return day + timedelta(days=(weekday - day.weekday()) % 7)


def _school(year: int) -> list[tuple[date, int]]:
    """The shorter holidays of a calendar year by the rules of Flemish education.

    Autumn and Christmas: the weeks of 1 November and 25 December (those after, if these fall on a Sunday, or
    Christmas on a Saturday). Carnival: from the seventh Monday before Easter. Easter: from the first Monday of
    April, but from Easter Monday if Easter lies in March, and from the second Monday before it if after 15 April.
    """
    sunday = easter(year)
    if sunday.month == 3:
        spring = sunday + timedelta(days=1)
    elif sunday > date(year, 4, 15):
        spring = sunday - timedelta(days=13)
    else:
        spring = _from(_MONDAY, date(year, 4, 1))
    autumn = _from(_MONDAY, date(year, 11, 1) - timedelta(days=5))
    return [
        (_christmas(year - 1), 14),
        (sunday - timedelta(days=48), 7),
        (spring, 14),
        (autumn, 7),
        (_christmas(year), 14),
    ]


def _christmas(year: int) -> date:
    """The Monday of the week of Christmas."""
    return _from(_MONDAY, date(year, 12, 25) - timedelta(days=4))
