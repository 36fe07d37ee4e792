"""`kwartier readings erase`, `retain` and `erasures`."""

import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, TypeAlias

import typer

from kwartier.cli.console import Console, warn
from kwartier.cli.errors import MistakeError
from kwartier.cli.opening import print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_rows
from kwartier.clock import system_clock
from kwartier.db.migrate import READINGS, migrate
from kwartier.db.readings import readings_database
from kwartier.domain.days import BRUSSELS, first_midnight
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.services.erasure import Erased, Erasure, Erasures, kept_from
from kwartier.settings import load_settings
from kwartier.wire.timestamps import write_timestamp

__all__ = ["erase", "erasures", "retain"]

_Yes: TypeAlias = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_DryRun: TypeAlias = Annotated[
    bool, typer.Option("--dry-run", help="Say how much would be erased, and erase nothing.")
]


def erase(
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why; it is kept with the record.")],
    ean: Annotated[
        str | None, typer.Option(metavar="EAN", help="Everything of this EAN, which is no submeter's.")
    ] = None,
    before: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Everything measured before this day (YYYY-MM-DD, Brussels)."),
    ] = None,
    dry_run: _DryRun = False,
    yes: _Yes = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase readings for good, of one EAN or of an age. That they were erased is recorded."""
    if (ean is None) == (before is None):
        raise MistakeError("say what is to be erased: either --ean or --before")
    if not reason.strip():
        raise MistakeError("--reason: say why, for the record")
    _erase(
        _opened(database),
        reason,
        None if ean is None else _read_ean(ean),
        None if before is None else _read_day(before),
        ask=not yes,
        dry_run=dry_run,
        as_json=as_json,
    )


def retain(
    years: Annotated[int, typer.Option(min=1, max=100, help="For how many years readings are kept.")],
    dry_run: _DryRun = False,
    yes: _Yes = False,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Erase readings that are older than some years. To be run every night, with --yes."""
    before = kept_from(system_clock(), years)
    reason = f"kept for {years} years"
    _erase(_opened(database), reason, None, before, ask=not yes, dry_run=dry_run, as_json=as_json)


def erasures(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List what was erased, when and why, the newest first."""
    rows = [_row(one) for one in _opened(database).newest()]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, "Nothing was erased.")


def _opened(database: str | None) -> Erasures:
    found = readings_database(load_settings({"database": database}).database, may_be_new=False)
    migrate(found, READINGS)
    return Erasures(found, system_clock)


def _erase(
    on: Erasures,
    reason: str,
    ean: Ean | None,
    before: datetime | None,
    *,
    ask: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    what = f"of {ean}" if before is None else f"measured before {write_timestamp(before)}"
    if dry_run or ask:
        counted = on.count(ean, before)
        if dry_run and as_json:
            print_json(asdict(counted))
        else:
            Console(stderr=not dry_run, soft_wrap=True).print(
                f"Readings {what}: {_words(counted)}.", highlight=False
            )
    if dry_run:
        return
    if ask:
        if not sys.stdin.isatty():
            raise MistakeError("nobody is there to be asked: use --yes to erase, or --dry-run")
        typer.confirm("Erase them? They can't be brought back", abort=True, err=True)
    with Console(stderr=True).status("erasing") as status:
        done = on.erase(reason, lambda so_far: status.update(_words(so_far)), ean=ean, before=before)
    if as_json:
        print_json(_row(done))
    else:
        Console(soft_wrap=True).print(
            f"Erased {what}: {_words(done.erased)}. Backups made before still hold them.", highlight=False
        )
    if ean is not None and not done.erased.series:
        warn("no series left the catalogue: there were none, or a delivery is being loaded")


def _words(erased: Erased) -> str:
    return ", ".join(f"{number} {name}" for name, number in asdict(erased).items())


def _row(one: Erasure) -> dict[str, Any]:
    return {
        "at": write_timestamp(one.at),
        "ean": one.ean,
        "before": None if one.before is None else write_timestamp(one.before),
        "why": one.why,
        **asdict(one.erased),
        "finished": one.finished,
        "erasure_id": one.erasure_id,
    }


def _read_ean(text: str) -> Ean:
    try:
        return Ean.parse(text)
    except InvalidValueError as error:
        raise MistakeError(f"--ean {text}: {error}") from None


def _read_day(text: str) -> datetime:
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=BRUSSELS)
    except ValueError:
        raise MistakeError(f"--before {text}: a day is written YYYY-MM-DD") from None
    if day > system_clock():
        raise MistakeError(f"--before {text}: that day is still to come, and everything would go")
    return first_midnight(day)
