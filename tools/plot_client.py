"""Draw what `kwartier plot` draws of a fictitious household with panels, for docs/client-commands.md."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from matplotlib.figure import Figure

from kwartier import Client, Settings
from kwartier.client.plots.curve import Curve, curve_of
from kwartier.client.plots.day import draw_day
from kwartier.client.plots.look import save
from kwartier.client.plots.year import draw_year
from kwartier.domain.days import midnight
from kwartier.domain.period import EPOCH, Period
from kwartier.testing import Sandbox

EAN: Final = "541440110000000007"
NOW: Final = datetime(2026, 11, 28, 12, tzinfo=UTC)
FOLDER: Final = Path(__file__).parents[1] / "docs" / "images"
PICTURES: Final[dict[str, tuple[Callable[[Curve], Figure], date, date]]] = {
    "client-year.png": (draw_year, date(2025, 1, 1), date(2026, 1, 1)),
    "client-day.png": (draw_day, date(2025, 6, 11), date(2025, 6, 12)),
}


def main() -> None:
    """Write the pictures."""
    with Sandbox() as sandbox:
        sandbox.control.clock.set(NOW, running=False)
        sandbox.control.mandate(EAN)
        with Client(sandbox.base_url, sandbox.credentials, Settings(share_quota=False)) as client:
            for name, (draw, first, after) in PICTURES.items():
                start, end = (midnight((day - EPOCH.date()).days) for day in (first, after))
                curve = curve_of(client.energy(EAN, start, end), Period(start, end))
                save(draw(curve), FOLDER / name, "png")
                print(f"wrote {FOLDER / name}")


if __name__ == "__main__":
    main()
