"""What commands share that ask for a period of readings over HTTP: their options, and the progress of a long one."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import given_moment
from kwartier.cli.options import granularity_option
from kwartier.clock import system_clock
from kwartier.domain.metering import Granularity
from kwartier.domain.period import Period
from kwartier.wire.vocabulary import GRANULARITY

__all__ = [
    "EanArgument",
    "FromOption",
    "GranularityOption",
    "ToOption",
    "asked_granularity",
    "asked_period",
    "check_any_peak",
    "complete_ean",
    "progress_shown",
]

if TYPE_CHECKING:
    from kwartier import MonthPeak

Progress: TypeAlias = Callable[[int, int], None]


def complete_ean(incomplete: str) -> list[tuple[str, str]]:
    """The EANs that begin so, of mandates that were seen: for the shell."""
    from kwartier.cli.known_eans import known_eans  # noqa: PLC0415 - for the shell alone

    return [(ean, told) for ean, told in known_eans().items() if ean.startswith(incomplete)]


EanArgument: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="EAN", help="Of the headpoint: 18 digits.", autocompletion=complete_ean),
]
FromOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--from",
        metavar="MOMENT",
        help="Measured from this moment on: a date, which begins at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
        show_default=False,
    ),
]
ToOption: TypeAlias = Annotated[
    str | None,
    typer.Option("--to", metavar="MOMENT", help="Measured before this moment; now, if not told."),
]

GranularityOption: TypeAlias = Annotated[
    Granularity | None,
    granularity_option("How fine; all that is granted, if not told."),
]


def asked_granularity(granularity: Granularity | None) -> tuple[str, ...]:
    """The granularities that are asked for, as on the wire."""
    return () if granularity is None else (GRANULARITY.write(granularity),)


def asked_period(start: str, end: str | None) -> tuple[datetime, datetime]:
    """The period between two options.

    Raises:
        MistakeError: one is no moment, or they are in the wrong order.
    """
    since = given_moment("--from", start)
    until = system_clock().replace(microsecond=0) if end is None else given_moment("--to", end)
    if Period(since, until).is_empty:
        raise MistakeError("--to must lie after --from" if end else "--from lies in the future")
    return since, until


def check_any_peak(ean: str, peaks: "Sequence[MonthPeak]") -> None:
    """See whether there is anything of which a peak could be.

    Raises:
        FailureError: there is nothing.
    """
    if all(one.highest_kw is None for one in peaks):
        raise FailureError(
            f"no quarter-hours of offtake of {ean} in these months: a monthly peak is of electricity that is taken; "
            f"`kwartier doctor {ean}` tells more"
        )


@contextmanager
def progress_shown(what: str) -> Iterator[Progress]:
    """Show on the terminal how far it is, beside what is printed; nothing where errors go to a file or a pipe."""
    if not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.progress import Progress as Bar  # noqa: PLC0415

    from kwartier.cli.console import Console  # noqa: PLC0415 - a pipe has no need of it

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, windows: bar.update(task, completed=done, total=windows)
