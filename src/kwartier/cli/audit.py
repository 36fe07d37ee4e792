"""`kwartier audit`: who read which readings (A1)."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any, Final

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import moment_of
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_table
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.domain.audit import AuditEntry
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.period import Period
from kwartier.services.audit import Audit, AuditFilter
from kwartier.settings import load_settings
from kwartier.wire.timestamps import write_timestamp

__all__ = ["audit"]

_SHOWN: Final = ("at", "organisation", "ean", "period", "granularity", "outcome", "correlation_id")
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


def audit(
    ean: Annotated[str | None, typer.Option(help="Accesses to this EAN.", metavar="EAN")] = None,
    organisation: Annotated[
        str | None, typer.Option(help="Accesses by this enterprise number.", metavar="NUMBER")
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="From this moment on: a date, at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
            metavar="MOMENT",
        ),
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="Before this moment.", metavar="MOMENT")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="How many at most.")] = 100,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show who asked for which live readings, refused ones too, the newest first."""
    narrowed = _read(ean, organisation, start, end)
    opened = Database(load_settings({"database": database}).database, may_be_new=False)
    migrate(opened)
    found = Audit(opened).find(narrowed, limit)
    rows = [_row(entry) for entry in found]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif not rows:
        Console().print("No accesses.")
    else:
        # What was asked, and then what came of it.
        print_table(
            [name.replace("_", " ") for name in _SHOWN], [[str(row[name]) for name in _SHOWN] for row in rows]
        )


def _read(ean: str | None, organisation: str | None, start: str | None, end: str | None) -> AuditFilter:
    option, value = "--ean", ean
    try:
        chosen_ean = None if ean is None else Ean.parse(ean)
        option, value = "--organisation", organisation
        number = None if organisation is None else EnterpriseNumber.parse(organisation)
        option, value = "--from", start
        since = _EVER if start is None else moment_of(start)
        option, value = "--to", end
        until = None if end is None else moment_of(end)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {value}: {error}") from None
    return AuditFilter(chosen_ean, number, Period(since, until))


def _row(entry: AuditEntry) -> dict[str, Any]:
    question = entry.question
    end = question.period.end
    return {
        "at": write_timestamp(entry.at),
        "organisation": entry.organisation,
        "client_id": entry.client_id,
        "ean": entry.ean,
        "outcome": "granted" if entry.refused is None else f"refused: {entry.refused.value}",
        "period": f"{question.period_type.value} {write_timestamp(question.period.start)}"
        + (f"/{write_timestamp(end)}" if end else ""),
        "granularity": ", ".join(sorted(one.value for one in question.granularities)) or "any",
        "reference_number": question.reference_number,
        "mandates": list(entry.mandates),
        "correlation_id": entry.correlation_id,
    }
