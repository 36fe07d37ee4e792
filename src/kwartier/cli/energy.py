"""`kwartier energy`: the readings of an EAN over any period, shown or written (K2, K6)."""

import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from kwartier.cli.asking import (
    EanArgument,
    FromOption,
    GranularityOption,
    ToOption,
    asked_granularity,
    asked_period,
    progress_shown,
)
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import read_ean
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.client.errors import ConfigurationError
from kwartier.client.export import Form, Style, Zone, form_of, write_energy
from kwartier.domain.metering import ComplexEnergyType
from kwartier.domain.question import PeriodType
from kwartier.wire.vocabulary import COMPLEX_ENERGY_TYPE, PERIOD_TYPE

if TYPE_CHECKING:
    from kwartier import EnergyTable
    from kwartier.client.asking import EnergyOptions

__all__ = [
    "DutchOption",
    "FormatOption",
    "Output",
    "OutputFormat",
    "OutputOption",
    "TimeOption",
    "chosen_output",
    "energy",
]


class OutputFormat(Enum):
    """How readings are shown or written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"
    XLSX = "xlsx"


FormatOption = Annotated[
    OutputFormat | None,
    typer.Option(
        "--format",
        help="A table for people, or a row for each value; by the name of the file, else a table.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="A file that is made.", show_default=False),
]
TimeOption = Annotated[
    Zone, typer.Option("--time", help="On which clock: UTC, or Brussels with its offset. Tables have both.")
]
DutchOption = Annotated[
    bool, typer.Option("--dutch", help="A decimal comma, and in CSV semicolons between columns.")
]


def energy(
    ean: EanArgument,
    start: FromOption,
    end: ToOption = None,
    granularity: GranularityOption = None,
    kind: Annotated[
        ComplexEnergyType | None,
        typer.Option(
            "--energy",
            help="Active or reactive energy, of AMR electricity; both, if not told.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[
        PeriodType, typer.Option(help="What the period is of: reading, or coming into the system.")
    ] = PeriodType.READ_TIME,
    reference: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Under the mandate of this reference alone.", show_default=False),
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
    time: TimeOption = Zone.UTC,
    dutch: DutchOption = False,
    profile: ProfileOption = None,
) -> None:
    """Fetch the readings of an EAN. Values are informative: not for billing or market processes."""
    number, (since, until) = read_ean(ean), asked_period(start, end)
    into = chosen_output(form, output, Style(time, dutch))
    asked: EnergyOptions = {
        "period_type": PERIOD_TYPE.write(by),
        "granularity": asked_granularity(granularity),
        "complex_energy_types": () if kind is None else COMPLEX_ENERGY_TYPE.write(kind),
    }
    if reference is not None:
        asked["reference_number"] = reference
    with client_of(chosen_profile(profile)) as client, progress_shown(str(number)) as progress:
        found = client.energy(number, since, until, progress=progress, **asked)
    into.write(found)


class Output:
    """Where readings go, and how.

    Args:
        form: None: a table for people.
        path: a file that is made; None: what is printed.
        style: how moments and numbers are written.
    """

    def __init__(self, form: Form | None, path: Path | None, style: Style) -> None:
        self._form, self._path, self._style = form, path, style

    def write(self, table: "EnergyTable") -> None:
        """Write readings; notices, and that there are none, are told beside.

        Raises:
            FailureError: the file is there already, or can't be written.
        """
        for notice in table.notices:
            typer.echo(f"Notice: {notice}", err=True)
        if not len(table):
            typer.echo(
                f"No readings of {table.ean} in this period: `kwartier doctor {table.ean}` tells why.",
                err=True,
            )
        self.fill(lambda sink: self._write(table, sink))

    def fill(self, write: Callable[[BinaryIO], None]) -> None:
        """Have something written where it goes.

        Raises:
            FailureError: the file is there already, or can't be written.
        """
        if self._path is None:
            write(sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        try:
            sink = self._path.open("xb")
        except FileExistsError:
            raise FailureError(f"{self._path} is there already, and stays as it is") from None
        except OSError as error:
            raise FailureError(f"{self._path}: {error.strerror}") from error
        try:
            with sink:
                write(sink)
        except BaseException:
            self._path.unlink(missing_ok=True)
            raise

    def _write(self, table: "EnergyTable", sink: BinaryIO) -> None:
        if self._form is not None:
            write_energy(table, sink, self._form, self._style)
            return
        from kwartier.cli.energy_shown import write_shown  # noqa: PLC0415 - for people alone

        write_shown(table, sink, self._style)


def chosen_output(form: OutputFormat | None, path: Path | None, style: Style) -> Output:
    """Where readings go, by the options of a command.

    Raises:
        MistakeError: the name of the file tells no form, or the form is nothing for a terminal.
    """
    if form is OutputFormat.TABLE or (form is None and path is None):
        return Output(None, path, style)
    try:
        chosen = Form(form.value) if form is not None else form_of(path or Path())
    except ConfigurationError as error:
        raise MistakeError(f"{error}, or say --format") from None
    if not chosen.is_text and path is None and sys.stdout.isatty():
        raise MistakeError(f"{chosen.value} is nothing for a terminal: say --output FILE")
    return Output(chosen, path, style)
