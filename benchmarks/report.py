"""Figures, and how they are shown."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

__all__ = ["Figure", "show", "write"]

_TIMES: Final = "\N{MULTIPLICATION SIGN}"


@dataclass(frozen=True, slots=True)
class Figure:
    """Something that was measured.

    Attributes:
        what: what it is.
        unit: of `ours` and `against`.
        ours: the median of ours.
        against: the median of what it is compared with, if anything; for memory, what it was before.
        ratio: how many times faster or slower ours is; the median of the ratios of the rounds.
        at_least: the budget, if the ratio must be so high.
        at_most: the budget, if the ratio (without one: ours) must be so low.
    """

    what: str
    unit: str
    ours: float
    against: float | None = None
    ratio: float | None = None
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_kept(self) -> bool | None:
        """Whether the budget is kept; None without one."""
        shown = self.ours if self.ratio is None else self.ratio
        if self.at_least is not None:
            return shown >= self.at_least
        return None if self.at_most is None else shown <= self.at_most

    @property
    def budget(self) -> str:
        """The budget as it is shown."""
        times = "" if self.ratio is None else _TIMES
        if self.at_least is not None:
            return f"≥ {self.at_least:g}{times}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}{times or ' ' + self.unit}"


def show(console: Console, figures: Iterable[Figure]) -> None:
    """Print the figures as a table."""
    table = Table("what", "", title="Kwartier: budgets and figures")
    for name in ("ours", "against", "ratio", "budget"):
        table.add_column(name, justify="right")
    table.add_column("")
    verdicts = {None: "", True: "[green]ok[/]", False: "[bold red]FAILS[/]"}
    for one in figures:
        ratio = "" if one.ratio is None else f"{_number(one.ratio)}{_TIMES}"
        table.add_row(
            one.what,
            one.unit,
            _number(one.ours),
            _number(one.against),
            ratio,
            one.budget,
            verdicts[one.is_kept],
        )
    console.print(table)


def write(file: Path, figures: Iterable[Figure]) -> None:
    """Write the figures as JSON."""
    rows = [asdict(one) | {"ok": one.is_kept} for one in figures]
    file.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
