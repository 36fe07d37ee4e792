"""`kwartier readings show`, `gaps`, `lag` and `peak`: what the readings say, and what is not there (R2, E11, P1)."""

import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, Final

import numpy as np
import typer

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import given_moment, read_ean
from kwartier.cli.moments import local_time, utc_time
from kwartier.cli.opening import print_json
from kwartier.cli.options import DatabaseOption, JsonOption, granularity_option
from kwartier.cli.readings_shown import (
    GRID_NAMES,
    Format,
    meter_name,
    register_name,
    write_readings,
)
from kwartier.cli.tables import print_rows, print_table
from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid, slot_starts
from kwartier.domain.gaps import LATEST_HOURS
from kwartier.domain.metering import Granularity
from kwartier.domain.peak import Peak, Untold
from kwartier.domain.period import EPOCH, Period
from kwartier.services.gaps import SeriesGap, gaps_of, gaps_of_all
from kwartier.services.lag import Lagging, lagging
from kwartier.services.monthly_peaks import MonthlyPeak, peaks_of_year
from kwartier.services.questions import ReadingsQuestion, read
from kwartier.services.store import Store
from kwartier.settings import load_settings
from kwartier.wire.timestamps import write_timestamp

__all__ = ["gaps", "lag", "peak", "show"]

_RANGES_SHOWN: Final = 3
_EanArgument = Annotated[str, typer.Argument(metavar="EAN", help="Of the headpoint: 18 digits.")]
_From = Annotated[
    str | None,
    typer.Option("--from", metavar="MOMENT", help="Measured from this moment on.", show_default=False),
]
_To = Annotated[
    str | None,
    typer.Option("--to", metavar="MOMENT", help="Measured before this moment; now, if not told."),
]


def show(
    ean: _EanArgument,
    start: _From = None,
    end: _To = None,
    inserted_from: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Come in from this moment on.", show_default=False)
    ] = None,
    inserted_to: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Come in before this moment.", show_default=False)
    ] = None,
    as_known_at: Annotated[
        str | None,
        typer.Option(metavar="MOMENT", help="As they were known at this moment; now, if not told."),
    ] = None,
    granularity: Annotated[
        Granularity | None,
        granularity_option("How fine; both, if not told. Gas has hours for quarter-hours."),
    ] = None,
    form: Annotated[
        Format,
        typer.Option(
            "--format", help="A table, JSON as GET energy answers it, or the long form as CSV or Parquet."
        ),
    ] = Format.TABLE,
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A file that is made.", show_default=False)
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Show the readings of a headpoint. Moments are dates, which begin at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ."""
    inserted = _period("--inserted-from", inserted_from, "--inserted-to", inserted_to)
    if start is None and inserted is None:
        raise MistakeError("say of when: --from, --inserted-from or --inserted-to")
    if form is Format.PARQUET and output is None and sys.stdout.isatty():
        raise MistakeError("Parquet is nothing for a terminal: say --output FILE")
    question = ReadingsQuestion(
        read_ean(ean),
        _period("--from", start, "--to", end) or Period(EPOCH),
        granularity,
        inserted,
        None if as_known_at is None else given_moment("--as-known-at", as_known_at),
    )
    readings = read(Store(_readings(database)), question, system_clock())
    if output is None:
        found = write_readings(readings, form, sys.stdout.buffer)
    else:
        try:
            with output.open("xb") as sink:
                found = write_readings(readings, form, sink)
        except OSError as error:
            raise FailureError(f"{output}: {error.strerror}") from error
    if not found:
        typer.echo(f"No readings of {ean} in this period.", err=form is not Format.TABLE)


def gaps(
    ean: Annotated[
        str | None, typer.Argument(metavar="[EAN]", help="Of the headpoint: 18 digits.", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Of every headpoint.")] = False,
    start: _From = None,
    end: _To = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the intervals without a value: not yet due (younger than 72 hours), never come in, or withdrawn."""
    if (ean is None) is not every:
        raise MistakeError("say which headpoint: an EAN, or --all")
    period = _period("--from", start, "--to", end)
    if start is None or period is None:
        raise MistakeError("say from when on: --from")
    if period.is_empty:
        raise MistakeError("--to must lie after --from")
    on, moment = _readings(database), system_clock()
    found = gaps_of_all(on, period, moment) if ean is None else gaps_of(on, read_ean(ean), period, moment)
    _print((_gap(one) for one in found), "No gaps.", as_json=as_json)


def lag(
    hours: Annotated[
        int, typer.Option(min=1, max=100_000, help="How long after measuring a value is due.")
    ] = LATEST_HOURS,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the headpoints that should have a value by now and have none as new: a quarter-hour, an hour, of some a day."""
    found = lagging(_readings(database), system_clock(), hours)
    _print(map(_lagging, found), "No headpoint lags behind.", as_json=as_json)


def peak(
    ean: _EanArgument,
    year: Annotated[int, typer.Option(min=2000, max=2099, help="Of which year.")],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the highest quarter-hour of offtake of each month in kW, or what is missing to tell it."""
    told = peaks_of_year(_readings(database), read_ean(ean), year, system_clock())
    if as_json:
        print_json([_peak(one) for one in told])
    else:
        print_table(["month", "peak (kW)", "from (UTC)", "from (Brussels)", ""], map(_peak_row, told))


def _readings(database: str | None) -> Database:
    found = readings_database(load_settings({"database": database}).database, may_be_new=False)
    migrate(found, READINGS)
    return found


def _period(start_option: str, start: str | None, end_option: str, end: str | None) -> Period | None:
    """The period between two options; None: neither was given."""
    if start is None and end is None:
        return None
    return Period(
        EPOCH if start is None else given_moment(start_option, start),
        None if end is None else given_moment(end_option, end),
    )


def _print(rows: Iterable[dict[str, Any]], nothing: str, *, as_json: bool) -> None:
    shown = list(rows)
    if as_json:
        print_json(shown)
    else:
        print_rows(shown, nothing)


def _gap(one: SeriesGap) -> dict[str, Any]:
    begin, end = _borders(one.grid, one.gap.slots)
    return {
        "ean": one.ean,
        "part": meter_name(one.meter),
        "register": "all" if one.register is None else register_name(one.register),
        "intervals": GRID_NAMES[one.grid],
        "from": utc_time(begin),
        "to": utc_time(end),
        "from_in_brussels": local_time(begin),
        "number": len(one.gap.slots),
        "why": one.gap.why.value,
    }


def _lagging(one: Lagging) -> dict[str, Any]:
    return {
        "ean": one.ean,
        "intervals": GRID_NAMES[one.grid],
        "known_until": "never" if one.last_end is None else write_timestamp(one.last_end),
        "hours_ago": None if one.late is None else one.late // timedelta(hours=1),
    }


def _peak(one: MonthlyPeak) -> dict[str, Any]:
    shown: dict[str, Any] = {"month": f"{one.month:%Y-%m}"}
    match one.told:
        case Peak(power_w, quarter_hour):
            start, _ = _borders(Grid.QUARTER_HOUR, range(quarter_hour, quarter_hour + 1))
            return shown | {"status": "told", "peak_kw": power_w / 1000, "start": utc_time(start)}
        case Untold(missing, unsure, to_come):
            return shown | {
                "status": "running" if to_come else "not told",
                "missing": _ranges(missing),
                "unsure": _ranges(unsure),
                "to_come": to_come,
            }
        case None:
            return shown | {"status": "future"}


def _ranges(found: Iterable[range]) -> dict[str, Any]:
    ranges = list(found)
    return {
        "number": sum(map(len, ranges)),
        "ranges": [
            {"from": utc_time(begin), "to": utc_time(end)}
            for begin, end in (_borders(Grid.QUARTER_HOUR, one) for one in ranges)
        ],
    }


def _peak_row(one: MonthlyPeak) -> list[str]:
    month = f"{one.month:%Y-%m}"
    match one.told:
        case Peak(power_w, quarter_hour):
            start, _ = _borders(Grid.QUARTER_HOUR, range(quarter_hour, quarter_hour + 1))
            kilowatts = f"{power_w // 1000}.{power_w % 1000:03}"
            return [month, kilowatts, utc_time(start), local_time(start), ""]
        case Untold(missing, unsure, to_come):
            told = [
                f"{to_come} quarter-hours to come" if to_come else "",
                _words("missing", missing),
                _words("estimated or not validated", unsure),
            ]
            return [month, "", "", "", "; ".join(filter(None, told))]
        case None:
            return [month, "", "", "", "in the future"]


def _words(what: str, found: tuple[range, ...]) -> str:
    if not found:
        return ""
    borders = [_borders(Grid.QUARTER_HOUR, one) for one in found[:_RANGES_SHOWN]]
    shown = ", ".join(f"{utc_time(begin)} to {utc_time(end)}" for begin, end in borders)
    more = f" and {len(found) - _RANGES_SHOWN} ranges more" if len(found) > _RANGES_SHOWN else ""
    return f"{sum(map(len, found))} {what}: {shown}{more}"


def _borders(grid: Grid, slots: range) -> tuple[int, int]:
    """Where slots begin and end, epoch seconds."""
    begin, end = slot_starts(grid, np.array([slots.start, slots.stop], np.int64)).tolist()
    return begin, end
