"""`kwartier requests`: ask for mandates, renew and remove them, as an organisation does (M1-M3)."""

from typing import Annotated, Any

import typer

from kwartier.cli.console import Console
from kwartier.cli.credentials import organisation_number
from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.given import moment_of, read_ean
from kwartier.cli.grants import described
from kwartier.cli.opening import opened_with_readings, print_json, print_listed
from kwartier.cli.options import (
    DatabaseOption,
    DataToOption,
    JsonOption,
    OrganisationOption,
    PersonOption,
    ReferenceOption,
)
from kwartier.clock import system_clock
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.people import Acting
from kwartier.domain.period import Period
from kwartier.services.grants import Granted
from kwartier.services.held_mandates import HeldMandates
from kwartier.services.requests import Already, Answer, Approved, CannotBe, Requested, Requests, Wanted
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Mandates as organisations ask for them: with the grid user's consent."
)

_Mandate = Annotated[str, typer.Argument(metavar="MANDATE", help="Its id, as `requests list` shows it.")]


@app.command()
def ask(
    eans: Annotated[list[str], typer.Argument(metavar="EAN...", help="Of headpoints.")],
    organisation: OrganisationOption,
    service: Annotated[str, typer.Option(metavar="TYPE", help=f"{' or '.join(DATA_SERVICE_TYPE.names)}.")],
    start: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="MOMENT",
            help="Where the data period begins: a date, at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
        ),
    ],
    end: DataToOption = None,
    reference_number: ReferenceOption = None,
    by: PersonOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for mandates: Approved at once for the organisation's own EANs; for others the grid user is asked for consent."""
    option, value = "--service", service
    try:
        granularity = DATA_SERVICE_TYPE.read(service)
        option, value = "--from", start
        since = moment_of(start)
        option, value = "--to", end or ""
        period = Period(since, None if end is None else moment_of(end))
    except InvalidValueError as error:
        raise MistakeError(f"{option} {value}: {error}") from None
    wanted = [Wanted(read_ean(ean), granularity, period, reference_number) for ean in eans]
    on = opened_with_readings(database)
    acting = Acting(organisation_number(organisation), by)
    done = Requests(on.database, on.readings, on.hasher, system_clock).ask(acting, wanted)
    rows = [{"ean": one.ean} | _told(answer) for one, answer in zip(wanted, done.answers, strict=True)]
    if as_json:
        print_json({"answers": rows, "needs_contract": done.needs_contract})
    else:
        print_listed(rows, "Nothing was asked.", as_json=False)
        if done.needs_contract:
            Console(soft_wrap=True).print(
                "The API gives others' EANs only with a data access contract: `kwartier contracts ask`."
            )
    if any(isinstance(answer, CannotBe) for answer in done.answers):
        raise typer.Exit(1)


@app.command()
def renew(
    mandate: _Mandate,
    organisation: OrganisationOption,
    by: PersonOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Renew a mandate: at once for the organisation's own EAN; else the grid user is asked for consent again."""
    answer = _held(database).renew(Acting(organisation_number(organisation), by), mandate)
    if isinstance(answer, CannotBe):
        raise FailureError(answer.reason)
    print_listed([_told(answer)], "", as_json=as_json)


@app.command()
def remove(
    mandate: _Mandate,
    organisation: OrganisationOption,
    by: PersonOption = None,
    database: DatabaseOption = None,
) -> None:
    """Remove a mandate of an organisation: it is gone from portal and API."""
    _held(database).remove(Acting(organisation_number(organisation), by), mandate)
    Console(soft_wrap=True).print(f"Mandate {mandate} is removed.", highlight=False, markup=False)


@app.command("list")
def list_all(
    organisation: OrganisationOption, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the mandates of an organisation as they stand now."""
    number = organisation_number(organisation)
    found = _held(database).list_all(number)
    print_listed([described(Granted(number, one)) for one in found], "No mandates.", as_json=as_json)


def _held(database: str | None) -> HeldMandates:
    on = opened_with_readings(database)
    return HeldMandates(on.database, on.readings, on.hasher, system_clock)


def _told(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"answer": None, "mandate": None, "request": None, "reason": None}
    match answer:
        case Approved(mandate):
            return told | {"answer": "approved", "mandate": mandate}
        case Requested(mandate, request):
            return told | {"answer": "requested", "mandate": mandate, "request": request}
        case Already(mandate, status):
            reason = f"there is one already, which is {status.value}"
            return told | {"answer": "already", "mandate": mandate, "reason": reason}
        case CannotBe(reason):
            return told | {"answer": "not possible", "reason": reason}
