"""A month, day by day."""

import numpy as np
from matplotlib.figure import Figure

from kwartier.client.plots.curve import INJECTION, OFFTAKE, Curve
from kwartier.client.plots.look import INK, LOOKS, UNKNOWN_LOOK, drawn, legend, magnitudes, titled
from kwartier.client.plots.words import energy_told, month_name

__all__ = ["draw_month"]


def draw_month(curve: Curve) -> Figure:
    """Energy of each day of a Brussels month; days that lack intervals are hatched grey behind what is known of them."""
    figure, axes = drawn((10, 5))
    days, sums, missing = curve.by_day()
    places = np.arange(1, len(days) + 1)
    for direction, sign in ((OFFTAKE, 1), (INJECTION, -1)):
        if direction in sums:
            axes.bar(places, sign * sums[direction], 0.8, label=direction, **LOOKS[direction])
    low, high = axes.get_ylim()
    high += (high - low) * 0.05
    lacking = places[missing > 0]
    if lacking.size:
        look = UNKNOWN_LOOK | {"zorder": 0.5}
        axes.bar(lacking, high - low, 1, low, label="some intervals without a value", **look)
    axes.set_ylim(low, high)
    axes.set_xlim(0.4, len(days) + 0.6)
    axes.axhline(0, color=INK, linewidth=0.8)
    axes.set_xticks(places, [f"{'MTWTFSS'[day.weekday()]}\n{day.day}" for day in days])
    for label, day in zip(axes.get_xticklabels(), days, strict=True):
        label.set_fontweight("bold" if day.weekday() >= 5 else "normal")
    axes.tick_params(axis="x", length=0, labelsize=9)
    axes.yaxis.set_major_formatter(magnitudes())
    axes.set_ylabel(f"energy a day [{curve.unit}]")
    axes.set_xlabel("day; weekends in bold")
    legend(axes)
    titled(figure, axes, curve.ean, month_name(curve.period.start), energy_told(curve))
    return figure
