"""Enterprise numbers: how organisations are known (I1)."""

import re
from typing import Self

from kwartier.domain.errors import InvalidValueError

__all__ = ["EnterpriseNumber"]

_WRITTEN = re.compile(r"(?:BE)?\s?([01])(\d{3})\.?(\d{3})\.?(\d{3})", re.IGNORECASE | re.ASCII)


class EnterpriseNumber(str):
    """An enterprise number, kept as `0xxx.xxx.xxx` or `1xxx.xxx.xxx` (I1)."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an enterprise number with or without dots and `BE`.

        Raises:
            InvalidValueError: another form, or its last two digits are not 97 minus the rest modulo 97 (I1).
        """
        match = _WRITTEN.fullmatch(text.strip())
        if match is None:
            raise InvalidValueError(
                "an enterprise number is written 0xxx.xxx.xxx or 1xxx.xxx.xxx, with or without dots and BE",
            )
        lead, *groups = match.groups()
        digits = lead + "".join(groups)
        if 97 - int(digits[:8]) % 97 != int(digits[8:]):
            raise InvalidValueError(
                "the last two digits of the enterprise number do not fit the others (mod 97)"
            )
        return cls(".".join([lead + groups[0], *groups[1:]]))
