"""The sandbox that a command is about."""

from datetime import datetime
from typing import Annotated, TypeAlias

import typer

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.cli.opening import opened
from kwartier.domain.errors import InvalidValueError
from kwartier.formats.headpoints_words import read_moment
from kwartier.services.control import Control

__all__ = ["ClientOption", "controlled", "optional_moment"]

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


def optional_moment(option: str, text: str | None) -> datetime | None:
    """The moment of an option, if it is given.

    Raises:
        MistakeError: it is none.
    """
    if text is None:
        return None
    try:
        return read_moment(text)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {text}: {error}") from None
