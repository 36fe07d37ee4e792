"""How headpoints are written down, in files and in commands: words, moments and periods (E8, E9)."""

import re
from datetime import date, datetime
from typing import Final

from kwartier.domain.days import midnight
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.headpoint_rules import ALWAYS
from kwartier.domain.metering import EnergyType, MeterType
from kwartier.domain.names import check_name
from kwartier.domain.period import EPOCH, Period
from kwartier.wire.energy import DIRECTION, INSTALLATION_TYPE
from kwartier.wire.timestamps import FORM, read_timestamp, write_timestamp
from kwartier.wire.vocabulary import Names

__all__ = [
    "DIRECTION",
    "ENERGY",
    "INSTALLATION_TYPE",
    "METER_TYPE",
    "read_moment",
    "read_period",
    "read_who",
    "write_period",
]

ENERGY: Final[Names[EnergyType]] = Names(
    {kind: kind.value for kind in EnergyType},
    also_read={"E": EnergyType.ELECTRICITY, "G": EnergyType.GAS},
)
METER_TYPE: Final[Names[MeterType]] = Names({kind: kind.value for kind in MeterType})

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_moment(text: str) -> datetime:
    """Read a moment in UTC, or a date: the midnight in Brussels at which it begins.

    Raises:
        InvalidValueError: another form, or no such moment.
    """
    stripped = text.strip()
    try:
        if _DATE.fullmatch(stripped):
            return midnight((date.fromisoformat(stripped) - EPOCH.date()).days)
        return read_timestamp(stripped)
    except ValueError as error:
        raise InvalidValueError(
            f"a moment is written {FORM}, in UTC, or YYYY-MM-DD for the midnight in Brussels"
        ) from error


def read_who(text: str) -> str:
    """Read who a grid user is: an enterprise number in its one form, or a name as it was given (I1).

    Raises:
        InvalidValueError: the name cannot be shown.
    """
    try:
        return EnterpriseNumber.parse(text)
    except InvalidValueError:
        return check_name("the name", text.strip())


def read_period(start: str | None, end: str | None) -> Period | None:
    """Read a period of which either border may be missing; None: both are.

    Raises:
        InvalidValueError: a border is no moment.
    """
    if start is None and end is None:
        return None
    return Period(ALWAYS if start is None else read_moment(start), None if end is None else read_moment(end))


def write_period(period: Period | None) -> tuple[str | None, str | None]:
    """The borders of a period; None where there is none."""
    if period is None:
        return None, None
    return (
        None if period.start == ALWAYS else write_timestamp(period.start),
        None if period.end is None else write_timestamp(period.end),
    )
