"""Days and hours that recur every month or every year, on the clocks of Brussels (S4)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import Grid, slot_starts

__all__ = ["Span"]

_MONTH_NAMES: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ORDINALS: Final = {1: "1st", 2: "2nd", 3: "3rd", 21: "21st", 22: "22nd", 23: "23rd", 31: "31st"}
_HOUR_SECONDS: Final = 3600
_GAS_DAY_STARTS: Final = 6
_SUNDAY: Final = 6


@dataclass(frozen=True, slots=True)
class Span:
    """Days, or hours of them, that recur.

    Attributes:
        months: from 1 to 12.
        days: the first and the last day of the month; a month that is shorter has them up to its end.
        hours: from and to, on the clock, on each of the days; None: whole days. Two equal ones are a moment.
        last_sunday: of those days only the last Sunday of the month.
    """

    months: tuple[int, ...] = tuple(range(1, 13))
    days: tuple[int, int] = (1, 31)
    hours: tuple[int, int] | None = None
    last_sunday: bool = False

    def has(self, days: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which days, given by their date, are in it."""
        months, of_month, last = _in_month(days)
        inside = (
            np.isin(months % 12 + 1, self.months) & (of_month >= self.days[0]) & (of_month <= self.days[1])
        )
        if self.last_sunday:
            inside &= ((days + 3) % 7 == _SUNDAY) & (of_month + 7 > last)
        return inside

    def end(self, days: NDArray[np.int64]) -> NDArray[np.int64]:
        """The last day of it in the month of each day."""
        _, of_month, last = _in_month(days)
        return days - of_month + np.minimum(last, self.days[1])

    def slots(self, grid: Grid, days: range, borders: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which slots are in it.

        Args:
            grid: quarter-hours or hours.
            days: Brussels days or, where slots are hours, gas days.
            borders: where each day begins and the last ends, in slots of the grid, shape (len(days) + 1,).

        Returns:
            Of all slots of the days, shape (borders[-1] - borders[0],).
        """
        # A gas day ends on the next date.
        dates = np.arange(days.start, days.stop + 1, dtype=np.int64)
        if self.hours is None:
            return np.repeat(self.has(dates[:-1]), np.diff(borders))
        inside = np.zeros(int(borders[-1] - borders[0]), np.bool_)
        dates = dates[self.has(dates)]
        starts, ends = (np.maximum(_at(grid, dates, hour) - borders[0], 0) for hour in self.hours)
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            inside[start:end] = True
        return inside

    def moments(self, grid: Grid, dates: NDArray[np.int64]) -> NDArray[np.int64]:
        """The slots that begin when it does, or the first after, on those of some dates that are in it."""
        hour = 0 if self.hours is None else self.hours[0]
        return _at(grid, dates[self.has(dates)], hour)

    def __str__(self) -> str:
        if len(self.months) == 12:
            text = f"{self._days_in_words()} of every month"
        else:
            names = _listed(_MONTH_NAMES[month - 1] for month in self.months)
            text = (
                names
                if self.days == (1, 31) and not self.last_sunday
                else f"{self._days_in_words()} of {names}"
            )
        if self.hours is None:
            return text
        begin, end = self.hours
        return f"{text}, {begin:02}:00" + ("" if begin == end else f" to {end:02}:00")

    def _days_in_words(self) -> str:
        if self.last_sunday:
            return "the last Sunday"
        first, last = (_ORDINALS.get(day, f"{day}th") for day in self.days)
        return f"the {first}" if first == last else f"the {first} to the {last}"


def _in_month(days: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The month of each day, since January 1970, which day of it, from 1, and how many it has."""
    months = days.astype("M8[D]").astype("M8[M]")
    first = months.astype("M8[D]").astype(np.int64)
    last = (months + 1).astype("M8[D]").astype(np.int64) - first
    return months.astype(np.int64), days - first + 1, last


def _listed(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _at(grid: Grid, dates: NDArray[np.int64], hour: int) -> NDArray[np.int64]:
    """The slot that begins when the clocks show an hour; none between the changes of clock and 06:00."""
    if hour < _GAS_DAY_STARTS:
        seconds = slot_starts(Grid.DAY, dates) + hour * _HOUR_SECONDS
    else:
        seconds = slot_starts(Grid.GAS_DAY, dates) + (hour - _GAS_DAY_STARTS) * _HOUR_SECONDS
    return seconds // (_HOUR_SECONDS if grid is Grid.HOUR else _HOUR_SECONDS // 4)
