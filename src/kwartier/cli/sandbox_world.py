"""`kwartier sandbox headpoints`, `scenarios` and `contract`: what a client's sandbox plays around mandates (M5, I6)."""

from typing import Annotated, Final

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.given import optional_moment, read_ean
from kwartier.cli.opening import print_listed, print_one
from kwartier.cli.options import ComingOption, DatabaseOption, JsonOption
from kwartier.cli.sandbox_mandates import print_mandates
from kwartier.cli.sandbox_opening import ClientOption, controlled
from kwartier.clock import system_clock
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.played import PlayedContract
from kwartier.services.played_listing import listed_headpoint, listed_scenario
from kwartier.wire.vocabulary import SCENARIO_KIND

__all__ = ["contract", "headpoints", "scenarios"]

headpoints = typer.Typer(no_args_is_help=True, help="Whose EANs are: the client's own, or another's.")
scenarios = typer.Typer(no_args_is_help=True, help="What the market does: moves, and other scenarios.")

_Ean = Annotated[str, typer.Argument(metavar="EAN", help="One of the sandbox.")]
_KINDS: Final = ", ".join(SCENARIO_KIND.names)


@headpoints.command("list")
def list_headpoints(
    client: ClientOption, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the EANs of which it was said whose they are; all others are the client's own."""
    found = controlled(client, database).world.headpoints(client, system_clock())
    nothing = "All EANs are the client's own."
    print_listed([listed_headpoint(one) for one in found], nothing, as_json=as_json)


@headpoints.command()
def give(
    ean: _Ean,
    client: ClientOption,
    grid_user: Annotated[
        str | None,
        typer.Option(
            metavar="WHO",
            help="Who the grid user is: an enterprise number or a name.",
            show_default="the client's own organisation",
        ),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let an EAN be another's, or the client's own again, for what is asked from now on."""
    control = controlled(client, database)
    given = control.world.give(client, read_ean(ean), grid_user, system_clock())
    print_one(listed_headpoint(given), as_json=as_json)


@scenarios.command("list")
def list_scenarios(
    client: ClientOption, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """List the market scenarios that were registered, the first first."""
    found = controlled(client, database).world.scenarios(client, system_clock())
    print_listed([listed_scenario(one) for one in found], "No market scenarios.", as_json=as_json)


@scenarios.command()
def register(
    ean: _Ean,
    kind: Annotated[str, typer.Option(metavar="KIND", help=f"What happens: {_KINDS}.")],
    client: ClientOption,
    effective: Annotated[
        str | None,
        typer.Option(
            metavar="MOMENT",
            help="When it happens or happened: a date, at midnight in Brussels, or YYYY-MM-DDTHH:MM:SSZ.",
            show_default="now, by the client's clock",
        ),
    ] = None,
    grid_user: ComingOption = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let something happen in the market; shows the client's mandates for the EAN as they stand then."""
    try:
        read_kind = SCENARIO_KIND.read(kind)
    except InvalidValueError as error:
        raise MistakeError(f"--kind {kind}: {error}") from None
    found = controlled(client, database).world.register(
        client,
        read_ean(ean),
        read_kind,
        system_clock(),
        effective=optional_moment("--effective", effective),
        grid_user=grid_user,
    )
    print_mandates(found, as_json=as_json)


def contract(
    client: ClientOption,
    state: Annotated[
        PlayedContract | None,
        typer.Argument(help="How far it is to be; shown as it is if not told.", show_default=False),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Show or play how far a client's data access contract is: any but not-needed keeps EANs of others closed with 403."""
    control = controlled(client, database)
    if state is not None:
        control.world.set_contract(client, state)
    Console().print(control.world.contract(client).value, highlight=False)
