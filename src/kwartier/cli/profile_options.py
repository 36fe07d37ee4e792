"""The profile of a command that speaks HTTP, and the client that it gives."""

import os
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from kwartier.cli.errors import MistakeError
from kwartier.variables import CLIENT_SECRET, PROFILE, SUBSCRIPTION_KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from kwartier import Client, Credentials, KwartierError, Settings
    from kwartier.client.profiles import Profile
    from kwartier.client.vault import Secrets

__all__ = [
    "ProfileOption",
    "chosen_profile",
    "client_of",
    "credentials_of",
    "named_profile",
    "say_again",
    "secrets_of",
]


def _complete_profile(incomplete: str) -> list[str]:
    from kwartier.client.errors import KwartierError  # noqa: PLC0415 - for the commands that need it
    from kwartier.client.profiles import Profiles  # noqa: PLC0415

    try:
        return [name for name in Profiles().names() if name.startswith(incomplete)]
    except KwartierError:
        return []


ProfileOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help=f"Who asks, and where: a profile of `kwartier login`. Else {PROFILE}, else the default.",
        show_default=False,
        autocompletion=_complete_profile,
    ),
]


def named_profile(option: str | None) -> str | None:
    """The name of the profile that is chosen by an option or the variable; None: by neither."""
    return option or os.environ.get(PROFILE) or None


def chosen_profile(option: str | None) -> "Profile":
    """The profile that is chosen.

    Raises:
        MistakeError: there is none.
    """
    from kwartier.client.profiles import ProfileError, Profiles  # noqa: PLC0415 - for the commands that need it

    try:
        return Profiles().find(named_profile(option))
    except ProfileError as error:
        raise MistakeError(str(error)) from error


def secrets_of(profile: "Profile") -> "Secrets":
    """The secrets of a profile; variables come before what is kept.

    Raises:
        MistakeError: nothing is kept.
    """
    from kwartier.client.profiles import Profiles  # noqa: PLC0415 - for the commands that need it
    from kwartier.client.vault import Secrets, vault_of  # noqa: PLC0415

    given = Secrets(os.environ.get(CLIENT_SECRET, ""), os.environ.get(SUBSCRIPTION_KEY, ""))
    if all(given):
        return given
    kept = vault_of(profile.secrets, Profiles().folder).find(profile.name)
    if kept is None:
        raise MistakeError(
            f"no secrets of profile {profile.name}: `kwartier login --profile {profile.name}`, "
            f"or set {CLIENT_SECRET} and {SUBSCRIPTION_KEY}"
        )
    return Secrets(given.client_secret or kept.client_secret, given.subscription_key or kept.subscription_key)


def credentials_of(profile: "Profile", secrets: "Secrets") -> "Credentials":
    """What a client of a profile proves itself with."""
    from kwartier import Credentials  # noqa: PLC0415 - for the commands that need it

    return Credentials(
        client_id=profile.client_id,
        client_secret=secrets.client_secret,
        subscription_key=secrets.subscription_key,
        token_endpoint=profile.token_endpoint,
        scope=profile.scope,
    )


def client_of(profile: "Profile", settings: "Settings | None" = None) -> "Client":
    """A client of a profile, which is to be closed; before it tries again it says so."""
    from kwartier import Client, Environment, Settings  # noqa: PLC0415 - for the commands that need it
    from kwartier.client.parsing import UnknownNameWarning  # noqa: PLC0415

    warnings.simplefilter("ignore", UnknownNameWarning)  # a table's notices tell the same
    environment = Environment(profile.base_url, profile.is_sandbox)
    told = replace(settings or Settings(), noticed=say_again())
    return Client(environment, credentials_of(profile, secrets_of(profile)), told)


def say_again() -> "Callable[[KwartierError, float], None]":
    """Says on standard error that something is tried again, once: who waits is to know for what."""
    said: set[str] = set()

    def say(error: "KwartierError", seconds: float) -> None:
        del seconds
        if not said:
            typer.echo(f"kwartier: {error}; trying again …", err=True)
        said.add(str(error))

    return say
