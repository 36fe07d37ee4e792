"""What can be wrong with a whole file or stream of readings; what is wrong with one row stands in `REJECTED` (R3).

InvalidValueError
└── FormatError             a file or stream that cannot be read any further; nothing of it may count
    ├── WrongColumnsError   its columns are not those of the format
    ├── BrokenError         it is cut off or damaged
    └── TooLargeError       a part of it is larger than memory is set aside for
"""

from kwartier.domain.errors import InvalidValueError

__all__ = ["BrokenError", "FormatError", "TooLargeError", "WrongColumnsError"]


class FormatError(InvalidValueError):
    """A file or stream that cannot be read. What was read of it before must not count (R3)."""


class WrongColumnsError(FormatError):
    """The columns, or their types, are not those of the format. Its text names what was found and what is allowed."""


class BrokenError(FormatError):
    """It is cut off, damaged, or no such file at all."""


class TooLargeError(FormatError):
    """A part that must be held in memory at once is larger than allowed. Its text says how large it may be."""
