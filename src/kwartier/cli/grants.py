"""`kwartier grants`: the live mandates, added, listed, ended by the operator."""

from typing import Annotated, Any

import typer

from kwartier.cli.credentials import organisation_number
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import moment_of, read_ean
from kwartier.cli.opening import opened_with_readings, print_listed, print_one
from kwartier.cli.options import DatabaseOption, DataToOption, JsonOption, ReferenceOption
from kwartier.clock import system_clock
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import EnergyType
from kwartier.domain.period import Period
from kwartier.formats.headpoints_words import write_period
from kwartier.services.grants import Grant, Granted, Grants
from kwartier.wire.timestamps import write_timestamp
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE

__all__ = ["app", "described"]

app = typer.Typer(
    no_args_is_help=True,
    help="Mandates of the live environment, written by the operator, who answers for the grid user's consent; "
    "`kwartier requests` asks for it.",
)

_Organisation = Annotated[
    str, typer.Option(help="The enterprise number, with or without dots and BE.", metavar="NUMBER")
]


@app.command()
def add(
    ean: Annotated[str, typer.Argument(metavar="EAN", help="Of a headpoint.")],
    organisation: _Organisation,
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
    own: Annotated[
        bool | None,
        typer.Option(
            "--own/--not-own",
            help="Whether the organisation is the grid user; needed where the catalogue does not know.",
            show_default=False,
        ),
    ] = None,
    energy: Annotated[
        EnergyType | None,
        typer.Option(
            help="What the EAN meters; needed where its headpoint is not known.", show_default=False
        ),
    ] = None,
    reference_number: ReferenceOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Grant a mandate, Approved from now on for three years. Consent and contracts are the operator's to see to."""
    option, value = "--service", service
    try:
        granularity = DATA_SERVICE_TYPE.read(service)
        option, value = "--from", start
        since = moment_of(start)
        option, value = "--to", end or ""
        until = None if end is None else moment_of(end)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {value}: {error}") from None
    number = organisation_number(organisation)
    grant = Grant(number, read_ean(ean), granularity, Period(since, until), own, energy, reference_number)
    _show(_grants(database).add(grant), as_json=as_json)


@app.command("list")
def list_all(
    organisation: Annotated[
        str | None, typer.Option(help="Of this enterprise number.", metavar="NUMBER", show_default=False)
    ] = None,
    ean: Annotated[str | None, typer.Option(help="Of this EAN.", metavar="EAN", show_default=False)] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List live mandates as they stand now."""
    found = _grants(database).list_all(
        None if organisation is None else organisation_number(organisation),
        None if ean is None else read_ean(ean),
    )
    print_listed([described(one) for one in found], "No live mandates.", as_json=as_json)


@app.command("end")
def end_one(
    mandate: Annotated[str, typer.Argument(metavar="MANDATE", help="Its id, as `grants list` shows it.")],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a mandate because its grid user asked for that: it is Finished from now on."""
    _show(_grants(database).end(mandate), as_json=as_json)


def _grants(database: str | None) -> Grants:
    on = opened_with_readings(database)
    return Grants(on.database, on.readings, system_clock)


def _show(granted: Granted, *, as_json: bool) -> None:
    print_one(described(granted), as_json=as_json)


def described(granted: Granted) -> dict[str, Any]:
    """A live mandate, as commands show it."""
    mandate, phase = granted.standing.mandate, granted.standing.phase
    start, end = write_period(phase.data_period)
    return {
        "mandate": granted.standing.mandate_id,
        "organisation": granted.organisation,
        "ean": mandate.ean,
        "energy": mandate.energy_type.value,
        "service": DATA_SERVICE_TYPE.write(mandate.granularity),
        "own": mandate.own,
        "status": phase.status.value,
        "data_from": start,
        "data_to": end,
        "expiration": None if phase.expiration is None else write_timestamp(phase.expiration),
        "renewal_status": None if phase.renewal_status is None else phase.renewal_status.value,
        "reference_number": mandate.reference_number,
    }
