"""`kwartier credentials`: issue, list, renew, revoke."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from kwartier.cli import certificates
from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.opening import KEEP_IT_SAFE, Opened, opened, print_exports, print_fields, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_rows
from kwartier.clock import system_clock
from kwartier.domain.access import Coverage
from kwartier.domain.credentials import EXPIRES_VERY_SOON, MAX_OVERLAP, Credentials, EnvironmentName, State
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.services import credentials as services
from kwartier.services.credentials import IssuedCredentials
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app", "organisation_number"]

app = typer.Typer(no_args_is_help=True, help="Issue, list, renew and revoke credentials.")
app.add_typer(certificates.app, name="certificate")

_ClientId = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="As `credentials list` shows it.")]


def organisation_number(organisation: str) -> EnterpriseNumber:
    """The enterprise number of an option."""
    try:
        return EnterpriseNumber.parse(organisation)
    except InvalidValueError as error:
        raise MistakeError(f"--organisation {organisation}: {error}") from None


@app.command()
def issue(
    organisation: Annotated[
        str, typer.Option(help="The enterprise number, with or without dots and BE.", metavar="NUMBER")
    ],
    environment: Annotated[
        EnvironmentName, typer.Option(help="For which environment.")
    ] = EnvironmentName.SANDBOX,
    coverage: Annotated[
        Coverage | None,
        typer.Option(
            help="What they cover in live: the organisation's own EANs, or all, which needs an approved contract. The "
            "sandbox always covers all.",
            show_default="all that the contract allows",
        ),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    as_exports: Annotated[bool, typer.Option("--export", help="Print shell variables, for eval.")] = False,
) -> None:
    """Issue credentials, valid for one year. The client secret is shown this once."""
    number = organisation_number(organisation)
    on = opened(database, may_be_new=True)
    issued = services.issue(on.database, on.hasher, environment, number, system_clock(), coverage=coverage)
    _show(issued, on, as_json=as_json, as_exports=as_exports)


@app.command("list")
def list_all(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List credentials, with their state; what ends within 30 days is warned of."""
    now = system_clock()
    listed = services.list_all(opened(database).database)
    rows = [_row(one, now) for one in listed]
    if as_json:
        print_json(rows)
        return
    print_rows(rows, "No credentials yet: `kwartier credentials issue --organisation NUMBER`.")
    console = Console(soft_wrap=True)
    ending = [
        one for one in listed if one.state(now).fault is None and one.valid_until - now <= EXPIRES_VERY_SOON
    ]
    for one in ending:
        console.print(
            f"{one.client_id} of {one.organisation} ends within {EXPIRES_VERY_SOON.days} days: "
            f"`kwartier credentials renew {one.client_id}`.",
            highlight=False,
        )


@app.command()
def renew(
    client_id: _ClientId,
    overlap: Annotated[
        int,
        typer.Option(
            min=0,
            max=MAX_OVERLAP.days,
            metavar="DAYS",
            help="For how long the old secret goes on, with what it covered, never beyond its own end.",
        ),
    ] = 0,
    coverage: Annotated[
        Coverage | None,
        typer.Option(help="What the new secret covers in live.", show_default="all that the contract allows"),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give credentials a new secret and a new year; the old secret and its tokens end at once, or after an overlap."""
    on = opened(database)
    renewed = services.renew(
        on.database,
        on.hasher,
        client_id,
        system_clock(),
        coverage=coverage,
        overlap=timedelta(days=overlap),
    )
    _show(renewed, on, as_json=as_json)


@app.command()
def revoke(client_id: _ClientId, database: DatabaseOption = None) -> None:
    """End credentials and their tokens at once, also those of an overlap."""
    revoked = services.revoke(opened(database).database, client_id, system_clock())
    Console().print(
        f"Credentials {revoked.client_id} of {revoked.organisation} are revoked.", highlight=False
    )


def _show(issued: IssuedCredentials, on: Opened, *, as_json: bool, as_exports: bool = False) -> None:
    shown = services.connection_details(issued, on.settings.tenant_id, on.address)
    if as_json:
        print_json(shown)
        return
    if as_exports:
        print_exports(shown)
        return
    print_fields(shown)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\n{KEEP_IT_SAFE}")
    if issued.subscription_key is None:
        console.print("The subscription key stays as it was.")
    overlap = issued.credentials.overlap
    if overlap is not None:
        console.print(
            f"The old secret goes on until {write_timestamp(overlap.until)}, and covers {overlap.coverage.value} EANs."
        )


def _row(one: Credentials, now: datetime) -> dict[str, str | int | None]:
    state = one.state(now)
    ended = state in {State.EXPIRED, State.REVOKED}
    overlap = None if ended or one.overlap is None or now >= one.overlap.until else one.overlap
    return {
        "client_id": one.client_id,
        "environment": one.environment.value,
        "organisation": one.organisation,
        "coverage": one.coverage.value,
        "valid_until": write_timestamp(one.valid_until),
        "days_left": None if ended else (one.valid_until - now).days,
        "old_secret_until": None if overlap is None else write_timestamp(overlap.until),
        "state": state.value,
    }
