"""A year of quarter-hours as a calendar: a column for each day, a row for each interval of the clock."""

from datetime import date
from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, Normalize, TwoSlopeNorm
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator

from kwartier.client.plots.curve import INJECTION, OFFTAKE, Calendar, Curve
from kwartier.client.plots.look import INK, UNKNOWN_LOOK, drawn, magnitudes, titled
from kwartier.client.plots.words import MONTHS, energy_told, power_unit

__all__ = ["draw_year"]

# Each goes from light to dark without turning back, so that lightness alone tells what is more.
_BOTH_WAYS: Final = LinearSegmentedColormap.from_list(
    "both ways", ["#fff6b3", "#f3d98a", "#a9bccb", "#3f78a8", "#06183a"]
)
_TAKEN: Final = LinearSegmentedColormap.from_list("taken", ["#f2f6f9", "#9cc3de", "#2f76ae", "#06183a"])
_GIVEN: Final = LinearSegmentedColormap.from_list("given", ["#6b3f00", "#e09a2b", "#fdf3df"])

_SCALES: Final = {
    (True, True): "injection  ←  mean power  →  offtake",
    (False, True): "mean power of injection",
    (True, False): "mean power of offtake",
    (False, False): "mean power",
}
_EXTENDS: Final = {
    (True, True): "both",
    (False, True): "min",
    (True, False): "max",
    (False, False): "neither",
}
"""By whether there is offtake and injection: what the scale says, and to which side there is more than it shows."""

_HIGH_SHARE: Final = 99.5
"""The percentile of power that has the strongest colour: one large peak must not wash out the rest."""


def draw_year(curve: Curve) -> Figure:
    """Mean power through a year: net of injection where there is any. Unknown is hatched; what no clock shows is white."""
    figure, axes = drawn((13, 5.6), grid=None)
    calendar = curve.calendar()
    norm, colours = _colours(curve, calendar)
    axes.patch.set(facecolor=UNKNOWN_LOOK["facecolor"], edgecolor=UNKNOWN_LOOK["edgecolor"], hatch="xxx")
    extent = (0.0, float(len(calendar.days)), 24.0, 0.0)
    look: dict[str, Any] = {"aspect": "auto", "interpolation": "nearest", "extent": extent}
    skipped = np.ma.masked_where(calendar.exists.T, np.ones(calendar.exists.T.shape))
    axes.imshow(skipped, cmap="gray", vmin=0, vmax=1, **look)
    shown = axes.imshow(np.ma.masked_invalid(calendar.power.T), cmap=colours, norm=norm, **look)
    _label_days(axes, calendar.days)
    axes.yaxis.set_major_locator(MultipleLocator(3))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda hour, _place: f"{hour:02.0f}:00"))
    axes.set_ylabel("time on the clock")
    axes.spines[:].set_visible(False)
    ways = OFFTAKE in curve.energy, INJECTION in curve.energy
    bar = figure.colorbar(shown, ax=axes, pad=0.01, extend=_EXTENDS[ways])
    bar.ax.yaxis.set_major_formatter(magnitudes())
    bar.set_label(f"{_SCALES[ways]} [{power_unit(curve)}]", color=INK)
    if np.isnan(calendar.power[calendar.exists]).any():
        unknown = Patch(label="no value", **UNKNOWN_LOOK)
        axes.legend(handles=[unknown], loc="lower right", bbox_to_anchor=(1, 1), frameon=False, fontsize=9)
    titled(figure, axes, curve.ean, _years(calendar.days), energy_told(curve))
    return figure


def _colours(curve: Curve, calendar: Calendar) -> tuple[Normalize, Colormap]:
    """One scale from light to dark, which does without colours too: the more is taken, the darker."""
    known = calendar.power[~np.isnan(calendar.power)]
    high = float(np.percentile(known, _HIGH_SHARE)) if known.size else 1.0
    low = float(np.percentile(known, 100 - _HIGH_SHARE)) if known.size else 0.0
    if INJECTION in curve.energy and OFFTAKE in curve.energy:
        return TwoSlopeNorm(0.0, min(low, -1e-3), max(high, 1e-3)), _BOTH_WAYS
    if INJECTION in curve.energy:
        return Normalize(min(low, -1e-3), 0.0), _GIVEN
    return Normalize(0.0, max(high, 1e-3)), _TAKEN


def _label_days(axes: Axes, days: tuple[date, ...]) -> None:
    firsts = [place for place, day in enumerate(days) if day.day == 1]
    axes.set_xticks(firsts, [""] * len(firsts))
    middles = [place + 15 for place in firsts]
    axes.set_xticks(middles, [MONTHS[days[place].month - 1][:3] for place in firsts], minor=True)
    axes.tick_params(axis="x", which="minor", length=0)
    axes.set_xlim(0, len(days))


def _years(days: tuple[date, ...]) -> str:
    if days[0].year == days[-1].year and (days[0].month, days[0].day) == (1, 1):
        return f"The year {days[0].year}, interval by interval"
    return f"{days[0]} to {days[-1]}"
