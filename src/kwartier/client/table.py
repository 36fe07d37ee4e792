"""Readings as a table of columns, a row for each value (`wire/frame.py`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import arro3.core
    import pandas as pd
    import polars as pl

__all__ = ["EnergyTable", "EnergyValue"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnergyValue:
    """A row of the table as an object; the names are those of the columns."""

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


class EnergyTable:
    """Readings, a row for each value.

    It has the Arrow C data interface: Polars, pandas, PyArrow and DuckDB take it as it is.

    Attributes:
        ean: whose readings they are.
        energy_type: `E` or `G`; None: the answer did not say.
        fetched_at: the moment that the answer tells; of several answers the last.
        notices: what was odd in the answer and was taken anyway.
    """

    ean: str
    energy_type: str | None
    fetched_at: datetime | None
    notices: tuple[str, ...]

    def __len__(self) -> int:
        raise NotImplementedError

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        raise NotImplementedError

    def __iter__(self) -> Iterator[EnergyValue]:
        raise NotImplementedError

    def to_arrow(self) -> "arro3.core.Table":
        """The table of arro3, the small Arrow library that comes along."""
        raise NotImplementedError

    def to_polars(self) -> "pl.DataFrame":
        """A Polars frame; needs `kwartier[frames]`."""
        raise NotImplementedError

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas frame; needs pandas."""
        raise NotImplementedError
