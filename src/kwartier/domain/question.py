"""What may be asked of readings: the bounds of a question for energy (E1, E2)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from kwartier.domain.days import Grid, add_months, first_midnight, wall_time_between
from kwartier.domain.ean import Ean
from kwartier.domain.metering import ComplexEnergyType, EnergyType, Granularity
from kwartier.domain.period import Period

__all__ = ["GRIDS", "MAX_DAYS", "EnergyQuestion", "PeriodType", "earliest_start", "end_fault", "start_fault"]

MAX_DAYS: Final = 185

GRIDS: Final = {
    (EnergyType.ELECTRICITY, Granularity.DAILY): Grid.DAY,
    (EnergyType.ELECTRICITY, Granularity.QUARTER_HOURLY): Grid.QUARTER_HOUR,
    (EnergyType.GAS, Granularity.DAILY): Grid.GAS_DAY,
    (EnergyType.GAS, Granularity.QUARTER_HOURLY): Grid.HOUR,
}
"""On which grid each granularity lies, by what flows (E1)."""


class PeriodType(Enum):
    """What the period of a question is about: when energy was measured, or when it came into the system (E3, E4)."""

    READ_TIME = "readTime"
    INSERT_TIME = "insertTime"


_MONTHS_BACK: Final = {PeriodType.READ_TIME: 36, PeriodType.INSERT_TIME: 6}
_BACK: Final = {PeriodType.READ_TIME: "three years", PeriodType.INSERT_TIME: "six months"}


@dataclass(frozen=True, slots=True)
class EnergyQuestion:
    """A question for the energy of one EAN (E1).

    Attributes:
        granularities: asked levels of detail; empty: all that is granted (E5).
        complex_energy_types: asked kinds of energy; empty: both (E7).
    """

    ean: Ean
    period_type: PeriodType
    period: Period
    granularities: frozenset[Granularity] = frozenset()
    complex_energy_types: frozenset[ComplexEnergyType] = frozenset()
    reference_number: str | None = None


def earliest_start(period_type: PeriodType, now: datetime) -> datetime:
    """The earliest moment at which a period may start (E2).

    It may lie three calendar years back for `readTime`, six months for `insertTime`, from local midnight, inclusive.
    """
    return first_midnight(add_months(now, -_MONTHS_BACK[period_type]))


def start_fault(period_type: PeriodType, start: datetime, now: datetime) -> str | None:
    """What is wrong with where a period starts, if anything (E2)."""
    earliest = earliest_start(period_type, now)
    if start >= earliest:
        return None
    return f"at most {_BACK[period_type]} back for {period_type.value}: from {earliest:%Y-%m-%dT%H:%M:%SZ} on is allowed"


def end_fault(start: datetime, end: datetime) -> str | None:
    """What is wrong with where a period ends, if anything (E2).

    At most 185 days lie in it, by the clock or in Brussels days, whichever allows more.
    """
    if end <= start:
        return "must be after from"
    if min(end - start, wall_time_between(start, end)) <= timedelta(days=MAX_DAYS):
        return None
    return f"at most {MAX_DAYS} days after from"
