"""Names that people and other systems give: of meters, zones, installations, deliveries."""

import re
from typing import Final

from kwartier.domain.errors import InvalidValueError

__all__ = ["UNSHOWABLE", "can_be_shown", "check_name", "read_shown"]

UNSHOWABLE: Final = "has a character that cannot be shown; allowed: no control characters, no line ends"
"""What is said of a name that nobody could read back, and that not every engine can keep."""

_NO_PART_OF_A_NAME: Final = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters, ends of lines and paragraphs, and halves of surrogate pairs, which are no text."""


def can_be_shown(name: str) -> bool:
    """Whether a name has no control character, no line end, and nothing that is no character."""
    return _NO_PART_OF_A_NAME.search(name) is None


def read_shown(text: str, longest: int) -> str:
    """An id or a name that people type and read, without blanks around it.

    Args:
        text: as it was given.
        longest: so many characters at most.

    Raises:
        InvalidValueError: it is empty, too long, or not printable.
    """
    plain = text.strip()
    if not plain or not plain.isprintable() or len(plain) > longest:
        raise InvalidValueError(f"1 to {longest} characters that can be shown")
    return plain


def check_name(what: str, name: str) -> str:
    """A name, if all of it can be shown.

    Args:
        what: it names, in words.
        name: as it was given.

    Raises:
        InvalidValueError: it cannot be shown.
    """
    if not can_be_shown(name):
        raise InvalidValueError(f"{what} {name!a} {UNSHOWABLE}")
    return name
