"""A week of energy as a small picture for the terminal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from rich.text import Text

from kwartier.domain.days import BRUSSELS

__all__ = ["week_picture"]

_BARS: Final = "▁▂▃▄▅▆▇█"
_DAYS: Final = 7
_HALF_HOURS: Final = 48
_OFFTAKE, _INJECTION = "yellow", "green"


def week_picture(slots: Sequence[dict[str, Any]]) -> Text:
    """The week with the most injection, a line a day and a bar each half-hour: what was taken, and what was given.

    Args:
        slots: quarter-hours as GET energy gives them, in order.
    """
    days = {
        day: _half_hours(list(of_day)) for day, of_day in groupby(slots, key=lambda slot: _local(slot).date())
    }
    dates = list(days)
    starts = range(max(1, len(dates) - _DAYS + 1))
    best = max(starts, key=lambda start: sum(_given(days[day]) for day in dates[start : start + _DAYS]))
    week = dates[best : best + _DAYS]
    highest = max((abs(net) for day in week for net in days[day]), default=1.0) or 1.0
    text = Text("A week in half-hours: ")
    text.append("taken from", _OFFTAKE)
    text.append(" and ")
    text.append("given to", _INJECTION)
    text.append(f" the grid, up to {highest * 2:.1f} kW\n")
    text.append(" " * 7 + "".join(f"{hour:<4}" for hour in range(0, 24, 2)) + "\n", "dim")
    for day in week:
        text.append(f"{day:%a %d} ", "dim")
        for net in days[day]:
            bar = _BARS[min(len(_BARS) - 1, int(abs(net) / highest * len(_BARS)))]
            text.append(bar, _OFFTAKE if net >= 0 else _INJECTION)
        taken = sum(net for net in days[day] if net > 0)
        text.append(f" {taken:5.1f}", _OFFTAKE)
        text.append(f" {_given(days[day]):5.1f} kWh\n", _INJECTION)
    text.rstrip()
    return text


def _local(slot: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(slot["start"]).astimezone(BRUSSELS)


def _half_hours(slots: list[dict[str, Any]]) -> list[float]:
    """Offtake less injection of each half-hour by the clock, kWh."""
    nets = [0.0] * _HALF_HOURS
    for slot in slots:
        local = _local(slot)
        half_hour = int(timedelta(hours=local.hour, minutes=local.minute) / timedelta(minutes=30))
        for measurement in slot["measurements"]:
            for direction, sign in (("offtake", 1), ("injection", -1)):
                reading = measurement.get(direction, {}).get("total")
                nets[half_hour] += sign * reading["value"] if reading else 0.0
    return nets


def _given(half_hours: list[float]) -> float:
    return -sum(net for net in half_hours if net < 0)
