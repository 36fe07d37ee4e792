"""Draw a summer week and a winter week of some fictitious meters, for docs/sandbox-models.md."""

from datetime import date
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from kwartier.domain.days import Grid, quarter_hours_of
from kwartier.domain.ean import Ean
from kwartier.domain.resolve import Inserted, resolve
from kwartier.sandbox.eans import sandbox_meter
from kwartier.sandbox.generator import versions

EVER: Final = Inserted(end_us=2**62)
PICTURE: Final = Path(__file__).parents[1] / "docs" / "images" / "sandbox-week.png"
WEEKS: Final = {"summer": date(2024, 6, 17), "winter": date(2024, 1, 15)}
METERS: Final = {
    "541440010000000003": "a household",
    "541440110000000003": "a household with panels",
    "541440010000000006": "a household with a heat pump",
    "541440110000000006": "a household with a heat pump and panels",
    "541440010000000007": "a household with an electric car",
    "541440110000000007": "a household with an electric car and panels",
    "541440010000000008": "a shop",
    "541440110000000148": "a shop with panels",
    "541440010000000009": "an office",
}
OFFTAKE, INJECTION = "#1f4e79", "#e0a100"


def draw(axes: Axes, ean: str, monday: date) -> None:
    """Draw the power of one meter in one week: offtake upwards, injection downwards, kW."""
    first = (monday - date(1970, 1, 1)).days
    borders = quarter_hours_of(range(first, first + 7))
    window = range(int(borders[0]), int(borders[-1]))
    (meter,) = versions(sandbox_meter(Ean(ean)), Grid.QUARTER_HOUR, window, EVER)
    power_kw = resolve(meter.versions, [window], EVER).values * 4 / 1000
    days = np.arange(power_kw.shape[1]) / 96
    for sign, colour, row in zip((1, -1), (OFFTAKE, INJECTION), power_kw, strict=False):
        axes.fill_between(days, sign * row, step="post", color=colour, linewidth=0)
    axes.axhline(0, color="black", linewidth=0.5)
    axes.set_xlim(0, 7)
    axes.set_xticks(range(8))
    axes.set_xticklabels(["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su", ""], ha="left")
    axes.grid(axis="x", color="0.8", linewidth=0.5)


def main() -> None:
    """Write the picture."""
    figure, grid = plt.subplots(len(METERS), len(WEEKS), figsize=(13, 1.8 * len(METERS)), sharey="row")
    for row, (ean, what) in zip(grid, METERS.items(), strict=True):
        for axes, (season, monday) in zip(row, WEEKS.items(), strict=True):
            draw(axes, ean, monday)
            axes.set_title(f"{ean}, {what}: {season} ({monday})", fontsize=8, loc="left")
        row[0].set_ylabel("kW")
    figure.tight_layout()
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(PICTURE, dpi=110, metadata={"Software": None})
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
