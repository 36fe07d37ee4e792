"""`make bench`: measure against the budgets of the design. Budgets are reported; breaking one is no error."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from benchmarks import auditing, columnar, energy, lasting, limit, memory, pieces, ready, small, widest
from benchmarks.ours import platform
from benchmarks.report import show, write

_WIDTH: Final = 110


def main() -> None:
    """Measure, show, and write what is asked."""
    parser = ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: about 20 seconds")
    parser.add_argument(
        "--long", action="store_true", help="memory over minutes, and ten million rows of audit"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--seed", type=int, default=1, help="of the EANs and windows that are asked")
    options = parser.parse_args()
    rounds = 5 if options.quick else 28
    random, today, console = Random(options.seed), datetime.now(UTC), _console()  # noqa: S311 - no secret
    with TemporaryDirectory(prefix="kwartier-bench-") as name:
        folder = Path(name)
        with platform(folder) as ours:
            console.print("GET energy: ours, the reference, the floor …")
            figures = list(energy.compare(ours, folder, random, today, rounds))
            console.print("GET energy as Arrow …")
            figures += columnar.measure(ours, random, today, rounds)
            console.print("Small requests …")
            figures += small.measure(ours, folder, rounds)
            console.print("Clients that do not read …")
            figures += memory.measure(ours, random, today)
            console.print("The widest answers …")
            figures += widest.measure(ours, random, today, rounds)
        console.print("The limit, by several workers …")
        figures += limit.measure(folder)
        console.print("The audit …")
        figures += auditing.measure(folder, random, 10_000_000 if options.long else 200_000, rounds)
        if options.long:
            console.print("Memory under a load that lasts: four minutes …")
            figures += lasting.measure(folder, random, today)
    console.print("Generator, resolver, renderer …")
    figures += pieces.measure(random, today, 10 * rounds)
    console.print("Sandboxes for tests …")
    figures += ready.measure(rounds)
    show(console, figures)
    if options.json:
        write(options.json, figures)


def _console() -> Console:
    """A console that is wide enough where nobody looks on."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


if __name__ == "__main__":
    main()
