"""`kwartier report`: the portal's CSV reports, read and written (R4, K6)."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

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
from kwartier.cli.energy import DutchOption, FormatOption, Output, OutputOption, TimeOption, chosen_output
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import read_ean
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.client.export import Style, Zone

if TYPE_CHECKING:
    from kwartier import EnergyTable
    from kwartier.client.portal import Read, Report

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Read and write the CSV reports of the portal.")

_REASONS_SHOWN: Final = 5
_LANGUAGES: Final = ("nl", "en")


@app.command()
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report of the portal, of any generation.")],
    ean: Annotated[
        str | None,
        typer.Option(metavar="EAN", help="Of this headpoint, where there are several.", show_default=False),
    ] = None,
    form: FormatOption = None,
    output: OutputOption = None,
    time: TimeOption = Zone.UTC,
    dutch: DutchOption = False,
) -> None:
    """Show a report of the portal, or write it as CSV, JSON, Parquet or XLSX. Nothing is sent anywhere."""
    from kwartier.client.portal import read_portal_report  # noqa: PLC0415 - loads data frames

    into = chosen_output(form, output, Style(time, dutch))
    try:
        found = read_portal_report(file, lambda warning: typer.echo(f"Notice: {warning}", err=True))
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror}") from error
    _tell_rejected(found)
    into.write(_chosen(found, None if ean is None else read_ean(ean), file))
    if found.rejected.height:
        raise typer.Exit(1)


@app.command()
def write(
    ean: EanArgument,
    start: FromOption,
    end: ToOption = None,
    granularity: GranularityOption = None,
    language: Annotated[str, typer.Option(metavar="nl|en", help="In which language of the portal.")] = "nl",
    folder: Annotated[
        Path,
        typer.Option(
            "--folder", "-d", metavar="FOLDER", help="Where the files are made, by the portal's names."
        ),
    ] = Path(),
    profile: ProfileOption = None,
) -> None:
    """Fetch the readings of an EAN, and write them as the portal's newest report would have them."""
    from kwartier.client.portal import Language, reports_of  # noqa: PLC0415 - loads data frames

    if language not in _LANGUAGES:
        raise MistakeError(f"--language {language}: {' or '.join(_LANGUAGES)}")
    number, (since, until) = read_ean(ean), asked_period(start, end)
    with client_of(chosen_profile(profile)) as client, progress_shown(str(number)) as progress:
        found = client.energy(
            number,
            since,
            until,
            granularity=asked_granularity(granularity),
            progress=progress,
        )
    if not len(found):
        raise FailureError(f"no readings of {number} in this period: `kwartier doctor {number}` tells why")
    for report in reports_of(found, Language(language)):
        path = folder / report.name
        Output(None, path, Style()).fill(partial(_write, report))
        typer.echo(path)


def _write(report: "Report", sink: BinaryIO) -> None:
    sink.writelines(report.content)


def _chosen(found: "Read", ean: str | None, file: Path) -> "EnergyTable":
    eans = [table.ean for table in found.tables]
    if ean is None and len(eans) == 1:
        return found.tables[0]
    if not eans:
        raise FailureError(f"{file}: no line of it could be read")
    if ean not in eans:
        raise MistakeError(f"--ean: the report has {', '.join(eans)}")
    return found.tables[eans.index(ean)]


def _tell_rejected(found: "Read") -> None:
    if not found.rejected.height:
        return
    typer.echo(f"Lines that could not be read: {found.rejected.height}", err=True)
    for line, reason in found.rejected.head(_REASONS_SHOWN).select("line", "reason").iter_rows():
        typer.echo(f"  line {line}: {reason}", err=True)
