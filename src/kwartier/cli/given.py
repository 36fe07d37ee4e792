"""What options and arguments give: an EAN, a moment, a level of detail."""

import re
from datetime import date, datetime
from typing import Final

from kwartier.cli.errors import MistakeError
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import Granularity
from kwartier.formats.headpoints_words import read_moment
from kwartier.wire.vocabulary import GRANULARITY

__all__ = ["given_moment", "missing_day", "moment_of", "optional_moment", "read_ean", "read_granularity"]

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY_LENGTH: Final = len("YYYY-MM-DD")


def read_ean(text: str) -> Ean:
    """The EAN of an argument.

    Raises:
        MistakeError: it is none.
    """
    try:
        return Ean.parse(text)
    except InvalidValueError as error:
        raise MistakeError(f"EAN {text}: {error}") from None


def read_granularity(text: str) -> Granularity:
    """The level of detail of an option: in the API's words, which stand in what is shown, or as people say it.

    Raises:
        MistakeError: it is none.
    """
    if text == Granularity.QUARTER_HOURLY.value:
        return Granularity.QUARTER_HOURLY
    try:
        return GRANULARITY.read(text)
    except InvalidValueError as error:
        raise MistakeError(f"--granularity {text}: {error}") from None


def moment_of(text: str) -> datetime:
    """A date, which begins at midnight in Brussels, or a moment in UTC.

    Raises:
        InvalidValueError: it is neither, or its day is in no calendar.
    """
    try:
        return read_moment(text)
    except InvalidValueError as error:
        raise InvalidValueError(missing_day(text) or str(error)) from None


def given_moment(option: str, text: str) -> datetime:
    """The moment of an option: a date, which begins at midnight in Brussels, or a moment in UTC.

    Raises:
        MistakeError: it is neither.
    """
    try:
        return moment_of(text)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {text}: {error}") from None


def optional_moment(option: str, text: str | None) -> datetime | None:
    """The moment of an option, if it is given.

    Raises:
        MistakeError: it is none.
    """
    return None if text is None else given_moment(option, text)


def missing_day(text: str) -> str | None:
    """What is wrong with a date in its form that is in no calendar; None: it is not that."""
    day = text.strip()[:_DAY_LENGTH]
    if not _DAY.fullmatch(day):
        return None
    try:
        date.fromisoformat(day)
    except ValueError:
        return f"there is no day {day}"
    return None
