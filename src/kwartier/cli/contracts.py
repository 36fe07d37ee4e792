"""`kwartier contracts`: ask, sign, approve, end, show, list (I6)."""

from datetime import datetime
from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.credentials import organisation_number
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import moment_of
from kwartier.cli.opening import opened, print_listed, print_one
from kwartier.cli.options import DatabaseOption, JsonOption, OrganisationOption, PersonOption
from kwartier.clock import system_clock
from kwartier.domain.contract import GIVES, Choice, Contract
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.people import Acting
from kwartier.services.contracts import Contracts
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help=f"Data access contracts. With one the API gives {GIVES[Choice.SIGN]}; without, {GIVES[Choice.WITHOUT]}.",
)

_Number = Annotated[str, typer.Argument(metavar="CONTRACT", help="The number, as `contracts list` shows it.")]


@app.command()
def ask(
    organisation: OrganisationOption,
    fee: Annotated[float, typer.Option(min=0, metavar="EURO", help="The one-off activation fee.")] = 0,
    by: PersonOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Request a contract for an organisation; it gets a number."""
    acting = Acting(organisation_number(organisation), by)
    _show(_contracts(database).ask(acting, round(fee * 100)), as_json=as_json)


@app.command()
def sign(
    contract: _Number,
    organisation: OrganisationOption,
    by: PersonOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Note that an organisation signed its contract."""
    acting = Acting(organisation_number(organisation), by)
    _show(_contracts(database).sign(acting, contract), as_json=as_json)


@app.command()
def approve(contract: _Number, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Approve a contract that was signed. The organisation is told to renew its credentials: until then nothing changes."""
    _show(_contracts(database).approve(contract), as_json=as_json)
    if not as_json:
        Console(soft_wrap=True).print(
            "It counts for live credentials once they are renewed: `kwartier credentials renew`."
        )


@app.command()
def end(
    contract: _Number,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT", help="When it ends, from now on; now if not told.", show_default=False
        ),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a contract; what credentials cover by it ends at that moment."""
    try:
        ends = None if at is None else moment_of(at)
    except InvalidValueError as error:
        raise MistakeError(f"--at {at}: {error}") from None
    _show(_contracts(database).end(contract, at=ends), as_json=as_json)


@app.command()
def show(contract: _Number, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show a contract, with the moment of each state."""
    _show(_contracts(database).find(contract), as_json=as_json)


@app.command("list")
def list_all(
    organisation: Annotated[
        str | None, typer.Option(help="Of this enterprise number.", metavar="NUMBER", show_default=False)
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List contracts, the first requested first."""
    found = _contracts(database).list_all(None if organisation is None else organisation_number(organisation))
    now = system_clock()
    print_listed([_row(one, now) for one in found], "No contracts.", as_json=as_json)


def _contracts(database: str | None) -> Contracts:
    return Contracts(opened(database).database, system_clock)


def _show(contract: Contract, *, as_json: bool) -> None:
    print_one(_row(contract, system_clock()), as_json=as_json)


def _row(one: Contract, now: datetime) -> dict[str, str | None]:
    def written(moment: datetime | None) -> str | None:
        return None if moment is None else write_timestamp(moment)

    return {
        "contract": one.number,
        "organisation": one.organisation,
        "state": one.state(now).value,
        "fee": f"{one.fee_cents / 100:.2f}",
        "requested_at": written(one.requested_at),
        "signed_at": written(one.signed_at),
        "approved_at": written(one.approved_at),
        "ended_at": written(one.ended_at),
    }
