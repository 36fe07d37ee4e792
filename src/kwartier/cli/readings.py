"""`kwartier readings`: bring readings in, and ask what they say."""

from pathlib import Path
from time import perf_counter
from typing import Annotated, Any, Final

import typer
from typer.exceptions import TyperException

from kwartier.cli.console import say, warn
from kwartier.cli.erasing import erase, erasures, retain
from kwartier.cli.errors import FailureError, MistakeError, reported
from kwartier.cli.importing import described, nothing_got_in, print_outcome, progress_shown
from kwartier.cli.opening import print_json
from kwartier.cli.opening_readings import SpoolOption, opened_readings
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.readings_questions import gaps, lag, peak, show
from kwartier.domain.delivery import read_delivery_id
from kwartier.domain.errors import InvalidValueError
from kwartier.services.deliveries import AlreadyDeliveredError, OtherContentError, WithdrawnBeforeError
from kwartier.services.ingest.format import FileFormat
from kwartier.services.intake import Intake

__all__ = ["app"]

_STANDARD_INPUT: Final = Path("/dev/stdin")

app = typer.Typer(no_args_is_help=True, help="Bring readings in, and ask what they say.")
for _question in (show, gaps, lag, peak, erase, retain, erasures):
    app.command()(_question)


@app.command("import")
def import_files(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE…", help="Each is a delivery of its own; - is what comes in.")
    ],
    delivery: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="By which the delivery is known, 1 to 200 characters: taken twice, the same counts once, and something else "
            "is refused. By name and content, if not told.",
        ),
    ] = None,
    file_format: Annotated[
        FileFormat,
        typer.Option(
            "--format",
            metavar="FORMAT",
            help="What the files are: auto, portal (CSV reports), long (CSV, NDJSON, Parquet, Arrow).",
        ),
    ] = FileFormat.AUTO,
    spool: SpoolOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import files of readings: each whole or not at all. Rows that cannot be right are set aside with a reason.

    What can't be taken in is told, and the files after it are tried all the same; then the command exits with 1. So it does when
    of a file nothing got in because every row was set aside; rows that were set aside beside good ones are told, and exit with 0.
    """
    if delivery is not None and len(files) > 1:
        raise MistakeError("--delivery names one delivery, and each file is one: import one file at a time")
    try:
        known_as = None if delivery is None else read_delivery_id(delivery)
    except InvalidValueError as error:
        raise MistakeError(f"--delivery: {error}") from None
    on = opened_readings(database, spool=spool)
    shown = [_import(on, file, known_as, file_format, as_json=as_json) for file in files]
    if as_json:
        print_json(shown)
    if any("error" in one or nothing_got_in([one]) for one in shown):
        raise typer.Exit(1)


def _import(
    on: Intake, file: Path, delivery_id: str | None, file_format: FileFormat, *, as_json: bool
) -> dict[str, Any]:
    """What came of a file, for programs; people are told at once."""
    try:
        with reported():
            told = _taken(on, file, delivery_id, file_format, as_json=as_json)
    except OSError as error:
        told = _failed(file, str(error.strerror or error))
    except TyperException as error:
        told = _failed(file, error.format_message())
    return {"file": str(file)} | told


def _taken(
    on: Intake, file: Path, delivery_id: str | None, file_format: FileFormat, *, as_json: bool
) -> dict[str, Any]:
    began = perf_counter()
    at = _STANDARD_INPUT if str(file) == "-" else file
    try:
        with progress_shown(file.name) as tell:
            outcome = on.take_file(at, file_format, tell, delivery_id=delivery_id, warn=warn)
    except AlreadyDeliveredError as known:
        rows, waiting = known.delivery.counts.rows, on.about(known.delivery).waiting
        if not as_json:
            wait = f"; {waiting} of its {rows} rows wait in quarantine" if waiting else ""
            said = f"{file.name}: taken in before, counted once ({known}){wait}"
            say(said)
        return {
            "delivery": known.delivery.delivery_id,
            "already": known.delivery.state.value,
            "rows": rows,
            "quarantined": waiting,
        }
    except (OtherContentError, WithdrawnBeforeError) as error:
        raise FailureError(f"{error} (`--delivery`)") from error
    seconds = perf_counter() - began
    if not as_json:
        print_outcome(outcome, seconds)
    return described(outcome, seconds)


def _failed(file: Path, why: str) -> dict[str, Any]:
    warn(f"{file}: {why}; nothing of it was taken in")
    return {"error": why}
