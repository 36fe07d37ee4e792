"""`kwartier gaps`: the intervals of an EAN without a value, and why there is none (E11)."""

import json
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

import typer

from kwartier.cli.asking import (
    EanArgument,
    FromOption,
    GranularityOption,
    ToOption,
    asked_granularity,
    asked_period,
    progress_shown,
)
from kwartier.cli.given import read_ean
from kwartier.cli.moments import local_moment
from kwartier.cli.options import JsonOption
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.cli.tables import print_table
from kwartier.wire.timestamps import write_timestamp

if TYPE_CHECKING:
    from kwartier import Gap

__all__ = ["gaps"]


def gaps(
    ean: EanArgument,
    start: FromOption,
    end: ToOption = None,
    granularity: GranularityOption = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the intervals without a value: not yet published, missing, or of a time for which there is no mandate."""
    number, (since, until) = read_ean(ean), asked_period(start, end)
    with client_of(chosen_profile(profile)) as client, progress_shown(str(number)) as progress:
        found = client.gaps(
            number,
            since,
            until,
            granularity=asked_granularity(granularity),
            progress=progress,
        )
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found], indent=2))
    elif found:
        head = ["what", "from (UTC)", "to (UTC)", "from (Brussels)", "intervals", "why"]
        print_table(head, [_row(one) for one in found])
    else:
        typer.echo("No gaps.")


def _row(one: "Gap") -> list[str]:
    submeter = f"submeter {one.sub_headpoint}" if one.sub_headpoint else None
    what = (submeter, one.granularity, one.direction, one.register, one.unit)
    return [
        " ".join(word for word in what if word),
        write_timestamp(one.start),
        write_timestamp(one.end),
        local_moment(one.start),
        str(one.intervals),
        one.why.value,
    ]


def _document(one: "Gap") -> dict[str, Any]:
    return {name: _plain(told) for name, told in asdict(one).items()}


def _plain(told: Any) -> Any:
    match told:
        case datetime():
            return write_timestamp(told)
        case Enum():
            return told.name.lower()
        case _:
            return told
