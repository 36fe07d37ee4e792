"""`kwartier operators`: issue, list, renew, revoke."""

from datetime import datetime
from typing import Annotated

import typer

from kwartier.cli.console import Console
from kwartier.cli.opening import KEEP_IT_SAFE, Opened, opened, print_exports, print_fields, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.cli.tables import print_rows
from kwartier.clock import system_clock
from kwartier.domain.operators import Operator, OperatorScope, write_scopes
from kwartier.services import operators as services
from kwartier.services.operators import IssuedOperator
from kwartier.wire.timestamps import write_timestamp

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Issue, list, renew and revoke operators of the backoffice.")

_SCOPES = f"What they may do, once for each: {', '.join(scope.value for scope in OperatorScope)}."
_ClientId = Annotated[str, typer.Argument(metavar="CLIENT_ID", help="As `operators list` shows it.")]


@app.command()
def issue(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who it is, for people.")],
    scopes: Annotated[list[OperatorScope], typer.Option("--scope", metavar="SCOPE", help=_SCOPES)],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    as_exports: Annotated[bool, typer.Option("--export", help="Print shell variables, for eval.")] = False,
) -> None:
    """Issue an operator, valid for one year. The client secret is shown this once."""
    on = opened(database, may_be_new=True)
    issued = services.issue(on.database, on.hasher, name, scopes, system_clock())
    _show(issued, on, as_json=as_json, as_exports=as_exports)


@app.command("list")
def list_all(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List operators, with their state."""
    now = system_clock()
    rows = [_row(one, now) for one in services.list_all(opened(database).database)]
    if as_json:
        print_json(rows)
    else:
        print_rows(rows, "No operators yet: `kwartier bootstrap` makes the first.")


@app.command()
def renew(client_id: _ClientId, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Give an operator a new secret and a new year; the old secret and its tokens end at once."""
    on = opened(database)
    _show(services.renew(on.database, on.hasher, client_id, system_clock()), on, as_json=as_json)


@app.command()
def revoke(client_id: _ClientId, database: DatabaseOption = None) -> None:
    """End an operator and its tokens at once."""
    revoked = services.revoke(opened(database).database, client_id, system_clock())
    Console(soft_wrap=True).print(
        f"Operator {revoked.client_id} is revoked: {revoked.name}", highlight=False, markup=False
    )


def _show(issued: IssuedOperator, on: Opened, *, as_json: bool, as_exports: bool = False) -> None:
    shown = services.connection_details(issued, on.settings.tenant_id, on.address)
    if as_json:
        print_json(shown)
        return
    if as_exports:
        del shown["name"]
        print_exports(shown | {"platform": on.address})
        return
    print_fields(shown)
    Console(soft_wrap=True).print(f"\n{KEEP_IT_SAFE}")


def _row(one: Operator, now: datetime) -> dict[str, str]:
    return {
        "client_id": one.client_id,
        "name": one.name,
        "scopes": write_scopes(one.scopes),
        "valid_until": write_timestamp(one.valid_until),
        "state": one.state(now).value,
    }
