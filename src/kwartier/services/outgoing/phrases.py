"""Phrases that messages and pages share, in each language: what is measured, how finely, in which period."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kwartier.domain.days import BRUSSELS
from kwartier.domain.messages import AskedAccess, ExpiringAccess, Language
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period

__all__ = ["PHRASES", "Phrases"]

_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The phrases of a language. Days are those of Brussels.

    Attributes:
        months: their names.
        energy: what is metered.
        granularity: how finely, by what is metered: gas has hours where electricity has quarter-hours.
        from_on: a period without end, with a place for its first day.
        between: a period, with places for its first and last day.
        one_day: a period within a day, with a place for it.
        at: a day and a time of day.
    """

    months: tuple[str, ...]
    energy: Mapping[EnergyType, str]
    granularity: Mapping[tuple[EnergyType, Granularity], str]
    from_on: str
    between: str
    one_day: str
    at: str

    def day(self, moment: datetime) -> str:
        """The day of a moment: `20 oktober 2025`."""
        local = moment.astimezone(BRUSSELS)
        return f"{local.day} {self.months[local.month - 1]} {local.year}"

    def last_day(self, end: datetime) -> str:
        """The last day of what ends at, and without, a moment."""
        return self.day(end - _INSTANT)

    def moment(self, moment: datetime) -> str:
        """The day and the time of a moment."""
        return self.at.format(self.day(moment), moment.astimezone(BRUSSELS).strftime("%H:%M"))

    def period(self, period: Period) -> str:
        """A period in days."""
        if period.end is None:
            return self.from_on.format(self.day(period.start))
        first, last = self.day(period.start), self.last_day(period.end)
        return self.one_day.format(first) if first == last else self.between.format(first, last)

    def fineness(self, asked: AskedAccess | ExpiringAccess) -> str:
        """How finely values are given."""
        return self.granularity[asked.energy_type, asked.granularity]


_E, _G = EnergyType.ELECTRICITY, EnergyType.GAS
_DAY, _FINE = Granularity.DAILY, Granularity.QUARTER_HOURLY

PHRASES: Final[Mapping[Language, Phrases]] = {
    Language.DUTCH: Phrases(
        (
            "januari",
            "februari",
            "maart",
            "april",
            "mei",
            "juni",
            "juli",
            "augustus",
            "september",
            "oktober",
            "november",
            "december",
        ),
        {_E: "elektriciteit", _G: "aardgas"},
        {
            (_E, _DAY): "waarden per dag",
            (_G, _DAY): "waarden per dag",
            (_E, _FINE): "waarden per kwartier",
            (_G, _FINE): "waarden per uur",
        },
        "vanaf {}, zonder einddatum",
        "van {} tot en met {}",
        "op {}",
        "{} om {}",
    ),
    Language.ENGLISH: Phrases(
        (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        {_E: "electricity", _G: "natural gas"},
        {
            (_E, _DAY): "values per day",
            (_G, _DAY): "values per day",
            (_E, _FINE): "values per quarter-hour",
            (_G, _FINE): "values per hour",
        },
        "from {} on, without end",
        "from {} up to and including {}",
        "on {}",
        "{} at {}",
    ),
}
"""By language."""
