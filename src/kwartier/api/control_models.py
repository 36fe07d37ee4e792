"""The shapes of the control surface: bodies that are read, and answers for the documentation."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from kwartier.wire.faults import FaultDocument
from kwartier.wire.timestamps import read_timestamp

__all__ = [
    "Advance",
    "ClockAnswer",
    "FaultsAnswer",
    "JournalAnswer",
    "ReadyAnswer",
    "SetClock",
]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


def _moment(text: str) -> str:
    read_timestamp(text)
    return text


class SetClock(_Body):
    """What the clock is to show, and whether it goes on from there."""

    now: Annotated[str, AfterValidator(_moment)] = Field(
        description="What the clock is to show.", examples=["2026-03-01T08:00:00Z"]
    )
    running: bool = Field(default=True, description="Whether it goes on; false: it stands still.")


class Advance(_Body):
    """How far to move the clock on; negative: back."""

    days: float = Field(default=0, allow_inf_nan=False, strict=False)
    hours: float = Field(default=0, allow_inf_nan=False, strict=False)
    minutes: float = Field(default=0, allow_inf_nan=False, strict=False)
    seconds: float = Field(default=0, allow_inf_nan=False, strict=False)


class ClockData(_Body):
    """What the clock shows."""

    now: str = Field(description="The moment, in UTC.")
    set: bool = Field(description="Whether the clock was set; otherwise it shows real time.")
    running: bool = Field(description="Whether it goes on.")


class ClockAnswer(_Body):
    """Your clock."""

    data: ClockData


class FaultListed(FaultDocument):
    """A fault that you asked for."""

    number: int = Field(description="By which it is taken back.")
    left: int | None = Field(default=None, description="How many requests it still strikes; left out: all.")
    struck: int = Field(description="How many it struck.")


class FaultsData(_Body):
    """Your faults, in the order in which they were asked for."""

    faults: list[FaultListed]


class FaultsAnswer(_Body):
    """Your faults."""

    data: FaultsData


class JournalData(_Body):
    """Entries of the journal, in order: request, answer, clock, duration, fault."""

    entries: list[dict[str, Any]]


class JournalAnswer(_Body):
    """Your last requests and their answers."""

    data: JournalData


class ReadyAnswer(_Body):
    """Whether the sandbox is ready."""

    status: str
