"""How moments are shown: in UTC, and on the clocks of Brussels."""

from datetime import datetime, timedelta

from kwartier.domain.days import BRUSSELS
from kwartier.domain.period import EPOCH
from kwartier.wire.timestamps import write_timestamp

__all__ = ["local_moment", "local_time", "utc_time"]


def utc_time(seconds: int) -> str:
    """An instant in UTC, as the API writes it.

    Args:
        seconds: since the epoch.
    """
    return write_timestamp(EPOCH + timedelta(seconds=seconds))


def local_time(seconds: int) -> str:
    """An instant on the clocks of Brussels, with their offset: an hour comes twice in autumn."""
    return local_moment(EPOCH + timedelta(seconds=seconds))


def local_moment(moment: datetime) -> str:
    """The same of a moment."""
    local = moment.astimezone(BRUSSELS)
    return f"{local:%a %Y-%m-%d %H:%M} {local.isoformat()[-6:]}"
