"""`kwartier gas factors`: import, set, show."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from kwartier.cli.console import say
from kwartier.cli.errors import FailureError
from kwartier.cli.opening import print_json
from kwartier.cli.opening_readings import opened_readings
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_rows, print_table
from kwartier.clock import system_clock
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.period import EPOCH
from kwartier.formats.gas_factors import factor_of, read_factors, write_factor, write_month
from kwartier.services.deliveries import AlreadyDeliveredError, WithdrawnBeforeError
from kwartier.services.gas_factors import GasFactors, Taken, WrongFactorsError
from kwartier.wire.energy import GAS_FACTOR
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Gas: from volumes to energy.")
factors = typer.Typer(no_args_is_help=True, help="Gas conversion factors, in kWh/m3, by zone and gas month.")
app.add_typer(factors, name="factors")

_Zone = Annotated[str, typer.Argument(metavar="ZONE", help="As headpoints name it.")]


@factors.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV or Parquet: zone, month, factor, kind.")],
    database: DatabaseOption = None,
) -> None:
    """Import factors, whole or not at all, as a delivery that becomes visible at one moment."""
    # As in `Intake`: with data frames.
    from kwartier.services.ingest.files import at_rest, delivery_id_of, digest_of  # noqa: PLC0415

    try:
        with at_rest(file) as source:
            read = read_factors(source.path)
            digest = digest_of(source)
    except InvalidValueError as error:
        raise FailureError(f"{file}: {error}; nothing of it was imported") from error
    except OSError as error:
        raise FailureError(f"{file}: {error.strerror or error}; nothing of it was imported") from error
    wrong = read.wrong
    if not wrong:
        try:
            known_as = delivery_id_of(source, digest)
            taken = _factors(database).take(known_as, source.name, read.factors, lambda: digest)
        except WrongFactorsError as error:
            wrong = [(read.lines[place], reason) for place, reason in error.faults]
        except AlreadyDeliveredError as known:
            say(f"{file.name}: taken in before, counted once ({known})")
            return
        except WithdrawnBeforeError as error:
            raise FailureError(f"{error} (the name of the file is part of it)") from error
        else:
            _tell(taken)
            return
    print_table(["line", "what is wrong"], [[str(line), escape(reason)] for line, reason in wrong])
    say(f"{file.name}: nothing was imported")
    raise typer.Exit(1)


@factors.command("set")
def set_one(
    zone: _Zone,
    month: Annotated[str, typer.Argument(metavar="MONTH", help="YYYY-MM.")],
    factor: Annotated[str, typer.Argument(metavar="FACTOR", help="kWh/m3, with at most 4 decimals.")],
    kind: Annotated[
        str,
        typer.Option(metavar="KIND", help="P provisional, D definitive, or C constant, which is 11."),
    ],
    database: DatabaseOption = None,
) -> None:
    """Set the factor of a zone and month. The one before is kept, and energy comes in again with the new one."""
    one = factor_of({"zone": zone, "month": month, "factor": factor, "kind": kind})
    said = f"gas factor {one.zone} {write_month(one.month)} {GAS_FACTOR.write(one.kind)} {write_factor(one.factor)}"
    # To the microsecond, for the same factor may be set again after another.
    _tell(_factors(database).take(f"{said} set {system_clock().isoformat()}", said, [one]))


@factors.command()
def show(zone: _Zone, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show the factors of a zone with all their versions."""
    rows = [
        {
            "month": write_month(month),
            "factor": write_factor(version.factor),
            "kind": GAS_FACTOR.write(version.kind),
            "visible_from": write_timestamp(EPOCH + timedelta(microseconds=version.inserted_us)),
        }
        for month, versions in sorted(_factors(database, may_be_new=False).of_zone(zone).items())
        for version in versions
    ]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, f"No factors of zone {zone}.")


def _factors(database: str | None, *, may_be_new: bool = True) -> GasFactors:
    on = opened_readings(database, may_be_new=may_be_new)
    return GasFactors(on.database, on.deliveries, system_clock)


def _tell(taken: Taken) -> None:
    say(f"Factors: {taken.stored} new, {taken.repeated} known already; delivery {taken.delivery_id}")
