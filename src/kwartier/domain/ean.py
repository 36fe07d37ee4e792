"""EAN codes: the eighteen digits that name a headpoint or a sub-headpoint."""

import re
from typing import Self

from kwartier.domain.errors import InvalidValueError

__all__ = ["Ean"]

_EIGHTEEN_DIGITS = re.compile(r"[0-9]{18}")


class Ean(str):
    """An EAN code (GSRN) of exactly 18 digits.

    The check digit is told, never a reason to refuse: the guide's own examples fail it (M9).
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an EAN as a user wrote it.

        Raises:
            InvalidValueError: it is not exactly 18 digits (M9, E1).
        """
        stripped = text.strip()
        if not _EIGHTEEN_DIGITS.fullmatch(stripped):
            raise InvalidValueError("an EAN has exactly 18 digits")
        return cls(stripped)

    @property
    def has_valid_check_digit(self) -> bool:
        """Whether the last digit is the GS1 check digit of the others (weights 3 and 1 from the right)."""
        *body, check = (int(digit) for digit in self)
        weighted = sum(digit * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
        return (10 - weighted % 10) % 10 == check
