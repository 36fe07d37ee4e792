"""Draw a winter week and a summer week of every archetype of gas, for docs/sandbox-gas.md."""

from datetime import date
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.resolve import Inserted, resolve
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.gas_load import gas_borders
from kwartier.sandbox.generator import versions

EVER: Final = Inserted(end_us=2**62)
PICTURE: Final = Path(__file__).parents[1] / "docs" / "images" / "sandbox-gas.png"
WEEKS: Final = {"winter": date(2024, 1, 15), "summer": date(2024, 6, 17)}
METERS: Final = {
    "541441010000000003": "a house",
    "541441010000000008": "a restaurant",
    "541441010000000009": "a practice",
    "541451010000000010": "a bakery",
    "541451010000000011": "an office",
    "541451010000000012": "a school",
    "541451010000000013": "a hospital",
    "541451010000000014": "a factory in two shifts",
    "541451010000000017": "a factory in three shifts",
    "541451010000000015": "a plant that never stops",
    "541451012000000016": "a greenhouse, with its submeters",
    "541451210000000002": "biomethane, injected",
}
COLOUR, PARTS = "#8a3b12", ("#e0a100", "#1f4e79")


def draw(axes: Axes, ean: str, monday: date) -> None:
    """Draw the power of one meter, and of what hangs below it, in one week, kW."""
    first = (monday - date(1970, 1, 1)).days
    borders = gas_borders(range(first, first + 7))
    window = range(int(borders[0]), int(borders[-1]))
    found = versions(sandbox_meter(Ean(ean)), Grid.HOUR, window, EVER)
    days = np.arange(len(window)) / 24 + 0.25
    for place, one in enumerate(found):
        power_kw = resolve(one.versions, [window], EVER).values[-1] / 1000
        if place == 0:
            axes.fill_between(days, power_kw, step="post", color=COLOUR, linewidth=0)
        else:
            axes.step(days, power_kw, where="post", color=PARTS[place - 1], linewidth=0.9)
    axes.set_xlim(0, 7.25)
    axes.set_ylim(bottom=0)
    axes.set_xticks(range(8))
    axes.set_xticklabels(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", ""], ha="left")
    axes.grid(axis="x", color="0.8", linewidth=0.5)


def main() -> None:
    """Write the picture."""
    figure, grid = plt.subplots(len(METERS), len(WEEKS), figsize=(13, 1.7 * len(METERS)), sharey="row")
    for row, (ean, what) in zip(grid, METERS.items(), strict=True):
        for axes, (season, monday) in zip(row, WEEKS.items(), strict=True):
            draw(axes, ean, monday)
            axes.set_title(f"{ean}, {what}: {season} ({monday})", fontsize=8, loc="left")
        row[0].set_ylabel("kW")
    figure.tight_layout()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=90, metadata={"Software": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
