"""Readings as a table, a row for each value: the schema that the client's results and Arrow answers share.

The order of columns is part of it; the order of rows is not, but that the rows of one register of one meter are in order
of time. Texts may be dictionary-encoded, whatever the type of the index.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

__all__ = ["COLUMNS", "ENERGY_TYPE", "FETCH_TIME", "MEDIA_TYPE", "Column", "ColumnType", "Source"]

MEDIA_TYPE: Final = "application/vnd.apache.arrow.stream"
"""The table as an Arrow IPC stream: an extension of this system, asked for with `Accept`."""

FETCH_TIME: Final = "fetchTime"
"""The key of the stream's metadata that tells the moment of the answer, as `_meta` does in JSON."""

ENERGY_TYPE: Final = "energyType"
"""The key of the stream's metadata that tells the energy type of the headpoint."""


class ColumnType(Enum):
    """What a column holds."""

    TEXT = "utf8"
    MOMENT = "timestamp[us, UTC]"
    NUMBER = "float64"


class Source(Enum):
    """On what a value was measured: the headpoint itself (AMR), a digital meter, or a submeter (E8, E9)."""

    HEADPOINT = "headpoint"
    METER = "meter"
    SUB_HEADPOINT = "sub-headpoint"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table.

    Attributes:
        name: its name.
        type: what it holds.
        nullable: whether it may say nothing.
        meaning: what it says.
    """

    name: str
    type: ColumnType
    nullable: bool
    meaning: str


COLUMNS: Final = (
    Column(
        "ean",
        ColumnType.TEXT,
        nullable=False,
        meaning="the headpoint, 18 digits, also of a submeter's values",
    ),
    Column(
        "source",
        ColumnType.TEXT,
        nullable=False,
        meaning="on what it was measured: `headpoint`, `meter` or `sub-headpoint`",
    ),
    Column(
        "meter", ColumnType.TEXT, nullable=True, meaning="the digital meter's `meterID`, else its `seqNumber`"
    ),
    Column("sub_headpoint", ColumnType.TEXT, nullable=True, meaning="the EAN of the submeter"),
    Column(
        "installation_type",
        ColumnType.TEXT,
        nullable=True,
        meaning="the kind of local production that a submeter measures, as `PV` or `WKKA`",
    ),
    Column(
        "granularity",
        ColumnType.TEXT,
        nullable=False,
        meaning="`daily` or `hourly_quarterhourly`, as in a question",
    ),
    Column("start", ColumnType.MOMENT, nullable=False, meaning="when the interval begins"),
    Column("end", ColumnType.MOMENT, nullable=False, meaning="when it ends; exclusive"),
    Column(
        "direction",
        ColumnType.TEXT,
        nullable=False,
        meaning="`offtake`, `injection`, `production` or `auxiliary`",
    ),
    Column(
        "register",
        ColumnType.TEXT,
        nullable=False,
        meaning="`total`, `day`, `night`, `inductive` or `capacitive`",
    ),
    Column("value", ColumnType.NUMBER, nullable=True, meaning="what was measured, in `unit`; three decimals"),
    Column("unit", ColumnType.TEXT, nullable=True, meaning="`kWh`, `kVArh` or `m3`"),
    Column(
        "validation_state",
        ColumnType.TEXT,
        nullable=True,
        meaning="how sure it is: `READ`, `EST`, `VAL`, `NVAL`",
    ),
    Column(
        "gas_conversion_factor",
        ColumnType.TEXT,
        nullable=True,
        meaning="with which factor a gas meter's kWh was computed: `P`, `D` or `C`",
    ),
)
"""The columns, in order."""
