"""Readings as a table of columns, a row for each value (`wire/frame.py`)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kwartier.client.errors import ConfigurationError
from kwartier.client.values import EnergyValue
from kwartier.domain.period import EPOCH
from kwartier.wire.frame import COLUMNS, ColumnType

if TYPE_CHECKING:
    import arro3.core
    import pandas as pd
    import polars as pl

__all__ = ["EnergyTable", "TextColumn"]

_TEXTS = tuple(column.name for column in COLUMNS if column.type is ColumnType.TEXT)


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """A column of few texts.

    Attributes:
        codes: which text each row has, shape (n,).
        texts: the texts; the first is None, and what rows have that say nothing.
    """

    codes: NDArray[np.int16]
    texts: tuple[str | None, ...]

    def where(self, text: str | None) -> NDArray[np.bool_]:
        """Which rows have a text, shape (n,)."""
        code = self.texts.index(text) if text in self.texts else -1
        found: NDArray[np.bool_] = self.codes == code
        return found


@dataclass(frozen=True, slots=True, eq=False)
class EnergyTable:
    """Readings, a row for each value; the rows of one register of one meter are in order of time.

    It has the Arrow C data interface: Polars, pandas, PyArrow and DuckDB take it as it is.

    Attributes:
        ean: whose readings they are.
        energy_type: `E` or `G`; None: the answer did not say.
        fetched_at: the moment that the answer tells; of several answers the last.
        text_columns: the columns of text, by name.
        starts: when intervals begin, microseconds since the epoch, shape (n,).
        ends: when they end.
        values: what was measured; NaN where nothing is said.
        notices: what was odd in the answer and was taken anyway.
    """

    ean: str
    energy_type: str | None
    fetched_at: datetime | None
    text_columns: Mapping[str, TextColumn]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    values: NDArray[np.float64]
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return int(self.starts.size)

    def __getitem__(self, name: str) -> TextColumn:
        return self.text_columns[name]

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> "EnergyTable":
        """Some of the rows: a mask of shape (n,), or their numbers in the order that is wanted."""
        columns = {
            name: TextColumn(column.codes[which], column.texts) for name, column in self.text_columns.items()
        }
        return EnergyTable(
            self.ean,
            self.energy_type,
            self.fetched_at,
            columns,
            self.starts[which],
            self.ends[which],
            self.values[which],
            self.notices,
        )

    def __iter__(self) -> Iterator[EnergyValue]:
        texts = [
            [column.texts[code] for code in column.codes.tolist()]
            for column in (self.text_columns[name] for name in _TEXTS)
        ]
        moments = [_moments(self.starts), _moments(self.ends)]
        numbers = [None if value != value else value for value in self.values.tolist()]  # noqa: PLR0124 - NaN
        for row, start, end, value in zip(zip(*texts, strict=True), *moments, numbers, strict=True):
            told: dict[str, Any] = dict(zip(_TEXTS, row, strict=True))
            yield EnergyValue(**told, start=start, end=end, value=value)

    def __arrow_c_schema__(self) -> object:
        return self.to_arrow().__arrow_c_schema__()

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        return self.to_arrow().__arrow_c_stream__(requested_schema)

    def to_arrow(self) -> "arro3.core.Table":
        """The table of arro3, the small Arrow library that comes along; it has the columns of `wire/frame.py`."""
        from kwartier.client.arrow import arrow_table  # noqa: PLC0415 - loads a library that not all need

        return arrow_table(self)

    def to_polars(self) -> "pl.DataFrame":
        """A Polars frame.

        Raises:
            ConfigurationError: Polars is missing.
        """
        try:
            import polars as pl  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise ConfigurationError("polars is missing: pip install 'kwartier[frames]'") from error
        return pl.DataFrame(self)

    def to_pandas(self) -> "pd.DataFrame":
        """A pandas frame; texts are categories.

        Raises:
            ConfigurationError: pandas is missing.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - an extra
        except ModuleNotFoundError as error:
            raise ConfigurationError("pandas is missing: pip install pandas") from error
        columns: dict[str, Any] = {
            name: pd.Categorical.from_codes(
                column.codes - 1, categories=pd.Index(column.texts[1:], dtype=object)
            )
            for name, column in self.text_columns.items()
        }
        moments = {"start": self.starts, "end": self.ends}
        columns |= {
            name: pd.DatetimeIndex(column.view("M8[us]")).tz_localize("UTC")
            for name, column in moments.items()
        }
        columns["value"] = self.values
        return pd.DataFrame({column.name: columns[column.name] for column in COLUMNS})


def _moments(microseconds: NDArray[np.int64]) -> list[datetime]:
    naive: list[datetime] = microseconds.view("M8[us]").tolist()
    return [moment.replace(tzinfo=EPOCH.tzinfo) for moment in naive]
