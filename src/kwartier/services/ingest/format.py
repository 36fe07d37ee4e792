"""What files and streams of readings are said to be (R4)."""

from enum import Enum

__all__ = ["FileFormat", "StreamFormat"]


class FileFormat(Enum):
    """How a file is to be read."""

    AUTO = "auto"
    PORTAL = "portal"
    LONG = "long"


class StreamFormat(Enum):
    """How a stream in the long form is to be read."""

    NDJSON = "ndjson"
    ARROW = "arrow"
