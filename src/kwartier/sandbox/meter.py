"""What the meter of a site registers: load and panels netted in each quarter-hour (S4)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.sandbox.panels import Panels
from kwartier.sandbox.site import Site
from kwartier.sandbox.weather import climate

__all__ = ["measured", "on_the_grid"]

_HOUR_THAT_CHANGES: Final = 8  # 02:00 local, in quarter-hours


def measured(site: Site, days: range) -> NDArray[np.int32]:
    """What the registers count by quarter-hour on the clock, shape (registers, len(days), 96), thousandths of a kWh.

    One register, offtake, or with panels two: offtake and injection.
    """
    # What is switched on before midnight runs on: a day is reckoned with the one before it.
    load = site.load(climate(site.region, range(days.start - 1, days.stop)))[1:]
    return load[None] if site.panels is None else _netted(load, site.panels, site, days)


def _netted(load: NDArray[np.int32], panels: Panels, site: Site, days: range) -> NDArray[np.int32]:
    """Offtake and injection of a load with panels.

    Where the two nearly balance, the power goes both ways within a quarter-hour, and both registers count.
    """
    made = panels.production(site.region, days)
    both = np.minimum(load, made)
    net = load - made
    registers = np.empty((2, *load.shape), np.int32)
    np.maximum(net, 0, out=registers[0])
    np.subtract(registers[0], net, out=registers[1])
    # Less than half of the smaller one: the more, the nearer they are to balance.
    both >>= 1
    both -= np.abs(net, out=net)
    np.maximum(both, 0, out=both)
    both >>= 2
    registers += both
    return registers


def on_the_grid(by_clock: NDArray[np.int32], borders: NDArray[np.int64], out: NDArray[np.int64]) -> None:
    """Lay values by quarter-hour on the clock along the quarter-hours of time.

    The hour that is skipped in spring is left out; the one that comes twice in autumn comes back in reverse order.

    Args:
        by_clock: shape (registers, d, 96).
        borders: of the d days, as `quarter_hours_of` gives them, shape (d + 1,).
        out: where to, shape (registers, all quarter-hours of the days).
    """
    lengths = np.diff(borders)
    flat = by_clock.reshape(by_clock.shape[0], -1)
    begun = taken = 0
    for day in np.flatnonzero(lengths != 96).tolist():
        changes = day * 96 + _HOUR_THAT_CHANGES
        if lengths[day] == 92:
            pieces = [flat[:, taken:changes]]
        else:
            pieces = [flat[:, taken : changes + 4], flat[:, changes : changes + 4][:, ::-1]]
        taken = changes + 4
        for piece in pieces:
            out[:, begun : begun + piece.shape[1]] = piece
            begun += piece.shape[1]
    out[:, begun:] = flat[:, taken:]
