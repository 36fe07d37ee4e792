"""Whole numbers in a query."""

from collections.abc import Callable

from kwartier.domain.errors import InvalidValueError

__all__ = ["whole_number"]


def whole_number(most: int) -> Callable[[str], int]:
    """Reads a whole number.

    Args:
        most: how large it may be.
    """

    def read(text: str) -> int:
        # Zeros before it count for nothing; Python reads no number of thousands of digits.
        digits = text.lstrip("0") or text[:1]
        if not (text.isascii() and text.isdecimal()) or len(digits) > len(str(most)) or int(digits) > most:
            raise InvalidValueError(f"a whole number, at most {most}")
        return int(digits)

    return read
