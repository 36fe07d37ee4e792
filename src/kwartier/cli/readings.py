"""`kwartier readings`: bring readings in, and ask what they say."""

from pathlib import Path
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.console import Console

from kwartier.cli.erasing import erase, erasures, retain
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.importing import described, print_outcome, progress_shown
from kwartier.cli.opening import print_json
from kwartier.cli.opening_readings import SpoolOption, opened_readings
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.readings_questions import gaps, lag, peak, show
from kwartier.domain.errors import InvalidValueError
from kwartier.services.deliveries import AlreadyDeliveredError
from kwartier.services.ingest.format import FileFormat
from kwartier.services.intake import Intake

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Bring readings in, and ask what they say.")
for _question in (show, gaps, lag, peak, erase, retain, erasures):
    app.command()(_question)


@app.command("import")
def import_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="Each is a delivery of its own.")],
    delivery: Annotated[
        str | None,
        typer.Option(
            metavar="ID",
            help="By which the delivery is known: taken twice, it counts once. By name and content, if not told.",
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
    """Import files of readings: each whole or not at all. Rows that cannot be right are set aside with a reason."""
    if delivery is not None and len(files) > 1:
        raise MistakeError("--delivery names one delivery, and each file is one: import one file at a time")
    on = opened_readings(database, spool=spool)
    shown = [_import(on, file, delivery, file_format, as_json=as_json) for file in files]
    if as_json:
        print_json(shown)


def _import(
    on: Intake, file: Path, delivery: str | None, file_format: FileFormat, *, as_json: bool
) -> dict[str, Any]:
    # As in `Intake`: with data frames.
    from kwartier.services.ingest.files import at_rest, delivery_id_of, readers  # noqa: PLC0415

    began = perf_counter()
    try:
        with at_rest(file, on.ingest.spools) as source:
            delivery_id = delivery or delivery_id_of(source)
            batches = readers(source, on.database, file_format, _warn)
            with progress_shown(source.name) as tell:
                outcome = on.ingest.take(delivery_id, source.name, batches, progress=tell)
    except AlreadyDeliveredError as known:
        if not as_json:
            Console(soft_wrap=True).print(
                f"{file.name}: taken in before, counted once ({known})", highlight=False, markup=False
            )
        return {"delivery": known.delivery.delivery_id, "already": known.delivery.state.value}
    except InvalidValueError as error:
        raise FailureError(f"{file}: {error}; nothing of it was taken in") from error
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror or error}; nothing of it was taken in") from error
    seconds = perf_counter() - began
    if not as_json:
        print_outcome(outcome, seconds)
    return described(outcome, seconds)


def _warn(words: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"kwartier: {words}", highlight=False, markup=False)
