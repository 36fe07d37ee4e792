"""The sandbox that a command is about."""

from typing import Annotated, TypeAlias

import typer

from kwartier.cli.errors import FailureError
from kwartier.cli.opening import opened
from kwartier.services.control import Control

__all__ = ["ClientOption", "controlled"]

ClientOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--client",
        metavar="CLIENT_ID",
        # As `credentials issue` exports it.
        envvar="CLIENT_ID",
        help="Whose sandbox: as `credentials list` shows it.",
    ),
]


def controlled(client: str, database: str | None) -> Control:
    """The control of sandboxes in a database.

    Raises:
        FailureError: no client of that id has one there.
    """
    on = opened(database)
    control = Control(on.database)
    if not control.knows(client):
        raise FailureError(f"there are no sandbox credentials with client id {client} in {on.database.name}")
    return control
