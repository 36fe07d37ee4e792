"""Names that people and other systems give: of meters, zones, installations, deliveries."""

from kwartier.domain.errors import InvalidValueError

__all__ = ["UNSHOWABLE", "check_name"]

UNSHOWABLE = "has a character that cannot be shown; allowed: no control characters, no line ends"
"""What is said of a name that nobody could read back, and that not every engine can keep."""


def check_name(what: str, name: str) -> str:
    """A name, if all of it can be shown.

    Args:
        what: it names, in words.
        name: as it was given.

    Raises:
        InvalidValueError: it has a control character, a line end, or what is no character at all.
    """
    if not name.isprintable():
        raise InvalidValueError(f"{what} {name!a} {UNSHOWABLE}")
    return name
