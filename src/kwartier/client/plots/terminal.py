"""The same pictures in letters, for the terminal; nothing needs to be installed for them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from kwartier.client.peaks import MonthPeak
from kwartier.client.plots.curve import INJECTION, OFFTAKE, Curve
from kwartier.client.plots.words import MONTHS, clock, day_name, energy_told, month_name, power_unit

__all__ = ["day_in_letters", "month_in_letters", "peaks_in_letters", "year_in_letters"]

_WIDTH: Final = 50
_EIGHTHS: Final = " ▏▎▍▌▋▊▉█"
# Each apart also without colours.
_SHADES_TAKEN: Final = " ░▒▓█"
_SHADES_GIVEN: Final = " ▁▃▅▇"
_HOUR: Final = 3600
_SHADE_HOURS: Final = 24
_TAKEN, _GIVEN, _DIM = "cyan", "yellow", "dim"


class _Bar(NamedTuple):
    """A line of a bar chart."""

    label: str
    taken: float
    given: float = 0.0
    remark: str = ""


def day_in_letters(curve: Curve) -> Text:
    """Mean power in each hour of the day."""
    per_hour = _HOUR // curve.interval_seconds
    hours = len(curve) // per_hour
    mean = {
        direction: _known_mean(curve.power(direction)[: hours * per_hour].reshape(hours, per_hour))
        for direction in curve.energy
    }
    missing = (~curve.known[: hours * per_hour]).reshape(hours, per_hour).sum(axis=1)
    labels = [clock(curve, hour) for hour in range(hours)]
    bars = [
        _Bar(
            label,
            _of(mean, OFFTAKE, hour),
            _of(mean, INJECTION, hour),
            f"{missing[hour]} of {per_hour} without a value" if missing[hour] else "",
        )
        for hour, label in enumerate(labels)
    ]
    return _chart(curve.ean, day_name(curve.period.start), energy_told(curve), bars, power_unit(curve))


def month_in_letters(curve: Curve) -> Text:
    """Energy of each day of the month."""
    days, sums, missing = curve.by_day()
    bars = [
        _Bar(
            f"{day:%a} {day.day:2}",
            _of(sums, OFFTAKE, place),
            _of(sums, INJECTION, place),
            f"{missing[place]} intervals without a value" if missing[place] else "",
        )
        for place, day in enumerate(days)
    ]
    return _chart(curve.ean, month_name(curve.period.start), energy_told(curve), bars, curve.unit)


def peaks_in_letters(ean: str, peaks: Sequence[MonthPeak]) -> Text:
    """The peak of each month."""
    bars = [
        _Bar(
            f"{MONTHS[one.month - 1][:3]} {one.year}",
            one.power_kw or one.highest_kw or 0.0,
            remark="" if one.power_kw is not None else "at least: the month is not complete",
        )
        for one in peaks
    ]
    return _chart(ean, "Monthly peaks", "highest quarter-hour of offtake", bars, "kW")


def year_in_letters(curve: Curve) -> Text:
    """A line for each week, a shade for each hour of the clock: what was taken, or where more was given, what was given."""
    calendar = curve.calendar()
    a_day = calendar.power.shape[1]
    hours = _known_mean(
        calendar.power.reshape(len(calendar.days), _SHADE_HOURS, a_day // _SHADE_HOURS), axis=2
    )
    highest = float(np.nanmax(np.abs(hours), initial=0.0)) or 1.0
    text = _heading(curve.ean, f"{calendar.days[0]} to {calendar.days[-1]}", energy_told(curve))
    text.append("A line a week; each hour of the clock by its mean power, ")
    text.append(f"taken {_SHADES_TAKEN.strip()}", _TAKEN)
    text.append(" or ")
    text.append(f"given {_SHADES_GIVEN.strip()}", _GIVEN)
    text.append(f", up to {highest:.1f} {power_unit(curve)}\n")
    text.append(" " * 7 + "".join(f"{hour:02}  " for hour in range(0, _SHADE_HOURS, 2)) + "\n", _DIM)
    weeks = np.array(
        [
            (day - calendar.days[0] + timedelta(days=calendar.days[0].weekday())).days // 7
            for day in calendar.days
        ]
    )
    for week in range(int(weeks[-1]) + 1):
        of_week = np.flatnonzero(weeks == week)
        first = calendar.days[of_week[0]]
        text.append(f"{first.day:2} {MONTHS[first.month - 1][:3]} ", _DIM)
        for mean in _known_mean(hours[of_week], axis=0).tolist():
            text.append(*_shade(mean, highest))
        text.append("\n")
    text.rstrip()
    return text


def _of(energy: Mapping[str, NDArray[np.float64]], direction: str, place: int) -> float:
    """What is known of a direction at a place; nothing where nothing is."""
    value = float(energy[direction][place]) if direction in energy else 0.0
    return 0.0 if np.isnan(value) else value


def _known_mean(values: NDArray[np.float64], axis: int = -1) -> NDArray[np.float64]:
    """The mean of what is known along an axis; NaN where nothing is."""
    known = ~np.isnan(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    mean: NDArray[np.float64] = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return mean


def _shade(power: float, highest: float) -> tuple[str, str]:
    if np.isnan(power):
        return "··", _DIM
    shades, colour = (_SHADES_TAKEN, _TAKEN) if power >= 0 else (_SHADES_GIVEN, _GIVEN)
    return shades[min(len(shades) - 1, int(np.sqrt(abs(power) / highest) * len(shades)))] * 2, colour


def _chart(ean: str, what: str, told: str, bars: Iterable[_Bar], unit: str) -> Text:
    """Bars to the right for what was taken; what was given comes after it in another colour, and both in figures."""
    lines = list(bars)
    both = any(one.given for one in lines)
    highest = max((one.taken + one.given for one in lines), default=0.0) or 1.0
    wide = max((len(one.label) for one in lines), default=0)
    text = _heading(ean, what, told)
    text.append(f"{'':{wide}}  {'taken':>9}", _DIM)
    text.append(f"{'given':>9}" if both else "", _DIM)
    text.append(f"  [{unit}]\n", _DIM)
    for one in lines:
        text.append(f"{one.label:{wide}}  ", _DIM)
        text.append(f"{one.taken:9.2f}", _TAKEN)
        text.append(f"{one.given:9.2f}" if both else "", _GIVEN)
        text.append("  ")
        text.append(_bar(one.taken / highest), _TAKEN)
        text.append("▒" * round(one.given / highest * _WIDTH), _GIVEN)
        text.append(f"  {one.remark}\n" if one.remark else "\n", _DIM)
    text.rstrip()
    return text


def _bar(share: float) -> str:
    whole, eighths = divmod(round(share * _WIDTH * 8), 8)
    return "█" * whole + _EIGHTHS[eighths].strip()


def _heading(ean: str, what: str, told: str) -> Text:
    text = Text(no_wrap=True)
    text.append(what, "bold")
    text.append(f"  EAN {ean}: {told}\n")
    return text
