"""The monthly peaks of a year."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from matplotlib.figure import Figure

from kwartier.client.peaks import MonthPeak, mean_peak_kw
from kwartier.client.plots.curve import OFFTAKE
from kwartier.client.plots.look import INK, LOOKS, UNKNOWN_LOOK, drawn, legend, titled
from kwartier.client.plots.words import MONTHS
from kwartier.domain.days import BRUSSELS

__all__ = ["draw_peaks"]

_LEAST_KW: Final = 2.5


def draw_peaks(ean: str, peaks: Sequence[MonthPeak]) -> Figure:
    """The peak of each month with when it was; of a month that is not complete the highest of what is there, hatched."""
    figure, axes = drawn((10, 5))
    places = np.arange(len(peaks))
    told = np.array([one.power_kw is not None for one in peaks])
    heights = np.array([(one.power_kw or one.highest_kw or 0.0) for one in peaks])
    if told.any():
        axes.bar(places[told], heights[told], 0.75, label="peak", **LOOKS[OFFTAKE])
    if not told.all():
        label = "month not complete: the highest of what is there"
        axes.bar(places[~told], heights[~told], 0.75, label=label, **UNKNOWN_LOOK | {"linewidth": 0.8})
    for place, one in enumerate(peaks):
        if one.power_kw is not None and one.at is not None:
            text = f"{one.power_kw:.2f}\n{_when(one.at)}"
        elif one.highest_kw is not None:
            text = f"at least\n{one.highest_kw:.2f}"
        else:
            text = "nothing\nknown"
        axes.annotate(
            text, (place, heights[place]), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8
        )
    axes.axhline(
        _LEAST_KW,
        color=INK,
        linewidth=1,
        linestyle=(0, (4, 3)),
        label=f"{_LEAST_KW} kW, as which less counts",
    )
    mean = mean_peak_kw(peaks, _LEAST_KW) if len(peaks) == len(MONTHS) else None
    if mean is not None:
        axes.axhline(mean, color="#d55e00", linewidth=1.6, label=f"mean of the twelve: {mean:.2f} kW")
    axes.set_ylim(0, max(heights.max(initial=0.0), _LEAST_KW) * 1.22)
    axes.set_xlim(-0.55, len(peaks) - 0.45)
    axes.set_xticks(places, [MONTHS[one.month - 1][:3] for one in peaks])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel("highest quarter-hour of offtake [kW]")
    legend(axes)
    titled(figure, axes, ean, f"Monthly peaks {_years(peaks)}")
    return figure


def _when(moment: datetime) -> str:
    local = moment.astimezone(BRUSSELS)
    return f"{local.day} {MONTHS[local.month - 1][:3]}\n{local:%H:%M}"


def _years(peaks: Sequence[MonthPeak]) -> str:
    return " to ".join(dict.fromkeys(str(one.year) for one in (peaks[0], peaks[-1])))
