"""`kwartier login`, `logout` and `profiles`: who asks, and where, once and for all (I3)."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kwartier.cli.console import Console
from kwartier.cli.errors import MistakeError
from kwartier.cli.known_eans import forget_eans, note_eans
from kwartier.cli.login_asked import ask_for_profile, exported, read_activation
from kwartier.cli.options import JsonOption
from kwartier.cli.profile_options import (
    ProfileOption,
    chosen_profile,
    credentials_of,
    named_profile,
    say_again,
)
from kwartier.cli.tables import print_table
from kwartier.client.errors import ConfigurationError
from kwartier.client.profiles import Profile, Profiles
from kwartier.client.vault import FileVault, KeyringVault, Secrets, Vault, keyring_vault, vault_of
from kwartier.clock import system_clock
from kwartier.wire.timestamps import write_timestamp

if TYPE_CHECKING:
    from kwartier import Mandate

__all__ = ["login", "logout", "profiles"]


def login(
    profile: ProfileOption = None,
    activation: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="What `kwartier credentials issue --json` printed; `-` reads it from the pipe.",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="WHERE",
            help="operator-live, operator-sandbox, the base URL of an API, or the address of a Kwartier platform.",
            show_default=False,
        ),
    ] = None,
    token_endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="As the activation gave it.", show_default=False)
    ] = None,
    scope: Annotated[
        str | None, typer.Option(metavar="SCOPE", help="As the activation gave it.", show_default=False)
    ] = None,
    client_id: Annotated[
        str | None, typer.Option(metavar="ID", help="As the activation gave it.", show_default=False)
    ] = None,
    valid_until: Annotated[
        str | None,
        typer.Option(
            metavar="DATE", help="When the secret ends; so you are warned in time.", show_default=False
        ),
    ] = None,
    keep_in: Annotated[
        str | None,
        typer.Option(metavar="keyring|file", help="Where the secrets go; the keyring, where there is one."),
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="Make it the profile that is used.")] = False,
    plain_http: Annotated[
        bool,
        typer.Option(
            "--plain-http", help="Let secrets go to another machine over http, for all on the way to read."
        ),
    ] = False,
    check: Annotated[bool, typer.Option(help="Try the credentials before they are kept.")] = True,
) -> None:
    """Keep credentials as a profile, and try them: a token, and your mandates.

    What is not given is taken from the variables that `kwartier credentials issue --export` prints, or asked.
    """
    options = {"token_endpoint": token_endpoint, "scope": scope, "client_id": client_id}
    if activation is not None:
        told = read_activation(activation)
    elif told := exported(options | {"base_url": at}):
        typer.echo(f"Taken from the environment: {', '.join(map(str.upper, told))}.", err=True)
    told |= {name: text for name, text in options.items() if text is not None}
    if valid_until is not None:
        told["valid_until"] = valid_until
    if keep_in not in {None, FileVault.name, KeyringVault.name}:
        raise MistakeError(f"--keep-in {keep_in}: keyring or file")
    made, secrets = ask_for_profile(named_profile(profile), told, at, plain_http=plain_http)
    if named_profile(profile) is None:
        _check_unused(made)
    found = _mandates(made, secrets) if check else None
    _say(made, _keep(made, secrets, keep_in, default=default), found)


def logout(profile: ProfileOption = None) -> None:
    """Forget a profile, and the secrets that were kept for it."""
    found = chosen_profile(profile)
    kept = Profiles()
    vault_of(found.secrets, kept.folder).forget(found.name)
    kept.remove(found.name)
    forget_eans()
    Console(soft_wrap=True).print(
        f"Profile {found.name} is forgotten, and its secrets with it. They are still valid: "
        "who should lose them renews or revokes them.",
        highlight=False,
    )


def profiles(as_json: JsonOption = False) -> None:
    """List the profiles, without their secrets."""
    kept = Profiles()
    rows: list[dict[str, Any]] = [
        {
            "profile": one.name,
            "default": one.name == kept.default(),
            "base_url": one.base_url,
            "client_id": one.client_id,
            "valid_until": None if one.valid_until is None else write_timestamp(one.valid_until),
            "secrets": one.secrets,
        }
        for one in map(kept.find, kept.names())
    ]
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
    elif rows:
        print_table(
            ["profile", "", "where", "client id", "valid until", "secrets in"],
            [["default" if cell is True else str(cell or "") for cell in row.values()] for row in rows],
        )
    else:
        Console().print("No profile yet: `kwartier login` makes one.")


def _check_unused(profile: Profile) -> None:
    """See whether a name that nobody chose is still free, or is that of the same credentials.

    Raises:
        MistakeError: it is another's.
    """
    kept = Profiles()
    if profile.name not in kept.names():
        return
    other = kept.find(profile.name)
    if (other.base_url, other.client_id) != (profile.base_url, profile.client_id):
        raise MistakeError(
            f"there is a profile {other.name} already, of {other.client_id} at {other.base_url}: "
            f"say --profile NAME for another beside it, or --profile {other.name} to replace it"
        )


def _mandates(profile: Profile, secrets: Secrets) -> "tuple[Mandate, ...]":
    from kwartier import Client, Settings  # noqa: PLC0415 - HTTP takes its time to load

    settings = Settings(noticed=say_again())
    with Client(profile.base_url, credentials_of(profile, secrets), settings) as client:
        return client.mandates()


def _keep(profile: Profile, secrets: Secrets, keep_in: str | None, *, default: bool) -> Vault:
    """Keep a profile and its secrets, in the keyring if that takes them; where they are then."""
    kept = Profiles()
    if profile.name in kept.names():
        before = kept.find(profile.name)
        with suppress(ConfigurationError):  # what can't be reached can't be taken away either
            vault_of(before.secrets, kept.folder).forget(before.name)
    vaults: list[Vault] = [FileVault(kept.folder)]
    if keep_in is None:
        found = keyring_vault()
        vaults = vaults if found is None else [found, *vaults]
    else:
        vaults = [vault_of(keep_in, kept.folder)]
    for vault in vaults:
        try:
            vault.keep(profile.name, secrets)
        except ConfigurationError as error:
            if vault is vaults[-1]:
                raise
            typer.echo(f"{error}: a file takes its place.", err=True)
        else:
            kept.put(replace(profile, secrets=vault.name), default=default)
            return vault
    raise AssertionError("there is always one vault")


def _say(profile: Profile, vault: Vault, found: "tuple[Mandate, ...] | None") -> None:
    note_eans(found or ())
    console = Console(soft_wrap=True, highlight=False, markup=False)
    console.print(f"Profile {profile.name} for {profile.base_url}")
    if found is not None:
        approved = sum(one.is_approved for one in found)
        console.print(f"The credentials work. Mandates: {len(found)}, approved: {approved}.")
    if profile.valid_until is None:
        console.print(
            "Until when the secret is valid was not told: `--valid-until DATE` has you warned in time."
        )
    else:
        left = (profile.valid_until - system_clock()).days
        console.print(
            f"The secret is valid until {write_timestamp(profile.valid_until)}, {left} days from now."
        )
    console.print(f"The secrets are in {vault.place}.")
