"""What `kwartier login` is told, in options, a file or answers (I3)."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from getpass import getpass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import typer

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.client.environments import OPERATOR_LIVE, OPERATOR_SANDBOX, Environment
from kwartier.client.errors import ConfigurationError
from kwartier.client.profiles import Profile, Profiles
from kwartier.client.vault import Secrets, vault_of
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.json_text import read_json
from kwartier.wire.paths import MANDATE
from kwartier.wire.timestamps import read_timestamp

__all__ = ["ask_for_profile", "exported", "read_activation"]

_PRESETS: Final = {"operator-live": OPERATOR_LIVE, "operator-sandbox": OPERATOR_SANDBOX}
_THIS_MACHINE: Final = {"localhost", "127.0.0.1", "::1"}
_EXPORTED: Final = (
    "tenant_id",
    "scope",
    "token_endpoint",
    "client_id",
    "client_secret",
    "subscription_key",
    "base_url",
    "valid_until",
)
_GIVEN_BY: Final = {
    "base_url": "--at",
    "token_endpoint": "--token-endpoint",
    "scope": "--scope",
    "client_id": "--client-id",
    "client_secret": "CLIENT_SECRET",
    "subscription_key": "SUBSCRIPTION_KEY",
}
_WHERE: Final = "Where is the API (operator-live, operator-sandbox, or its address)"
_QUESTIONS: Final = {"token_endpoint": "Token endpoint", "scope": "Scope", "client_id": "Client id"}


def read_activation(source: str) -> dict[str, str]:
    """What the activation gave, from a file or the pipe."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        read = read_json(text)
    except OSError as error:
        raise FailureError(f"{source}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise FailureError(f"{source} is no text in UTF-8") from error
    except InvalidValueError:
        raise MistakeError(f"--from {source}: no JSON of `kwartier credentials issue --json`") from None
    if not isinstance(read, dict) or "client_id" not in read:
        raise MistakeError(f"--from {source}: it tells no client_id")
    return {name: str(text) for name, text in read.items()}


def exported(chosen: Mapping[str, str | None]) -> dict[str, str]:
    """What `kwartier credentials issue --export` left in the environment; nothing, if it is not about the same.

    Args:
        chosen: what options say, by the names of the activation; None: nothing.
    """
    there = {name: text for name in _EXPORTED if (text := os.environ.get(name.upper()))}
    others = [name for name, text in chosen.items() if text is not None and there.get(name, text) != text]
    return {} if others else there


def ask_for_profile(
    name: str | None, told: Mapping[str, str], at: str | None, *, plain_http: bool
) -> tuple[Profile, Secrets]:
    """The profile and its secrets, asking for what was not told.

    Args:
        name: of the profile; None: that of its environment.
        told: what is known, by the names of the activation.
        at: the option that says where the API is.
        plain_http: whether secrets may go to another machine over http.

    Raises:
        MistakeError: something is no address, or none that secrets may go to; or nobody answers.
    """
    known = {key: text for key, text in told.items() if text}
    if at is not None:
        known.pop("base_url", None)
    try:
        _complete(known, at, plain_http=plain_http)
    except EOFError:
        missing = [how for key, how in _GIVEN_BY.items() if key not in known]
        raise MistakeError(
            f"nobody answers, and this is missing: {', '.join(missing)}. Export what `kwartier credentials issue --export` "
            "prints, or give what its --json printed with --from FILE"
        ) from None
    sandbox = Profile(
        name="x", base_url=known["base_url"], token_endpoint="", scope="", client_id=""
    ).is_sandbox
    usual = (EnvironmentName.SANDBOX if sandbox else EnvironmentName.LIVE).value
    made = Profile(
        name=name or usual,
        base_url=known["base_url"],
        tenant_id=known.get("tenant_id", ""),
        valid_until=_until(known.get("valid_until")),
        **{key: known[key] for key in _QUESTIONS},
    )
    return made, Secrets(known["client_secret"], known["subscription_key"])


def _complete(known: dict[str, str], at: str | None, *, plain_http: bool) -> None:
    """Ask for what is not known.

    Raises:
        EOFError: nobody answers; what was answered before is known.
        MistakeError: what is known can't be right.
    """

    def safe(address: str) -> str:
        _check_address(address, plain_http=plain_http)
        return address

    if at is not None:
        known["base_url"] = _base_url(at)
    for key in ("base_url", "token_endpoint"):
        if key in known:
            safe(known[key])
    if "base_url" not in known:
        known["base_url"] = _asked(_WHERE, lambda answer: safe(_base_url(answer)))
    for key, question in _QUESTIONS.items():
        if key not in known:
            known[key] = _asked(question, safe if key == "token_endpoint" else str)
    if "client_secret" not in known:
        known["client_secret"] = _asked("Client secret (not shown)", str, hidden=True)
    if "subscription_key" not in known:
        kept = _kept_key(known["base_url"], known["client_id"])
        known["subscription_key"] = kept or _asked("Subscription key (not shown)", str, hidden=True)


def _kept_key(base_url: str, client_id: str) -> str | None:
    """The subscription key of a profile of the same credentials: it stays when they are renewed (I4)."""
    profiles = Profiles()
    for one in map(profiles.find, profiles.names()):
        if (one.base_url, one.client_id) != (base_url, client_id):
            continue
        with suppress(ConfigurationError):  # what can't be reached is asked for
            secrets = vault_of(one.secrets, profiles.folder).find(one.name)
            if secrets is not None and secrets.subscription_key:
                typer.echo(f"The subscription key is that of profile {one.name}.", err=True)
                return secrets.subscription_key
    return None


def _base_url(at: str) -> str:
    """The base URL that is meant by a preset, the address of a platform, or itself."""
    preset = _PRESETS.get(at)
    if preset is not None:
        return preset.base_url
    parts = urlsplit(at)
    if not parts.hostname:
        raise MistakeError(f"{at}: {', '.join(_PRESETS)}, or an address that begins with https://")
    path = parts.path.rstrip("/").removesuffix(MANDATE)
    if path:
        return f"{parts.scheme}://{parts.netloc}{path}"
    return _asked("Which environment of it (sandbox, live)", lambda answer: _environment(at, answer))


def _environment(at: str, name: str) -> str:
    try:
        return Environment.at(at, name).base_url
    except ValueError:
        raise MistakeError(f"no environment {name}: sandbox or live") from None


def _check_address(address: str, *, plain_http: bool) -> None:
    """See whether secrets may go to an address.

    Raises:
        MistakeError: they may not.
    """
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise MistakeError(f"{address}: an address begins with https://")
    if parts.scheme == "http" and parts.hostname not in _THIS_MACHINE and not plain_http:
        raise MistakeError(
            f"{address}: secrets go over https, or stay on this machine; --plain-http lets them go all the same"
        )


def _asked(question: str, read: Callable[[str], str], *, hidden: bool = False) -> str:
    """An answer, read; one that can't be right is asked for again.

    Raises:
        EOFError: nobody answers.
    """
    while True:
        answer = _line(question, hidden=hidden).strip()
        try:
            if answer:
                return read(answer)
            typer.echo("Nothing was given.", err=True)
        except MistakeError as mistake:
            typer.echo(mistake.format_message(), err=True)


def _line(question: str, *, hidden: bool) -> str:
    if sys.stdin.isatty() and hidden:
        return getpass(f"{question}: ")
    typer.echo(f"{question}: ", nl=False, err=True)
    if sys.stdin.isatty():
        return input()
    # Nothing is hidden from a pipe, and getpass would look for a terminal.
    line = sys.stdin.readline()
    typer.echo(err=True)
    if not line:
        raise EOFError
    return line


def _until(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        pass
    try:
        return read_timestamp(text)
    except InvalidValueError as error:
        raise MistakeError(f"--valid-until {text}: a date is written YYYY-MM-DD") from error
