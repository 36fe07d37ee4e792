"""How all pictures look: paper, colours that do without colour vision, titles, and what is said below them (E13)."""

from pathlib import Path
from typing import Any, BinaryIO, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from kwartier.client.plots.curve import INJECTION, OFFTAKE

__all__ = ["INK", "LOOKS", "PALE", "UNKNOWN_LOOK", "drawn", "legend", "magnitudes", "save", "titled"]

INK: Final = "#1b2a3a"
PALE: Final = "#8794a1"
LOOKS: Final[dict[str, dict[str, Any]]] = {
    # Of the palette of Okabe and Ito: a dark blue and a light orange, which differ in lightness and in hatching too.
    OFFTAKE: {"facecolor": "#0072b2", "edgecolor": "#00486f", "linewidth": 0},
    INJECTION: {"facecolor": "#f7c870", "edgecolor": "#9a6a00", "linewidth": 0, "hatch": "////"},
}
UNKNOWN_LOOK: Final[dict[str, Any]] = {
    "facecolor": "white",
    "edgecolor": "#aab5bf",
    "linewidth": 0,
    "hatch": "xx",
}

_STYLE: Final[Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": PALE,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "grid.color": "#e3e8ec",
    "hatch.linewidth": 0.7,
    "svg.hashsalt": "kwartier",
    "svg.fonttype": "none",
}
_NOTE: Final = (
    "Informative values, as the grid operator gives them: not for billing or market processes. "
    "Days and times are those of Brussels."
)


def drawn(size: tuple[float, float], grid: str | None = "y") -> tuple[Figure, Axes]:
    """An empty picture with one pair of axes.

    Args:
        size: width and height [inch].
        grid: along which axis lines lie; None: there are none.
    """
    with rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained", facecolor="white")
        axes = figure.add_subplot()
        if grid == "y":
            axes.grid(axis="y")
    return figure, axes


def titled(figure: Figure, axes: Axes, ean: str, what: str, remark: str = "") -> None:
    """Say what is shown, of whom and of when, and what the values are worth."""
    with rc_context(_STYLE):
        axes.set_title(f"{what}\n", loc="left", fontsize=14, fontweight="bold", color=INK)
        told = f"EAN {ean}" + (f"  ·  {remark}" if remark else "")
        axes.text(0, 1.02, told, transform=axes.transAxes, color="#4a5966")
        figure.supxlabel(_NOTE, fontsize=8, color="#5f6d79", x=0.01, ha="left")


def legend(axes: Axes) -> None:
    """Name what is drawn, above on the right."""
    found = axes.get_legend_handles_labels()
    if len(found[1]) > 0:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            frameon=False,
            ncols=len(found[1]),
            fontsize=9,
            borderaxespad=0.2,
        )


def magnitudes() -> FuncFormatter:
    """How an axis is labelled on which what is below zero is energy too."""
    return FuncFormatter(lambda power, _place: f"{abs(power):g}")


def save(figure: Figure, sink: Path | BinaryIO, form: str) -> None:
    """Write a picture; the same picture gives the same file.

    Args:
        figure: the picture.
        sink: a file, or a stream.
        form: `png` or `svg`.
    """
    changing = {"svg": {"Date": None}, "png": {"Software": None}}
    with rc_context(_STYLE):
        figure.savefig(sink, format=form, dpi=150, metadata=changing[form])
