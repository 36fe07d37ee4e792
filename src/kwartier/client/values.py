"""A row of the table as an object, for those who want one."""

from dataclasses import dataclass
from datetime import datetime

__all__ = ["EnergyValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyValue:
    """A value; its names are those of the table's columns (`wire/frame.py`)."""

    ean: str
    source: str
    meter: str | None
    sub_headpoint: str | None
    installation_type: str | None
    granularity: str
    start: datetime
    end: datetime
    direction: str
    register: str
    value: float | None
    unit: str | None
    validation_state: str | None
    gas_conversion_factor: str | None
