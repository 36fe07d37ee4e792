"""`kwartier headpoints`: add, import, exchange a meter, show, list."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.markup import escape

from kwartier.cli.console import Console, warn
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import moment_of, read_ean
from kwartier.cli.headpoints_words import (
    described,
    read_grid_user,
    read_hung,
    read_meter,
    read_submeter,
)
from kwartier.cli.opening import print_fields, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_table
from kwartier.clock import system_clock
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import KnownHeadpoint
from kwartier.domain.metering import Direction, EnergyType, Headpoint, MeterType
from kwartier.services.headpoint_files import ImportedHeadpoints, import_headpoints
from kwartier.services.headpoints import Added, Headpoints
from kwartier.settings import load_settings
from kwartier.wire.timestamps import write_timestamp

__all__ = [
    "app",
    "opened_headpoints",
]

app = typer.Typer(no_args_is_help=True, help="Headpoints, and the meters, submeters and grid users on them.")

_LINES_SHOWN: Final = 100
_WARNINGS_SHOWN: Final = 5
_EanArgument = Annotated[str, typer.Argument(metavar="EAN", help="Of the headpoint: 18 digits.")]
_MOMENTS = "Moments are dates, which begin at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ."


def opened_headpoints(database: str | None, *, may_be_new: bool = False) -> Headpoints:
    """The headpoints of a platform.

    Raises:
        DatabaseError: there are none, and they may not be made.
    """
    found = readings_database(load_settings({"database": database}).database, may_be_new=may_be_new)
    migrate(found, READINGS)
    return Headpoints(found, system_clock)


@app.command()
def add(
    ean: _EanArgument,
    energy: Annotated[EnergyType, typer.Option(help="What flows through it.")],
    meter_type: Annotated[MeterType, typer.Option(help="How it is metered.")],
    direction: Annotated[
        Direction | None,
        typer.Option(
            metavar="DIRECTION", help="Of an AMR headpoint: offtake or injection.", show_default=False
        ),
    ] = None,
    gas_zone: Annotated[
        str | None,
        typer.Option(
            metavar="ZONE", help="Of digital gas meters: that of the conversion factor.", show_default=False
        ),
    ] = None,
    meter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="SEQ=ID[@FROM[/TO]]", help="A meter of a digital headpoint.", show_default=False
        ),
    ] = None,
    submeter: Annotated[
        list[str] | None,
        typer.Option(
            metavar="EAN=DIRECTION,SEQ[,INSTALLATION[,VREG]]",
            help="A submeter of an AMR headpoint: production, auxiliary or offtake.",
            show_default=False,
        ),
    ] = None,
    grid_user: Annotated[
        list[str] | None,
        typer.Option(metavar="WHO@FROM[/TO]", help="Who is the grid user, and when.", show_default=False),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Make a headpoint known. One of the same EAN is replaced; its readings stay. Dates begin at midnight in Brussels."""
    uses = sorted(map(read_grid_user, grid_user or []), key=lambda use: use.period.start)
    known = KnownHeadpoint(
        Headpoint(read_ean(ean), energy, meter_type),
        direction,
        gas_zone,
        tuple(map(read_hung, meter or [])),
        tuple(map(read_submeter, submeter or [])),
        tuple(uses),
    )
    _tell(opened_headpoints(database, may_be_new=True).add(known))


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV or Parquet, as docs/headpoints.md has it.")
    ],
    skip_wrong: Annotated[
        bool, typer.Option("--skip-wrong", help="Import the right headpoints also if others are wrong.")
    ] = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import many headpoints. If a row is wrong nothing is imported, and every wrong row is listed."""
    on = opened_headpoints(database, may_be_new=True)
    try:
        done = import_headpoints(on, file, skip_wrong=skip_wrong)
    except InvalidValueError as error:
        raise FailureError(f"{file}: {error}; nothing of it was imported") from error
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror}; nothing of it was imported") from error
    if as_json:
        print_json(
            {
                "new": done.new,
                "replaced": done.replaced,
                "wrong": [{"line": line, "reason": reason} for line, reason in done.wrong],
                "warnings": [{"line": line, "reason": reason} for line, reason in done.warnings],
            }
        )
    else:
        _print_import(file, done, imported=skip_wrong or not done.wrong)
    if done.wrong and not skip_wrong:
        raise typer.Exit(1)


@app.command("meter-exchange")
def meter_exchange(
    ean: _EanArgument,
    at: Annotated[str, typer.Option(metavar="MOMENT", help=f"When the new meter was hung there. {_MOMENTS}")],
    new: Annotated[str, typer.Option(metavar="SEQ=ID", help="The new meter.")],
    database: DatabaseOption = None,
) -> None:
    """Register that a digital meter was exchanged, also long after. What the old one told of later is taken back."""
    try:
        moment = moment_of(at)
    except InvalidValueError as error:
        raise MistakeError(f"--at {at}: {error}") from None
    # What brings readings in takes its time to load.
    from kwartier.cli.opening_readings import opened_readings  # noqa: PLC0415
    from kwartier.services.exchanges import Exchanges  # noqa: PLC0415

    on = opened_readings(database)
    exchanges = Exchanges(on.database, on.deliveries, system_clock)
    done = exchanges.exchange(read_ean(ean), moment, read_meter("--new", new))
    _tell(done.added)
    if done.taken_back is not None:
        Console(soft_wrap=True).print(
            f"Values of the meter before, of later than that, which are taken back: {done.taken_back.counts.withdrawn}, "
            f"by the delivery '{done.taken_back.delivery_id}'",
            highlight=False,
            markup=False,
        )


@app.command()
def show(ean: _EanArgument, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show a headpoint with all that hangs on it."""
    shown = described(opened_headpoints(database).find(read_ean(ean)))
    if as_json:
        print_json(shown)
        return
    parts = {name: shown.pop(name) for name in ("meters", "submeters", "grid_users")}
    if shown.pop("check_digit_fits") is False:
        shown["ean"] += " (the check digit does not fit the others)"
    print_fields({name.replace("_", " "): value for name, value in shown.items() if value is not None})
    for name, rows in parts.items():
        if rows:
            Console().print(f"\n[bold]{name.replace('_', ' ')}[/]", highlight=False)
            print_table(
                [column.replace("_", " ") for column in rows[0]],
                [[escape(value or "") for value in row.values()] for row in rows],
            )


@app.command("list")
def list_all(
    after: Annotated[
        str | None, typer.Option(metavar="EAN", help="From the one after this on.", show_default=False)
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List headpoints in order of their EAN."""
    found = opened_headpoints(database).list_all(None if after is None else read_ean(after), limit)
    rows = [described(one) for one in found]
    if as_json:
        print_json(rows)
        return
    if not rows:
        Console(soft_wrap=True).print(
            "No headpoints: `kwartier headpoints import FILE` makes them known.", highlight=False
        )
        return
    print_table(
        ["ean", "energy", "meter type", "direction", "gas zone", "meters", "submeters", "grid user"],
        [_cells(row, write_timestamp(system_clock())) for row in rows],
    )
    if len(rows) == limit:
        Console(soft_wrap=True).print(
            f"There may be more: `--after {rows[-1]['ean']}` goes on.", highlight=False
        )


def _cells(row: Mapping[str, Any], now: str) -> list[str]:
    """What a list tells of a headpoint; of its grid users the one of now, if there is one."""
    users = (
        one for one in row["grid_users"] if one["from"] <= now and (one["to"] is None or now < one["to"])
    )
    return [
        row["ean"],
        row["energy"],
        row["meter_type"],
        row["direction"] or "",
        escape(row["gas_zone"] or ""),
        str(len(row["meters"])),
        str(len(row["submeters"])),
        escape(next((one["who"] for one in users), "")),
    ]


def _tell(added: Added) -> None:
    ean = added.known.headpoint.ean
    if added.changes is None:
        said = [f"Headpoint {ean} is known now"]
    elif not added.changes:
        said = [f"Headpoint {ean} is as it was"]
    else:
        said = [f"Headpoint {ean} changed:", *(f"  {change}" for change in added.changes)]
    console = Console(soft_wrap=True)
    for line in said:
        console.print(line, highlight=False, markup=False)
    for words in added.warnings:
        warn(f"warning: {words}")


def _print_import(file: Path, done: ImportedHeadpoints, *, imported: bool) -> None:
    wrong, warned = done.wrong, done.warnings
    console = Console(soft_wrap=True)
    if wrong:
        rows = [[str(line), escape(reason)] for line, reason in wrong[:_LINES_SHOWN]]
        print_table(["line", "what is wrong"], rows)
        if len(wrong) > _LINES_SHOWN:
            console.print(f"and {len(wrong) - _LINES_SHOWN} more: --json has all of them", highlight=False)
    for line, reason in warned[:_WARNINGS_SHOWN]:
        warn(f"warning: line {line}: {reason}")
    if len(warned) > _WARNINGS_SHOWN:
        warn(f"warning: and {len(warned) - _WARNINGS_SHOWN} warnings more: --json has all of them")
    if imported:
        said = f"{file.name}: {done.new} new headpoints, {done.replaced} replaced"
    else:
        said = f"{file.name}: nothing was imported; correct these rows, or leave them out with --skip-wrong"
    console.print(said, highlight=False, markup=False)
