"""`kwartier quarantine`: list, retry, discard, export, correct."""

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer
from rich.markup import escape

from kwartier.cli.console import Console, warn
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.importing import described, nothing_got_in, print_outcome, progress_shown
from kwartier.cli.opening import print_json
from kwartier.cli.opening_readings import SpoolOption, opened_readings
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_table
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.readings.quarantine import Chosen, SetAside, read_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kwartier.services.ingest.quarantine import Retried

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="List, retry, correct and discard rows that were set aside.")

_Delivery: TypeAlias = Annotated[
    str | None, typer.Option("--delivery", metavar="ID", help="Rows that this delivery brought.")
]
_EanOption: TypeAlias = Annotated[
    str | None, typer.Option("--ean", metavar="EAN", help="Rows about this EAN.")
]
_Reason: TypeAlias = Annotated[
    str | None, typer.Option("--reason", metavar="WORDS", help="Rows with these words in their reason.")
]
_Rows: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--row", metavar="ROW", help="This row, as `list` numbers it; may be repeated."),
]


@app.command("list")
def list_rows(
    delivery: _Delivery = None,
    ean: _EanOption = None,
    reason: _Reason = None,
    summary: Annotated[bool, typer.Option("--summary", help="How many rows wait for each reason.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List rows that wait, with what is wrong with each."""
    chosen, on = _chosen(delivery, ean, reason, None), opened_readings(database).quarantine
    if summary:
        rows = [{"rows": str(number), "reason": said} for said, number in on.by_reason(chosen, limit)]
    else:
        rows = [_row(one) for one in on.newest(chosen, limit)]
    if as_json:
        print_json(rows)
    elif not rows:
        Console().print("Nothing waits.")
    else:
        shown = [name for name in rows[0] if name != "content"]  # too wide for people
        print_table(shown, [[escape(row[name]) for name in shown] for row in rows])


@app.command()
def retry(
    delivery: _Delivery = None,
    ean: _EanOption = None,
    reason: _Reason = None,
    row: _Rows = None,
    spool: SpoolOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring rows in again, against the headpoints known today; those that pass leave, the others stay with today's reason.

    The rows of each delivery come in as a delivery of their own, in the order in which those were received. A row of which a
    later delivery says otherwise stays. Where none passes the command exits with 1.
    """
    on, began = opened_readings(database, spool=spool), perf_counter()
    with progress_shown("retry") as tell:
        retried = on.retry(_chosen(delivery, ean, reason, row), tell)
    _print_retried(retried, perf_counter() - began, as_json=as_json)


@app.command()
def discard(
    delivery: _Delivery = None,
    ean: _EanOption = None,
    reason: _Reason = None,
    row: _Rows = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Discard rows that will never be right. They stay on record, and are not listed any more."""
    chosen = _chosen(delivery, ean, reason, row)
    if chosen == Chosen() and not every:
        raise MistakeError("say which rows: --delivery, --ean, --reason, --row, or --all")
    number = opened_readings(database).quarantine.discard(chosen)
    Console().print(f"{number} rows discarded.", highlight=False)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file that is made.")],
    delivery: _Delivery = None,
    ean: _EanOption = None,
    reason: _Reason = None,
    row: _Rows = None,
    database: DatabaseOption = None,
) -> None:
    """Write rows out in the columns of the long form, each with its number and its reason, to be corrected.

    What could not be read stands in the column `content` in its own words. `correct` takes the file back.
    """
    on = opened_readings(database).quarantine
    try:
        with file.open("x", encoding="utf-8", newline="") as sink:
            number = on.export(_chosen(delivery, ean, reason, row), sink)
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror}") from error
    Console(soft_wrap=True).print(f"{number} rows written to {file}", highlight=False, markup=False)


@app.command()
def correct(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A CSV file that `export` wrote, edited; it may have fewer rows."
        ),
    ],
    spool: SpoolOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring rows in again as a file has them: those that are right leave, the others stay as they came, with today's reason.

    The rows of each delivery come in as a delivery of their own. Rows that are not in the file wait on. A row whose content is
    several values may stand there several times, once for each. Where none is right the command exits with 1.
    """
    on, began = opened_readings(database, spool=spool), perf_counter()
    try:
        with progress_shown("correct") as tell:
            done = on.correct(file, tell)
    except InvalidValueError as error:
        raise FailureError(f"{file}: {error}; nothing was changed") from error
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror}") from error
    if done.gone:
        warn(f"{done.gone} rows of the file do not wait any more: nothing was done about them")
    _print_retried(done.retried, perf_counter() - began, as_json=as_json)


def _print_retried(retried: "Sequence[Retried]", seconds: float, *, as_json: bool) -> None:
    told = [{"retries": one.delivery_id} | described(one.outcome, seconds) for one in retried]
    if as_json:
        print_json(told)
    else:
        for one in retried:
            print_outcome(one.outcome, seconds)
    if nothing_got_in(told):
        raise typer.Exit(1)


def _chosen(delivery: str | None, ean: str | None, reason: str | None, rows: list[str] | None) -> Chosen:
    try:
        number = None if ean is None else int(Ean.parse(ean))
    except InvalidValueError as error:
        raise MistakeError(f"--ean {ean}: {error}") from None
    try:
        return Chosen(delivery, number, reason, tuple(map(read_row, rows or [])))
    except InvalidValueError as error:
        raise MistakeError(f"--row: {error}") from None


def _row(one: SetAside) -> dict[str, str]:
    return {
        "row": one.row,
        "delivery": one.delivery_id,
        "line": str(one.line),
        "ean": f"{one.ean:018d}" if one.ean else "",
        "reason": one.reason,
        "content": one.content,
    }
