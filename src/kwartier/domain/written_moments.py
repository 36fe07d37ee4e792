"""Moments that stand in a text of whatever form: of a row that could not be read, all that tells when it was measured (R3)."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from kwartier.domain.days import BRUSSELS

__all__ = ["earliest_moment"]

_MOMENT: Final = re.compile(
    r"(?<!\d)(?:"
    r"(?P<date>(?:19|20)\d\d-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)? ?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
    r"|(?P<day>\d\d)[-/](?P<month>\d\d)[-/](?P<year>(?:19|20)\d\d)"
    r")(?!\d)",
    re.ASCII,
)
"""As the long form and the portal's reports write them, in the years in which something can have been metered."""


def earliest_moment(text: str) -> datetime | None:
    """The earliest moment that stands in a text, in UTC; None: there is none.

    A date alone is its midnight in Brussels, and so is a time of no zone.
    """
    return min(_moments(text), default=None)


def _moments(text: str) -> Iterator[datetime]:
    for found in _MOMENT.finditer(text):
        date = found["date"] or f"{found['year']}-{found['month']}-{found['day']}"
        try:
            moment = datetime.fromisoformat(f"{date}T{found['time'] or '00:00'}{found['zone'] or ''}")
        except ValueError:
            continue  # digits that only look like a date
        yield (moment if moment.tzinfo else moment.replace(tzinfo=BRUSSELS)).astimezone(UTC)
