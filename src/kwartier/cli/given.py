"""What options and arguments give: an EAN, a moment."""

from datetime import datetime

from kwartier.cli.errors import MistakeError
from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.formats.headpoints_words import read_moment

__all__ = ["given_moment", "read_ean"]


def read_ean(text: str) -> Ean:
    """The EAN of an argument.

    Raises:
        MistakeError: it is none.
    """
    try:
        return Ean.parse(text)
    except InvalidValueError as error:
        raise MistakeError(f"EAN {text}: {error}") from None


def given_moment(option: str, text: str) -> datetime:
    """The moment of an option: a date, which begins at midnight in Brussels, or a moment in UTC.

    Raises:
        MistakeError: it is neither.
    """
    try:
        return read_moment(text)
    except InvalidValueError as error:
        raise MistakeError(f"{option} {text}: {error}") from None
