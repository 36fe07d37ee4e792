"""What `kwartier login` is told, in options, a file or answers (I3)."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import typer

from kwartier.cli.errors import FailureError, MistakeError
from kwartier.client.environments import OPERATOR_LIVE, OPERATOR_SANDBOX, Environment
from kwartier.client.profiles import Profile
from kwartier.client.vault import Secrets
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.json_text import read_json
from kwartier.wire.paths import MANDATE
from kwartier.wire.timestamps import read_timestamp

__all__ = ["ask_for_profile", "read_activation"]

_PRESETS: Final = {"operator-live": OPERATOR_LIVE, "operator-sandbox": OPERATOR_SANDBOX}
_THIS_MACHINE: Final = {"localhost", "127.0.0.1", "::1"}
_QUESTIONS: Final = {"token_endpoint": "Token endpoint", "scope": "Scope", "client_id": "Client id"}


def read_activation(source: str) -> dict[str, str]:
    """What the activation gave, from a file or the pipe."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        read = read_json(text)
    except (OSError, UnicodeDecodeError) as error:
        raise FailureError(f"{source}: {error}") from error
    except InvalidValueError:
        raise MistakeError(f"--from {source}: no JSON of `kwartier credentials issue --json`") from None
    if not isinstance(read, dict) or "client_id" not in read:
        raise MistakeError(f"--from {source}: it tells no client_id")
    return {name: str(text) for name, text in read.items()}


def ask_for_profile(
    name: str | None, told: dict[str, str], at: str | None, *, plain_http: bool
) -> tuple[Profile, Secrets]:
    """The profile and its secrets, asking for what was not told.

    Args:
        name: of the profile; None: that of its environment.
        told: what is known, by the names of the activation.
        at: the option that says where the API is.
        plain_http: whether secrets may go to another machine over http.

    Raises:
        MistakeError: something is no address, or none that secrets may go to.
    """
    if at is None and "base_url" not in told:
        at = _ask("Where is the API (operator-live, operator-sandbox, or its address)")
    base_url = told["base_url"] if at is None else _base_url(at)
    _check_address(base_url, plain_http=plain_http)
    texts = {key: told.get(key) or _ask(question) for key, question in _QUESTIONS.items()}
    _check_address(texts["token_endpoint"], plain_http=plain_http)
    secrets = Secrets(
        told.get("client_secret") or _ask("Client secret (not shown)", hidden=True),
        told.get("subscription_key") or _ask("Subscription key (not shown)", hidden=True),
    )
    sandbox = Profile(name="x", base_url=base_url, token_endpoint="", scope="", client_id="").is_sandbox
    usual = (EnvironmentName.SANDBOX if sandbox else EnvironmentName.LIVE).value
    made = Profile(
        name=name or usual,
        base_url=base_url,
        tenant_id=told.get("tenant_id", ""),
        valid_until=_until(told.get("valid_until")),
        **texts,
    )
    return made, secrets


def _base_url(at: str) -> str:
    """The base URL that is meant by a preset, the address of a platform, or itself."""
    preset = _PRESETS.get(at)
    if preset is not None:
        return preset.base_url
    parts = urlsplit(at)
    if not parts.hostname:
        raise MistakeError(f"--at {at}: {', '.join(_PRESETS)}, or an address that begins with https://")
    path = parts.path.rstrip("/").removesuffix(MANDATE)
    if path:
        return f"{parts.scheme}://{parts.netloc}{path}"
    environment = _ask("Which environment of it (sandbox, live)")
    try:
        return Environment.at(at, environment).base_url
    except ValueError:
        raise MistakeError(f"no environment {environment}: sandbox or live") from None


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


def _ask(question: str, *, hidden: bool = False) -> str:
    if not sys.stdin.isatty() and hidden:
        # Nothing is hidden from a pipe, and getpass would look for a terminal.
        typer.echo(f"{question}: ", nl=False, err=True)
        answer = sys.stdin.readline().strip()
        typer.echo(err=True)
    else:
        answer = str(typer.prompt(question, hide_input=hidden, err=True)).strip()
    if not answer:
        raise MistakeError(f"{question}: nothing was given")
    return answer


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
