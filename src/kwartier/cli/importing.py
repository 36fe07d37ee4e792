"""How an import is shown: how far it is, and what came of it."""

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from rich.markup import escape
from rich.table import Table

from kwartier.cli.bar import bar_shown
from kwartier.cli.console import Console
from kwartier.cli.tables import print_wide
from kwartier.wire.timestamps import write_exactly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kwartier.services.ingest.way_in import Outcome, Phase
    from kwartier.services.ingest.way_in import Progress as Tell

__all__ = ["described", "nothing_got_in", "print_outcome", "progress_shown"]

_REASONS_SHOWN: Final = 10


@contextmanager
def progress_shown(name: str) -> "Iterator[Tell]":
    """Show on the terminal how far an import is."""
    with bar_shown(name) as bar:

        def tell(phase: "Phase", done: int, total: int | None) -> None:
            bar(f"{name}: {phase.value}", done, total)

        yield tell


def nothing_got_in(told: "Sequence[Mapping[str, Any]]") -> bool:
    """Whether there were rows, and all of them wait in quarantine: then a command exits with 1 (R3).

    Args:
        told: what came of deliveries, as `described` has it.
    """
    rows, aside = (sum(int(one[name]) for one in told) for name in ("rows", "quarantined"))
    return 0 < rows == aside


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
    for name in ("runs", "headpoints", "seconds"):
        table.add_row(f"[bold]{name}[/]", str(shown[name]))
    # Not "published at": it lies a moment ahead, and who asks before it finds what was known before (DESIGN 4).
    table.add_row("[bold]visible from[/]", shown["published_at"] or "never: nothing got in")
    print_wide(table)
    if outcome.delivery.counts.quarantined:
        Console(soft_wrap=True).print(
            "Rows set aside: `kwartier quarantine list` shows them.", highlight=False
        )
