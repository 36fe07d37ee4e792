"""What states of a sandbox have in common, whatever their version."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from kwartier.domain.control import ClockSetting
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.mandate_facts import Moment
from kwartier.wire.timestamps import read_timestamp, write_exactly

__all__ = ["MAX_MANDATES", "MAX_TEXT", "ClockState", "Document", "check_text", "clock_of", "written_clock"]

MAX_MANDATES: Final = 50_000
MAX_TEXT: Final = 255


class Document(BaseModel):
    """A part of a state."""

    model_config = ConfigDict(extra="forbid", strict=True)


class ClockState(Document):
    """A clock that was set."""

    now: Moment = Field(description="What it showed; it goes on from there when it is imported.")
    running: bool = Field(description="Whether it goes on.")


def clock_of(state: ClockState | None, now: datetime) -> ClockSetting | None:
    """The clock that goes on from what it showed when it was exported.

    Raises:
        InvalidValueError: it shows a moment out of range.
    """
    if state is None:
        return None
    return ClockSetting(read_timestamp(state.now), now if state.running else None)


def written_clock(clock: ClockSetting | None, now: datetime) -> dict[str, Any] | None:
    """A clock as it stands at a moment of real time."""
    if clock is None:
        return None
    return {"now": write_exactly(clock.at(now)), "running": clock.since is not None}


def check_text(ean: str, what: str, text: str | None) -> None:
    """Check that what was named can be shown.

    Raises:
        InvalidValueError: it can't.
    """
    if text is not None and not text.isprintable():
        raise InvalidValueError(f"{ean}: a {what} has printable characters")
