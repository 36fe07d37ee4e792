"""`kwartier mandates`: what may be read, by all filters of GET mandate (M9, M10)."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from kwartier.cli.errors import MistakeError
from kwartier.cli.given import given_moment, read_ean
from kwartier.cli.known_eans import note_eans
from kwartier.cli.options import JsonOption
from kwartier.cli.profile_options import ProfileOption, chosen_profile, client_of
from kwartier.cli.tables import print_table
from kwartier.domain.days import BRUSSELS
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.mandate import Status
from kwartier.domain.metering import EnergyType
from kwartier.wire.timestamps import write_timestamp
from kwartier.wire.vocabulary import DATA_SERVICE_TYPE, ENERGY_TYPE, RENEWAL_STATUS, STATUS

if TYPE_CHECKING:
    from kwartier import Mandate
    from kwartier.client.asking import MandateFilter, MockFields

__all__ = ["mandates", "mock"]

_HEAD: Final = (
    "EAN",
    "status",
    "energy",
    "service",
    "data from",
    "data to",
    "expires",
    "renewal",
    "reference",
)


def mandates(
    ean: Annotated[str | None, typer.Option(metavar="EAN", help="For this EAN.", show_default=False)] = None,
    status: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS", help=f"In this status: {', '.join(STATUS.names)}.", show_default=False
        ),
    ] = None,
    energy_type: Annotated[
        EnergyType | None, typer.Option("--energy", help="Of this energy.", show_default=False)
    ] = None,
    services: Annotated[
        list[str] | None,
        typer.Option(
            "--service",
            metavar="TYPE",
            help=f"Of this service type: {', '.join(DATA_SERVICE_TYPE.names)}; may be repeated.",
            show_default=False,
        ),
    ] = None,
    renewal: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help=f"In this renewal status: {', '.join(RENEWAL_STATUS.names)}.",
            show_default=False,
        ),
    ] = None,
    expires_before: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="That expire before it.", show_default=False)
    ] = None,
    updated_from: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Last changed from it on.", show_default=False)
    ] = None,
    updated_to: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="Last changed before it.", show_default=False)
    ] = None,
    reference: Annotated[
        str | None, typer.Option(metavar="NUMBER", help="With this reference.", show_default=False)
    ] = None,
    profile: ProfileOption = None,
    as_json: JsonOption = False,
) -> None:
    """List your mandates; filters are combined."""
    asked = {
        "reference_number": reference,
        "status": status,
        "ean": ean,
        "energy_type": None if energy_type is None else ENERGY_TYPE.write(energy_type),
        "data_service_types": [_service(one) for one in services or ()],
        "expires_before": _moment("--expires-before", expires_before),
        "renewal_status": renewal,
        "updated_from": _moment("--updated-from", updated_from),
        "updated_to": _moment("--updated-to", updated_to),
    }
    with client_of(chosen_profile(profile)) as client:
        found = client.mandates(**cast("MandateFilter", _given(asked)))
    note_eans(found)
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found], indent=2))
    elif found:
        print_table(_HEAD, [_row(one) for one in found])
        if any(one.ean is None for one in found):
            typer.echo("Where no EAN stands: it is told once the mandate was Approved.", err=True)
    else:
        typer.echo("No mandates.", err=True)


def mock(
    ean: Annotated[str, typer.Argument(metavar="EAN", help="Of a fictitious meter: docs/sandbox-eans.md.")],
    status: Annotated[
        str, typer.Option(metavar="STATUS", help=f"In which status: {', '.join(STATUS.names)}.")
    ] = STATUS.write(Status.APPROVED),
    data_from: Annotated[
        str | None,
        typer.Option("--from", metavar="MOMENT", help="Its data period begins.", show_default=False),
    ] = None,
    data_to: Annotated[
        str | None, typer.Option("--to", metavar="MOMENT", help="Its data period ends.", show_default=False)
    ] = None,
    expires: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="It expires.", show_default=False)
    ] = None,
    renewal: Annotated[
        str | None,
        typer.Option(
            metavar="STATUS",
            help=f"Its renewal status: {', '.join(RENEWAL_STATUS.names)}.",
            show_default=False,
        ),
    ] = None,
    reference: Annotated[
        str | None,
        typer.Option(metavar="NUMBER", help="Its reference; the same again replaces it.", show_default=False),
    ] = None,
    profile: ProfileOption = None,
) -> None:
    """Make a mandate for a fictitious meter, in the sandbox."""
    number = read_ean(ean)
    fields = {
        "reference_number": reference,
        "data_period_from": _moment("--from", data_from),
        "data_period_to": _moment("--to", data_to),
        "expires_at": _moment("--expires", expires),
        "renewal_status": renewal,
    }
    chosen = chosen_profile(profile)
    if not chosen.is_sandbox:
        raise MistakeError(f"profile {chosen.name} is not of a sandbox: mandates are asked for in the portal")
    with client_of(chosen) as client:
        made = client.mock_mandate(number, status, **cast("MockFields", _given(fields)))
    typer.echo(f"{number}: {made}")


def _service(text: str) -> str:
    """A service type as it is written."""
    try:
        return DATA_SERVICE_TYPE.write(DATA_SERVICE_TYPE.read(text))
    except InvalidValueError as error:
        raise MistakeError(f"--service {text}: {error}") from None


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked, without what was left out."""
    return {name: told for name, told in asked.items() if told is not None}


def _moment(option: str, text: str | None) -> datetime | None:
    return None if text is None else given_moment(option, text)


def _document(one: "Mandate") -> dict[str, Any]:
    return {
        name: write_timestamp(told) if isinstance(told, datetime) else told
        for name, told in asdict(one).items()
    }


def _row(one: "Mandate") -> list[str]:
    return [
        one.ean or "",
        one.status or "",
        one.energy_type or "",
        one.data_service_type or "",
        *map(_day, (one.data_period_from, one.data_period_to, one.expires_at)),
        one.renewal_status or "",
        one.reference_number or "",
    ]


def _day(moment: datetime | None) -> str:
    """The Brussels day that begins at a moment, or the moment where it is no midnight."""
    if moment is None:
        return ""
    local = moment.astimezone(BRUSSELS)
    return (
        f"{local:%Y-%m-%d}" if not (local.hour or local.minute or local.second) else f"{local:%Y-%m-%d %H:%M}"
    )
