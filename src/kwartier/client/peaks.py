"""Monthly peak powers from a table of readings (P1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kwartier.domain.period import Period

__all__ = ["MonthPeak", "mean_peak_kw"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthPeak:
    """The peak power of a Brussels month, or what keeps it from being told (P1).

    Attributes:
        year: of the month.
        month: 1 to 12.
        power_kw: the highest quarter-hour of offtake, times four; None: it can't be told.
        at: when that quarter-hour began; the earliest of several.
        missing: periods that are over and without a value.
        unsure: periods with values that are estimated or not validated.
        to_come: how many quarter-hours are not over yet.
        highest_kw: the highest of what is there, sure or not; None: there is nothing.
    """

    year: int
    month: int
    power_kw: float | None
    at: datetime | None
    missing: tuple[Period, ...] = ()
    unsure: tuple[Period, ...] = ()
    to_come: int = 0
    highest_kw: float | None = None


def mean_peak_kw(peaks: Sequence[MonthPeak], at_least_kw: float = 2.5) -> float | None:
    """The mean of monthly peaks, each counted with at least so much, as users of the capacity tariff reckon it.

    Args:
        peaks: of the last twelve months.
        at_least_kw: as which smaller peaks count.

    Returns:
        The mean; None if there are no peaks, or one of them can't be told.
    """
    powers = [peak.power_kw for peak in peaks]
    told = [max(power, at_least_kw) for power in powers if power is not None]
    return sum(told) / len(told) if told and len(told) == len(powers) else None
