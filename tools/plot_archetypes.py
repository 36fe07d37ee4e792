"""Draw the archetypes of large connections and their production, for docs/sandbox-archetypes.md."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
from numpy.typing import NDArray

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.metering import Direction, SubHeadpoint
from kwartier.domain.resolve import Inserted, resolve
from kwartier.sandbox.amr_site import amr_site
from kwartier.sandbox.archetype_table import ARCHETYPES
from kwartier.sandbox.eans import Submeter, sandbox_meter
from kwartier.sandbox.generator import versions

EVER: Final = Inserted(end_us=2**62)
IMAGES: Final = Path(__file__).parents[1] / "docs" / "images"
MONDAYS: Final = {"June": date(2024, 6, 10), "January": date(2024, 1, 15)}
COLOURS: Final = {"June": "#d98200", "January": "#1f4e79"}
OTHER: Final = "541450012000000{:03d}"
OFFTAKE: Final = "541450011000000{:03d}"
INJECTION: Final = "541450211000000{:03d}"
PRODUCTION: Final = {
    "PV with auxiliary": 40,
    "WTR with auxiliary": 201,
    "WND with auxiliary": 402,
    "WKKA, greenhouse": 605,
    "WKKA, swimming pool": 640,
    "PV, two installations": 107,
}


def week(ean: str, monday: date) -> dict[str, NDArray[np.int64]]:
    """What each point of measurement of a meter counted in a week, Wh a quarter-hour: total, inductive, capacitive."""
    first = (monday - date(1970, 1, 1)).days
    borders = quarter_hours_of(range(first, first + 7))
    window = range(int(borders[0]), int(borders[-1]))
    found: dict[str, NDArray[np.int64]] = {}
    for point in versions(sandbox_meter(Ean(ean)), Grid.QUARTER_HOUR, window, EVER):
        name = "headpoint"
        if isinstance(point.meter, SubHeadpoint):
            name = f"{point.meter.direction.value} {point.meter.seq_number}"
        found[name] = resolve(point.versions, [window], EVER).values.astype(np.int64)
    return found


def days_on(axes: Axes) -> None:
    """Mark the days of the week."""
    axes.set_xlim(0, 7)
    axes.set_xticks(range(8))
    axes.set_xticklabels(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", ""], ha="left", fontsize=7)
    axes.tick_params(axis="y", labelsize=7)
    axes.grid(axis="x", color="0.85", linewidth=0.5)


def kw(values_wh: NDArray[np.int64]) -> NDArray[np.float64]:
    """Power of quarter-hours."""
    return values_wh * 4 / 1000


def archetypes(numbers: Sequence[int]) -> None:
    """One week of each archetype in June and in January, and its reactive energy in January."""
    figure, grid = plt.subplots(5, 4, figsize=(16, 13))
    time = np.arange(672) / 96
    for axes, number in zip(grid.flat, numbers, strict=True):
        site = amr_site(Submeter.OTHER, number)
        for month, monday in MONDAYS.items():
            values = week(OTHER.format(number), monday)["headpoint"]
            axes.plot(time, kw(values[0]), color=COLOURS[month], linewidth=0.8, label=month)
            if month == "January":
                reactive = kw(values[1]) - kw(values[2])
                axes.plot(time, reactive, color="0.6", linewidth=0.6, label="reactive, January (kVAr)")
        axes.axhline(0, color="black", linewidth=0.4)
        days_on(axes)
        axes.set_title(
            f"{site.archetype.name}, {site.kw} kW ({OTHER.format(number)})", fontsize=8, loc="left"
        )
    grid[0, 1].legend(fontsize=7, loc="upper right")
    save(figure, "sandbox-archetypes.png")


def production() -> None:
    """A week of sites with production: what is produced, taken off, injected."""
    figure, grid = plt.subplots(len(PRODUCTION), 2, figsize=(16, 13), sharey="row")
    time = np.arange(672) / 96
    for row, (what, number) in zip(grid, PRODUCTION.items(), strict=True):
        site = amr_site(Submeter.PRODUCTION, number)
        for axes, (month, monday) in zip(row, MONDAYS.items(), strict=True):
            offtake, injection = (week(ean.format(number), monday) for ean in (OFFTAKE, INJECTION))
            axes.fill_between(
                time, kw(offtake["headpoint"][0]), step="post", color="#1f4e79", label="offtake"
            )
            axes.fill_between(
                time, -kw(injection["headpoint"][0]), step="post", color="#e0a100", label="injection"
            )
            for name, values in injection.items():
                if name.startswith((Direction.PRODUCTION.value, Direction.AUXILIARY.value)):
                    dashed = name.startswith(Direction.AUXILIARY.value)
                    axes.plot(time, kw(values[0]), "--" if dashed else "-", linewidth=0.8, label=name)
            axes.axhline(0, color="black", linewidth=0.4)
            days_on(axes)
            told = f"{what}; {site.archetype.name}, {site.kw} kW (…{number:03d}), {month}"
            axes.set_title(told, fontsize=8, loc="left")
        row[1].legend(fontsize=7, loc="upper left", bbox_to_anchor=(1.0, 1.02))
    save(figure, "sandbox-production.png")


def save(figure: Figure, name: str) -> None:
    """Write a picture."""
    figure.tight_layout()
    IMAGES.mkdir(parents=True, exist_ok=True)
    figure.savefig(IMAGES / name, dpi=80, metadata={"Software": None})
    print(f"wrote {IMAGES / name}")


if __name__ == "__main__":
    archetypes(range(20, 20 + len(ARCHETYPES)))
    production()
