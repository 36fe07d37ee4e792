"""How an import is shown: how far it is, and what came of it."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from kwartier.cli.tables import print_wide
from kwartier.wire.timestamps import write_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kwartier.services.ingest.way_in import Outcome, Phase
    from kwartier.services.ingest.way_in import Progress as Tell

__all__ = ["described", "print_outcome", "progress_shown"]

_REASONS_SHOWN: Final = 10


@contextmanager
def progress_shown(name: str) -> "Iterator[Tell]":
    """Show a bar on the terminal, beside what is printed for programs."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(escape(name), total=None, rows="")

        def tell(phase: "Phase", done: int, total: int | None) -> None:
            bar.update(
                task,
                description=f"{escape(name)}: {phase.value}",
                completed=done,
                total=total,
                rows=f"{done:,} rows".replace(",", " "),
            )

        yield tell


def described(outcome: "Outcome", seconds: float) -> dict[str, Any]:
    """What came of a delivery, for programs."""
    delivery, counts = outcome.delivery, outcome.delivery.counts
    published_at = delivery.published_at
    return {
        "delivery": delivery.delivery_id,
        "published_at": None if published_at is None else write_exactly(published_at),
        "rows": counts.rows,
        "stored": counts.stored,
        "withdrawn": counts.withdrawn,
        "repeated": counts.repeated,
        "quarantined": counts.quarantined,
        "reasons": dict(outcome.reasons),
        "runs": counts.runs,
        "headpoints": counts.headpoints,
        "seconds": round(seconds, 3),
    }


def print_outcome(outcome: "Outcome", seconds: float) -> None:
    """Print for people what came of a delivery."""
    shown = described(outcome, seconds)
    table = Table(show_header=False, box=None, pad_edge=False)
    for name in ("delivery", "rows", "stored", "withdrawn", "repeated", "quarantined"):
        value = shown[name]
        text = f"{value:,}".replace(",", " ") if isinstance(value, int) else escape(value)
        table.add_row(f"[bold]{name}[/]", text)
    for reason, number in outcome.reasons[:_REASONS_SHOWN]:
        table.add_row("", f"{number}: {escape(reason)}")
    if len(outcome.reasons) > _REASONS_SHOWN:
        table.add_row("", f"and {len(outcome.reasons) - _REASONS_SHOWN} reasons more")
    for name in ("runs", "headpoints", "seconds", "published_at"):
        value = "not published: nothing got in" if shown[name] is None else str(shown[name])
        table.add_row(f"[bold]{name.replace('_', ' ')}[/]", value)
    print_wide(table)
    if outcome.delivery.counts.quarantined:
        Console(soft_wrap=True).print(
            "Rows set aside: `kwartier quarantine list` shows them.", highlight=False
        )
