"""Writes the pages of docs/ that follow from the code. `make docs`; a test holds them equal to what this makes."""

import os
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from typer.main import get_command
from typer.testing import CliRunner

from kwartier.cli.main import app
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.sandbox.eans import PREFIXES, MeterKind
from kwartier.sandbox.special import ABOUT, special_rows
from kwartier.settings import CONFIG_VARIABLE, ENV_PREFIX, Settings
from kwartier.wire.errors import CODES

__all__ = ["PAGES"]

DOCS: Final = Path(__file__).parent.parent / "docs"
_WIDTH: Final = 100


def settings_page() -> str:
    """All settings, with default and meaning."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default_factory or field.default is None else str(field.default)
        if hasattr(field.default, "get_secret_value"):
            default = "empty"
        shown = f"`{default}`" if default and default != "empty" else default
        rows.append(f"| `{name}` | `{ENV_PREFIX}{name.upper()}` | {shown} | {field.description} |")
    table = "\n".join(["| setting | variable | default | what |", "| --- | --- | --- | --- |", *rows])
    return f"""# Settings

<!-- made by `make docs` -->

A setting comes from an option of the command where it has one, else from its variable, else from a TOML file, else it
is the default. The file is the one that `{CONFIG_VARIABLE}` names, else `kwartier.toml` in the current folder, else
`kwartier.toml` in the user's configuration folder (on Linux `~/.config/kwartier/`). A setting that is wrong or
unknown is refused with one line and exit code 2.

{table}

A file has the names of the first column:

```toml
database = "sqlite:////var/lib/kwartier/kwartier.db"
public_url = "https://metering.example"
workers = 2
```
"""


def eans_page() -> str:
    """The table of sandbox EANs."""
    rows = [
        f"| `{prefix}000000000` to `{prefix}000000999` | {kind.meter_type.value} | {kind.energy_type.value} "
        f"| {kind.directions.value} | {_detail(kind, granularity)} | {kind.submeter.value} |"
        for prefix, (kind, granularity) in PREFIXES.items()
    ]
    table = "\n".join(
        [
            "| EANs | meter | energy | direction | detail | submeter |",
            "| --- | --- | --- | --- | --- | --- |",
            *rows,
        ]
    )
    return f"""# Sandbox EANs

<!-- made by `make docs` -->

In the sandbox the EAN itself says what is simulated: `5414`, then a digit each for the meter (4 digital, 5 AMR), the
energy (0 electricity, 1 gas), the direction (0 offtake, 1 offtake and injection of a digital meter, 2 injection of an
AMR meter), the detail (0 day, 1 quarter-hour of electricity or hour of gas) and the submeter (0 none, 1 production,
2 other; AMR alone), then `000000`, then one of a thousand meters. EANs that differ in the detail alone are the same
meter. Any other EAN is answered with 400, but those of submeters: they come with their headpoint.

{table}

How the meters behind them behave: [sandbox-models.md](sandbox-models.md), [sandbox-archetypes.md](sandbox-archetypes.md)
and [sandbox-gas.md](sandbox-gas.md); which of them show something special: [sandbox-special.md](sandbox-special.md).
"""


def _detail(kind: MeterKind, granularity: Granularity) -> str:
    if granularity is Granularity.DAILY:
        return "day"
    return "hour" if kind.energy_type is EnergyType.GAS else "quarter-hour"


def special_page() -> str:
    """The special models."""
    head, *rows = special_rows()
    table = "\n".join("| " + " | ".join(row) + " |" for row in (head, ("---",) * len(head), *rows))
    return f"""# Special models

<!-- made by `make docs` -->

{ABOUT}
{table}

`kwartier sandbox models` prints this table. The ordinary meters: [sandbox-models.md](sandbox-models.md).
"""


def errors_page() -> str:
    """The codes of refusals."""
    rows = [
        f"| {int(status)} {status.phrase} | `{code}` | {_REMEDIES[status]} |"
        for status, code in CODES.items()
    ]
    table = "\n".join(["| status | `Code` | what to do |", "| --- | --- | --- |", *rows])
    return f"""# Errors

<!-- made by `make docs` -->

Every refusal of the API has one body: `Type` (`ClientError` or `ServerError`), `Code` for programs, `Message` for
people, and for 400 `ValidationErrorMessages`, which names every wrong parameter with what is allowed. Every answer has
an `X-Correlation-Id`, which the log has too; one that you send is kept, if it is a UUID, a trace id, or short with at most
15 digits.

{table}

The token endpoint answers as RFC 6749 §5.2 says: `error` and `error_description`.
"""


_REMEDIES: Final = {
    HTTPStatus.BAD_REQUEST: "Mend the parameters that are named.",
    HTTPStatus.UNAUTHORIZED: "Send the subscription key and a token that is still valid; get a new token.",
    HTTPStatus.FORBIDDEN: "Ask from the European Economic Area or the United Kingdom. For energy of an EAN that is not your own: "
    "a data access contract is needed, and credentials renewed after it.",
    HTTPStatus.NOT_FOUND: "Check the path; for energy: EAN, period, granularity, and your mandates with GET mandate.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Use a method that `Allow` names.",
    HTTPStatus.CONFLICT: "It can't be done as things stand: do what the message says first.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send a smaller body.",
    HTTPStatus.REQUEST_URI_TOO_LONG: "Send a shorter query.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "Send the media type that is named, in `Content-Type`.",
    HTTPStatus.TOO_MANY_REQUESTS: "Wait for the seconds that `Retry-After` says.",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "Send fewer or smaller headers.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Try again later; tell the operator the correlation id.",
    HTTPStatus.SERVICE_UNAVAILABLE: "Try again after the seconds that `Retry-After` says.",
}


def _commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """A command and all below it, in the order in which the help shows them."""
    yield words
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, (*words, name))


def commands_page() -> str:
    """What each command says with --help."""
    os.environ |= {"COLUMNS": str(_WIDTH), "TERM": "dumb", "NO_COLOR": "1"}
    parts = ["# Commands\n\n<!-- made by `make docs` -->\n"]
    for words in _commands(get_command(app)):
        said = CliRunner().invoke(app, [*words, "--help"], prog_name="kwartier").output
        plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
        trimmed = "\n".join(line.rstrip() for line in plain.strip().splitlines())
        parts.append(f"## kwartier {' '.join(words)}".rstrip() + f"\n\n```text\n{trimmed}\n```\n")
    return "\n".join(parts)


PAGES: Final[dict[str, Callable[[], str]]] = {
    "settings.md": settings_page,
    "sandbox-eans.md": eans_page,
    "sandbox-special.md": special_page,
    "errors.md": errors_page,
    "commands.md": commands_page,
}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (DOCS / name).write_text(make(), encoding="utf-8")
        print(f"docs/{name}")
