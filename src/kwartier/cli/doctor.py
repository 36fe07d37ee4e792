"""`kwartier doctor`: why there is no data, and what to do about it (K5)."""

import json
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.padding import Padding
from rich.text import Text

from kwartier.cli.asking import GranularityOption, asked_granularity, complete_ean
from kwartier.cli.console import Console
from kwartier.cli.given import given_moment, read_ean
from kwartier.cli.options import JsonOption
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.clock import system_clock
from kwartier.domain.period import Period
from kwartier.wire.timestamps import write_timestamp

if TYPE_CHECKING:
    from kwartier.client.doctor import Finding, Report
    from kwartier.client.profiles import Profile

__all__ = ["doctor"]

_USUAL_DAYS: Final = 30
# Each apart also without colours.
_SIGNS: Final = {
    "fine": ("✓", "green"),
    "wait": ("…", "cyan"),
    "warning": ("!", "yellow"),
    "wrong": ("✗", "red"),
}
_INDENT: Final = 15


def doctor(
    ean: Annotated[
        str | None,
        typer.Argument(
            metavar="[EAN]",
            help="Of which there is no data; without one, only whether you get in, and what ends soon.",
            show_default=False,
            autocompletion=complete_ean,
        ),
    ] = None,
    start: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="MOMENT", help="Measured from this moment on; the last 30 days, if not told."
        ),
    ] = None,
    end: Annotated[
        str | None,
        typer.Option("--to", metavar="MOMENT", help="Measured before this moment; now, if not told."),
    ] = None,
    granularity: GranularityOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find out why there is no data, and what to do about it. Exit code 1 if something is wrong."""
    from kwartier.client.doctor import Question, Weight, examine  # noqa: PLC0415 - HTTP takes its time to load

    chosen = chosen_profile(profile)
    question = None
    if ean is not None:
        detail = next(iter(asked_granularity(granularity)), None)
        question = Question(str(read_ean(ean)), _period(start, end), detail)
    report = examine(
        partial(client_of, chosen),
        question,
        is_sandbox=chosen.is_sandbox,
        secret_until=chosen.valid_until,
    )
    if as_json:
        typer.echo(json.dumps(_document(report, chosen), indent=2))
    else:
        _print(report, chosen)
    if any(one.weight is Weight.WRONG for one in report.findings):
        raise typer.Exit(1)


def _period(start: str | None, end: str | None) -> Period:
    until = system_clock().replace(microsecond=0) if end is None else given_moment("--to", end)
    since = until - timedelta(days=_USUAL_DAYS) if start is None else given_moment("--from", start)
    return Period(since, until)


def _print(report: "Report", profile: "Profile") -> None:
    console = Console(highlight=False)
    for one in report.findings:
        sign, colour = _SIGNS[one.weight.value]
        line = Text()
        line.append(f"{sign} ", colour)
        line.append(f"{one.topic.value:{_INDENT - 2}}", "bold")
        line.append(one.what)
        console.print(line, soft_wrap=True)
        if one.remedy:
            console.print(Padding(Text(f"→ {one.remedy}"), (0, 0, 0, _INDENT)))
    console.print("\nFor the operator's contact form; there is no secret in it:", style="dim")
    for name, told in _contact(report, profile).items():
        console.print(Text(f"  {name:{_INDENT}}{told}"), soft_wrap=True)


def _contact(report: "Report", profile: "Profile") -> dict[str, str]:
    asked = report.asked
    told = {"client id": profile.client_id, "asked at": write_timestamp(report.asked_at)}
    if asked is None:
        return told | {"request": "nothing was answered"}
    answer = "none" if asked.status is None else f"{asked.status} {asked.code or ''}".strip()
    return told | {
        "request": f"{asked.method} {asked.url}",
        "answer": answer,
        "correlation id": asked.correlation_id or "none was told",
    }


def _document(report: "Report", profile: "Profile") -> dict[str, Any]:
    return {
        "findings": [_finding(one) for one in report.findings],
        "contact": {name.replace(" ", "_"): told for name, told in _contact(report, profile).items()},
    }


def _finding(one: "Finding") -> dict[str, str]:
    return {"topic": one.topic.value, "weight": one.weight.value, "what": one.what, "remedy": one.remedy}
