"""`make bench`: measure against the budgets of the design. Budgets are reported; breaking one is no error."""

from argparse import ArgumentParser
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from rich.console import Console

from benchmarks import (
    auditing,
    columnar,
    decoding,
    energy,
    lasting,
    limit,
    mandates,
    memory,
    pieces,
    ready,
    small,
    store,
    widest,
)
from benchmarks.ours import platform
from benchmarks.report import Figure, show, write

_WIDTH: Final = 110


def main() -> None:
    """Measure, show, and write what is asked."""
    parser = ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, and a small store")
    parser.add_argument(
        "--long",
        action="store_true",
        help="memory over minutes, ten million rows of audit, a million mandates, and a store of 100 000 headpoints",
    )
    parser.add_argument("--store", action="store_true", help="the readings store alone")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--seed", type=int, default=1, help="of the EANs and windows that are asked")
    options = parser.parse_args()
    rounds = 5 if options.quick else 28
    random, today, console = Random(options.seed), datetime.now(UTC), _console()  # noqa: S311 - no secret
    with TemporaryDirectory(prefix="kwartier-bench-") as name:
        measuring = _Measuring(Path(name), random, today, rounds, console, long=options.long)
        figures = [] if options.store else measuring.gateway()
        sizes = store.QUICK if options.quick else store.BIG if options.long else store.USUAL
        figures += store.measure(Path(name), random, sizes, console)
    show(console, figures)
    if options.json:
        write(options.json, figures)


@dataclass(frozen=True, slots=True)
class _Measuring:
    """What is measured besides the store."""

    folder: Path
    random: Random
    today: datetime
    rounds: int
    console: Console
    _: KW_ONLY
    long: bool

    def gateway(self) -> list[Figure]:
        """Everything that needs no store."""
        folder, random, today, rounds, tell = (
            self.folder,
            self.random,
            self.today,
            self.rounds,
            self.console.print,
        )
        with platform(folder) as ours:
            tell("GET energy: ours, the reference, the floor …")
            figures = list(energy.compare(ours, folder, random, today, rounds))
            # Before any question for Arrow: its library weighs sixty megabytes.
            tell("Clients that do not read …")
            figures += memory.measure(ours, random, today)
            tell("GET energy as Arrow …")
            figures += columnar.measure(ours, random, today, rounds)
            tell("Small requests …")
            figures += small.measure(ours, folder, rounds)
            tell("The widest answers …")
            figures += widest.measure(ours, random, today, rounds)
        tell("The limit, by several workers …")
        figures += limit.measure(folder)
        tell("The audit …")
        figures += auditing.measure(folder, random, 10_000_000 if self.long else 200_000, rounds)
        tell("Mandates, on both engines …")
        figures += mandates.measure(folder, random, long=self.long, rounds=rounds)
        if self.long:
            tell("Memory under a load that lasts: four minutes …")
            figures += lasting.measure(folder, random, today)
        tell("Generator, resolver, renderer …")
        figures += pieces.measure(random, today, 10 * rounds)
        tell("The client …")
        figures += decoding.measure(random, today, rounds)
        tell("Sandboxes for tests …")
        figures += ready.measure(rounds)
        return figures


def _console() -> Console:
    """A console that is wide enough where nobody looks on."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


if __name__ == "__main__":
    main()
