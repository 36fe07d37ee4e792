"""Moments on the wire: `YYYY-MM-DDTHH:MM:SSZ`, UTC (SPEC §1)."""

import re
from datetime import UTC, datetime
from typing import Final

from kwartier.domain.errors import InvalidValueError

__all__ = ["FORM", "read_timestamp", "write_exactly", "write_timestamp"]

FORM: Final = "YYYY-MM-DDTHH:MM:SSZ"

_READ: Final = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII | re.IGNORECASE
)


def read_timestamp(text: str) -> datetime:
    """Read a moment; a fraction of a second and a numeric offset are read too.

    Raises:
        InvalidValueError: another form, or no such moment.
    """
    stripped = text.strip()
    if not _READ.fullmatch(stripped):
        raise InvalidValueError(f"a moment is written {FORM}, in UTC")
    try:
        return datetime.fromisoformat(stripped.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(f"there is no such moment; one is written {FORM}, in UTC") from error


def write_timestamp(moment: datetime) -> str:
    """Write a moment in UTC, to the second."""
    # Not strftime, which leaves out the zeros of early years on some systems.
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def write_exactly(moment: datetime) -> str:
    """Write a moment in UTC, with its fraction of a second if it has one: to be read again as it was."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
