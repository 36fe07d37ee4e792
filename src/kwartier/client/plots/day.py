"""A day, interval by interval."""

from typing import Any, Final

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from kwartier.client.plots.curve import INJECTION, OFFTAKE, Curve
from kwartier.client.plots.look import INK, LOOKS, PALE, UNKNOWN_LOOK, drawn, legend, magnitudes, titled
from kwartier.client.plots.words import clock, day_name, energy_told, power_unit
from kwartier.domain.days import wall_offsets

__all__ = ["draw_day"]

_HOUR: Final = 3600


def draw_day(curve: Curve) -> Figure:
    """Mean power in each interval of a Brussels day: offtake above, injection below, what is unknown hatched grey."""
    figure, axes = drawn((10, 5))
    edges = np.append(curve.starts, curve.starts[-1] + curve.interval_seconds)
    edges = (edges - edges[0]) / _HOUR
    for direction, sign in ((OFFTAKE, 1), (INJECTION, -1)):
        if direction in curve.energy:
            power = sign * np.nan_to_num(curve.power(direction))
            axes.stairs(power, edges, fill=True, label=direction, **LOOKS[direction])
            axes.stairs(power, edges, color=LOOKS[direction]["edgecolor"], linewidth=1)
    low, high = axes.get_ylim()
    high += (high - low) * 0.15
    _mark_unknown(axes, curve, edges, (low, high))
    if curve.unsure.any():
        middles = edges[:-1][curve.unsure] + curve.interval_seconds / _HOUR / 2
        look: dict[str, Any] = {"marker": "D", "markersize": 4, "color": INK, "markerfacecolor": "white"}
        axes.plot(
            middles, np.zeros(middles.size), linestyle="none", label="estimated or not validated", **look
        )
    _mark_peak(axes, curve, edges)
    axes.set_xlim(0, edges[-1])
    axes.set_ylim(low, high)
    axes.axhline(0, color=INK, linewidth=0.8)
    _label_hours(axes, curve, int(edges[-1]))
    axes.yaxis.set_major_formatter(magnitudes())
    axes.set_ylabel(f"mean power [{power_unit(curve)}]")
    axes.set_xlabel("time on the clock")
    legend(axes)
    titled(figure, axes, curve.ean, day_name(curve.period.start), energy_told(curve))
    return figure


def _label_hours(axes: Axes, curve: Curve, hours: int) -> None:
    """Label every second hour of the clock, and tell where the clocks change."""
    labels = [clock(curve, hour) for hour in range(hours + 1)]
    even = [hour for hour, label in enumerate(labels) if int(label[:2]) % 2 == 0]
    axes.set_xticks(
        even, ["" if hour and labels[hour] == labels[hour - 1] else labels[hour] for hour in even]
    )
    begin, end = curve.starts[0], curve.starts[0] + hours * _HOUR
    before, after = wall_offsets(np.array([begin, end]))
    if before != after:
        changed = next(
            hour for hour in range(hours) if wall_offsets(np.array([begin + hour * _HOUR]))[0] != before
        )
        told = "clocks go forward" if after > before else "clocks go back"
        axes.axvline(changed, color=PALE, linewidth=1, linestyle=":")
        axes.annotate(
            told,
            (changed, 1),
            xycoords=("data", "axes fraction"),
            xytext=(4, -12),
            textcoords="offset points",
            fontsize=8,
            color=INK,
        )


def _mark_unknown(axes: Axes, curve: Curve, edges: NDArray[np.float64], limits: tuple[float, float]) -> None:
    """Hatch the intervals without a value over the whole height."""
    if curve.known.all():
        return
    low, high = limits
    heights = np.where(curve.known, low, high)
    axes.stairs(heights, edges, baseline=low, fill=True, label="no value", zorder=0.5, **UNKNOWN_LOOK)


def _mark_peak(axes: Axes, curve: Curve, edges: NDArray[np.float64]) -> None:
    """Name the highest interval of offtake."""
    if OFFTAKE not in curve.energy or np.isnan(curve.energy[OFFTAKE]).all():
        return
    power = curve.power(OFFTAKE)
    place = int(np.nanargmax(power))
    if power[place] > 0:
        middle = (edges[place] + edges[place + 1]) / 2
        axes.annotate(
            f"{power[place]:.2f} {power_unit(curve)} at {clock(curve, edges[place])}",
            (middle, power[place]),
            xytext=(0, 5),
            textcoords="offset points",
            ha="left" if middle < edges[-1] / 8 else "right" if middle > edges[-1] * 7 / 8 else "center",
            fontsize=9,
            fontweight="bold",
        )
