"""`kwartier bootstrap`: an empty platform gets its first operator and its first credentials."""

from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.credentials import organisation_number
from kwartier.cli.opening import opened, print_fields, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.clock import system_clock
from kwartier.domain.credentials import EnvironmentName
from kwartier.services import credentials, operators

__all__ = ["bootstrap"]


def bootstrap(
    organisation: Annotated[
        str, typer.Option(help="For which enterprise number the first credentials are.", metavar="NUMBER")
    ],
    operator: Annotated[str, typer.Option(help="Who the first operator is, for people.", metavar="NAME")],
    environment: Annotated[
        EnvironmentName, typer.Option(help="For which environment the first credentials are.")
    ] = EnvironmentName.SANDBOX,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the database, the first operator, who may do everything, and the first credentials. Secrets are shown this once.

    On a platform that has an operator already it changes nothing and fails: it can be run again without harm.
    A secret that got lost is replaced by `operators renew` and `credentials renew`.
    """
    number = organisation_number(organisation)
    on = opened(database, may_be_new=True)
    made = operators.bootstrap(on.database, on.hasher, number, environment, operator, system_clock())
    tenant_id, address = on.settings.tenant_id, on.address
    shown = {
        "operator": operators.connection_details(made.operator, tenant_id, address),
        "credentials": credentials.connection_details(made.credentials, tenant_id, address),
    }
    if as_json:
        print_json(shown)
        return
    console = Console(soft_wrap=True, highlight=False)
    for name, fields in shown.items():
        console.print(f"[bold]The first {name}[/]")
        print_fields(fields)
        console.print()
    console.print("Both client secrets are shown this once: keep them safe, and share them with nobody.")
