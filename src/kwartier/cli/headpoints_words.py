"""What options say of a headpoint, and how a headpoint is shown."""

from typing import Any, Final

from kwartier.cli.errors import MistakeError
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import PhysicalMeter, SubHeadpoint
from kwartier.domain.period import Period
from kwartier.formats.headpoints_words import (
    DIRECTION,
    INSTALLATION_TYPE,
    read_period,
    read_who,
    write_period,
)

__all__ = ["described", "read_grid_user", "read_hung", "read_meter", "read_submeter"]

_SUBMETER_CELLS: Final = range(2, 5)


def read_meter(option: str, text: str) -> PhysicalMeter:
    """Read SEQ=ID.

    Raises:
        MistakeError: another form.
    """
    seq_number, equals, meter_id = (part.strip() for part in text.partition("="))
    if not (seq_number and equals and meter_id):
        raise MistakeError(f"{option} {text}: a meter is written SEQ=ID")
    return PhysicalMeter(seq_number, meter_id)


def read_hung(text: str) -> HungMeter:
    """Read SEQ=ID[@FROM[/TO]].

    Raises:
        MistakeError: another form.
    """
    meter, _, period = text.partition("@")
    return HungMeter(read_meter("--meter", meter), _period("--meter", text, period))


def read_submeter(text: str) -> SubHeadpoint:
    """Read EAN=DIRECTION,SEQ[,INSTALLATION[,VREG]].

    Raises:
        MistakeError: another form.
    """
    ean, _, rest = text.partition("=")
    cells = [cell.strip() for cell in rest.split(",")]
    if len(cells) not in _SUBMETER_CELLS:
        raise MistakeError(
            f"--submeter {text}: a submeter is written EAN=DIRECTION,SEQ[,INSTALLATION[,VREG]]"
        )
    direction, seq_number, installation, vreg_id = [*cells, "", ""][:4]
    try:
        return SubHeadpoint(
            Ean.parse(ean),
            seq_number,
            DIRECTION.read(direction),
            vreg_id or None,
            INSTALLATION_TYPE.read(installation) if installation else None,
        )
    except InvalidValueError as error:
        raise MistakeError(f"--submeter {text}: {error}") from None


def read_grid_user(text: str) -> GridUse:
    """Read WHO@FROM[/TO]; who may have an @, too.

    Raises:
        MistakeError: another form.
    """
    who, _, said = text.rpartition("@")
    period = _period("--grid-user", text, said) if who and not said.startswith("/") else None
    if period is None:
        raise MistakeError(f"--grid-user {text}: a grid user is written WHO@FROM[/TO]")
    return GridUse(read_who(who), period)


def described(known: KnownHeadpoint) -> dict[str, Any]:
    """A headpoint, for programs."""
    return {
        "ean": known.headpoint.ean,
        "check_digit_fits": known.headpoint.ean.has_valid_check_digit,
        "energy": known.headpoint.energy_type.value,
        "meter_type": known.headpoint.meter_type.value,
        "direction": known.direction and known.direction.value,
        "gas_zone": known.gas_zone,
        "meters": [
            {"seq_number": one.meter.seq_number, "meter_id": one.meter.meter_id} | _borders(one.period)
            for one in known.meters
        ],
        "submeters": [
            {
                "ean": one.ean,
                "direction": one.direction.value,
                "seq_number": one.seq_number,
                "installation": one.installation and one.installation.value,
                "vreg_id": one.vreg_id,
            }
            for one in known.submeters
        ],
        "grid_users": [{"who": one.who} | _borders(one.period) for one in known.grid_users],
    }


def _borders(period: Period | None) -> dict[str, str | None]:
    start, end = write_period(period)
    return {"from": start, "to": end}


def _period(option: str, text: str, period: str) -> Period | None:
    start, _, end = period.partition("/")
    try:
        return read_period(start or None, end or None)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {text}: {error}") from None
