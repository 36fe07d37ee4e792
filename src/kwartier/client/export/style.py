"""How moments and numbers are written."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.days import BRUSSELS
from kwartier.domain.period import EPOCH
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Style", "Zone"]


class Zone(Enum):
    """On which clock moments are written."""

    UTC = "utc"
    LOCAL = "local"


@dataclass(frozen=True, slots=True)
class Style:
    """How moments and numbers are written.

    Attributes:
        zone: UTC as the API writes it, or the clocks of Brussels with their offset: an hour comes twice in autumn.
        dutch: a decimal comma, and semicolons between columns.
    """

    zone: Zone = Zone.UTC
    dutch: bool = False

    @property
    def separator(self) -> str:
        """What stands between columns."""
        return ";" if self.dutch else ","

    def moment(self, moment: datetime) -> str:
        """A moment."""
        return write_timestamp(moment) if self.zone is Zone.UTC else moment.astimezone(BRUSSELS).isoformat()

    def moments(self, microseconds: NDArray[np.int64]) -> list[str]:
        """Moments, of which most come several times.

        Args:
            microseconds: since the epoch, shape (n,).
        """
        found, places = np.unique(microseconds, return_inverse=True)
        written = [self.moment(EPOCH + timedelta(microseconds=one)) for one in found.tolist()]
        return [written[place] for place in places.tolist()]

    def number(self, value: float) -> str:
        """A number with three decimals, or as many as it has; nothing for NaN."""
        if np.isnan(value):
            return ""
        written = f"{value:.3f}"
        written = written if float(written) == value else repr(value)
        return written.replace(".", ",") if self.dutch else written
