"""`kwartier scenarios`: register market scenarios, one by one or from a file (M5)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import moment_of, read_ean
from kwartier.cli.opening import opened_with_readings, print_json, print_listed, print_one
from kwartier.cli.options import ComingOption, DatabaseOption, JsonOption
from kwartier.clock import system_clock
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.scenario import Scenario, ScenarioKind, Told
from kwartier.formats.headpoints_words import read_who
from kwartier.services.scenario_files import register_file
from kwartier.services.scenarios import Scenarios
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Market scenarios: moves, changes of grid user or supplier, disconnections."
)

_LINES_SHOWN: Final = 100


@app.command()
def register(
    ean: Annotated[str, typer.Argument(metavar="EAN", help="Of a headpoint.")],
    kind: Annotated[ScenarioKind, typer.Option(help="What happened.")],
    effective: Annotated[
        str,
        typer.Option(
            metavar="MOMENT",
            help="When it happens or happened: a date, at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
        ),
    ],
    grid_user: ComingOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register a market scenario. What mandates were given under the grid user before it end their data period there."""
    try:
        moment = moment_of(effective)
    except InvalidValueError as error:
        raise MistakeError(f"--effective {effective}: {error}") from None
    told = Told(read_ean(ean), kind, moment, None if grid_user is None else read_who(grid_user))
    done = _scenarios(database).register(told)
    row = _row(done.scenario) | {"new": done.is_new, "cut": done.cut, "rejected": done.closed}
    print_one(row, as_json=as_json)


@app.command("import")
def import_file(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="CSV or Parquet: ean, scenario, effective, and grid_user if one comes."
        ),
    ],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Register many market scenarios. A row that can't be is listed, and does not stop the others; exit code 1 then."""
    try:
        done = register_file(_scenarios(database), file)
    except InvalidValueError as error:
        raise FailureError(f"{file}: {error}; nothing of it was registered") from error
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror}; nothing of it was registered") from error
    counts = {"new": done.new, "known": done.known, "cut": done.cut, "rejected": done.closed}
    _tell(counts, done.wrong, as_json=as_json)
    if done.wrong:
        raise typer.Exit(1)


@app.command("list")
def list_all(
    ean: Annotated[str | None, typer.Option(help="Of this EAN.", metavar="EAN", show_default=False)] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List market scenarios: those of an EAN in order of effect, or the last that were registered."""
    found = _scenarios(database).list_all(None if ean is None else read_ean(ean), limit)
    print_listed([_row(one) for one in found], "No market scenarios.", as_json=as_json)


def _scenarios(database: str | None) -> Scenarios:
    on = opened_with_readings(database)
    return Scenarios(on.database, on.readings, system_clock)


def _tell(counts: dict[str, int], wrong: Sequence[tuple[int, str]], *, as_json: bool) -> None:
    if as_json:
        print_json(counts | {"wrong": [{"line": line, "reason": reason} for line, reason in wrong]})
        return
    console = Console(soft_wrap=True, highlight=False)
    console.print(
        f"{counts['new']} new, {counts['known']} known before, {len(wrong)} wrong; "
        f"{counts['cut']} mandates cut short, {counts['rejected']} requests rejected."
    )
    for line, reason in wrong[:_LINES_SHOWN]:
        console.print(f"line {line}: {reason}", markup=False)
    if len(wrong) > _LINES_SHOWN:
        console.print(f"… and {len(wrong) - _LINES_SHOWN} more; --json has them all.")


def _row(one: Scenario) -> dict[str, Any]:
    return {
        "ean": one.ean,
        "scenario": one.kind.value,
        "effective": write_timestamp(one.effective),
        "registered_at": write_timestamp(one.registered_at),
        "grid_user": one.grid_user,
    }
