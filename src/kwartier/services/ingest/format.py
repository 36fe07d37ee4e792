"""What files of readings are said to be (R4)."""

from enum import Enum

__all__ = ["FileFormat"]


class FileFormat(Enum):
    """How a file is to be read."""

    AUTO = "auto"
    PORTAL = "portal"
    LONG = "long"
