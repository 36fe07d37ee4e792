"""The table: the documented columns, and what other libraries take of it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl
import pyarrow as pa
import pytest

from kwartier import EnergyTable, read_energy
from kwartier.client.arrow_streams import table_of_stream
from kwartier.client.joining import joined
from kwartier.wire.frame import COLUMNS, ENERGY_TYPE, FETCH_TIME, ColumnType
from support.sdk import energy, quarter_hours, slot
from support.told_energy import rows_of

_START: Final = datetime(2026, 5, 1, tzinfo=UTC)
_TYPES: Final = {
    ColumnType.TEXT: pa.dictionary(pa.int16(), pa.string()),
    ColumnType.MOMENT: pa.timestamp("us", "UTC"),
    ColumnType.NUMBER: pa.float64(),
}
_PAGE: Final = Path(__file__).parents[2] / "docs" / "client.md"


@pytest.fixture
def table() -> EnergyTable:
    """Some quarter-hours, one without a value and one without anything but a value."""
    slots = quarter_hours(_START, 4, (0.1, 0.25))
    bare = slot("2026-05-01T01:00:00Z", None), slot("2026-05-01T01:15:00Z", 2.5, None)
    return read_energy(energy(*slots, *bare).content)


def test_the_columns_are_those_of_the_schema(table: EnergyTable) -> None:
    """The Arrow table has the documented columns, in order, with their types, and nulls only where they may be."""
    schema = pa.table(table).schema
    assert [(one.name, one.type, one.nullable) for one in schema] == [
        (column.name, _TYPES[column.type], column.nullable) for column in COLUMNS
    ]
    assert pa.schema(table) == schema


def test_all_libraries_take_the_same_rows(table: EnergyTable) -> None:
    """K6: PyArrow, Polars, pandas and DuckDB take the table as it is, and objects say the same."""
    told = [(one.start, one.value, one.validation_state, one.unit) for one in table]
    names = ("start", "value", "validation_state", "unit")
    arrow = pa.table(table).select(names).to_pylist()
    assert [tuple(row.values()) for row in arrow] == told
    assert table.to_polars().select(names).rows() == told
    assert table.to_polars().equals(pl.DataFrame(pa.table(table)))
    frame = table.to_pandas()
    assert list(frame.columns) == [column.name for column in COLUMNS]
    assert frame["value"].isna().tolist() == [value is None for _, value, _, _ in told]
    assert frame["validation_state"].isna().tolist() == [state is None for _, _, state, _ in told]
    assert [one.to_pydatetime() for one in frame["start"]] == [start for start, _, _, _ in told]
    assert frame["value"].dropna().tolist() == [value for _, value, _, _ in told if value is not None]


def test_duckdb_asks_it(table: EnergyTable) -> None:
    """A table is asked by SQL as it is."""
    readings = table
    assert readings is not None
    found = duckdb.sql('select unit, count("value"), sum("value") from readings group by unit')
    assert found is not None
    assert found.fetchall() == [("kWh", 5, pytest.approx(3.2))]


def test_some_rows_are_a_table(table: EnergyTable) -> None:
    """A mask chooses rows; the columns stay."""
    chosen = table.chosen(table["validation_state"].where("READ"))
    assert len(chosen) == 5
    assert rows_of(chosen) == [row for row in rows_of(table) if row[-2] == "READ"]
    assert not table["unit"].where("MWh").any()


def test_tables_of_windows_become_one(table: EnergyTable) -> None:
    """K2: rows follow each other, texts keep their meaning, and oddities are told once."""
    other = read_energy(energy(slot("2026-05-02T00:00:00Z", 1.5, "VAL"), energyType="G").content)
    whole = joined([table, other, table.chosen(table["unit"].where("none"))])
    assert rows_of(whole) == sorted(rows_of(table) + rows_of(other), key=repr)
    assert whole.energy_type == "E"


def test_the_newest_of_several_windows_counts(table: EnergyTable) -> None:
    """E4: of an interval that came in twice, the later window counts; the rest stays."""
    later = read_energy(energy(slot("2026-05-01T00:15:00Z", 9.5, "VAL")).content)
    whole = joined([table, later], newest=True)
    assert len(whole) == len(table)
    assert [(one.value, one.validation_state) for one in whole][:3] == [
        (0.1, "READ"),
        (9.5, "VAL"),
        (0.1, "READ"),
    ]


def _stream(table: EnergyTable, metadata: dict[str, str] | None = None, **changes: Any) -> bytes:
    """The table as an Arrow IPC stream, in batches of two rows."""
    arrow = pa.table(table).replace_schema_metadata(metadata)
    for name, column in changes.items():
        arrow = arrow.set_column(arrow.schema.get_field_index(name), name, column)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, arrow.schema) as writer:
        writer.write_table(arrow, max_chunksize=2)
    content: bytes = sink.getvalue().to_pybytes()
    return content


def test_an_arrow_stream_is_the_same_table(table: EnergyTable) -> None:
    """What comes as Arrow is what comes as JSON, with what the metadata tell."""
    told = {ENERGY_TYPE: "E", FETCH_TIME: "2026-11-28T12:00:00Z"}
    read = table_of_stream(_stream(table, told), table.ean)
    assert list(read) == list(table)
    assert (read.energy_type, read.fetched_at) == (table.energy_type, table.fetched_at)


def test_an_arrow_stream_may_have_plain_texts(table: EnergyTable) -> None:
    """Texts need not be dictionary-encoded."""
    plain = {name: pa.table(table)[name].cast(pa.string()) for name in ("unit", "meter", "validation_state")}
    assert list(table_of_stream(_stream(table, None, **plain), table.ean)) == list(table)


def test_an_empty_arrow_stream_is_an_empty_table(table: EnergyTable) -> None:
    """E6: granted, and nothing there."""
    read = table_of_stream(_stream(table.chosen(table["unit"].where("none"))), table.ean)
    assert (len(read), read.ean, list(read)) == (0, table.ean, [])


@pytest.mark.parametrize("part", [0.0, 0.3, 0.6, 0.95])
def test_an_arrow_stream_that_is_cut_is_refused(table: EnergyTable, part: float) -> None:
    """K2: no part of an answer is taken for the whole."""
    content = _stream(table)
    with pytest.raises(ValueError, match="Arrow"):
        table_of_stream(content[: int(len(content) * part)], table.ean)


def test_the_page_shows_the_schema() -> None:
    """docs/client.md has a row for each column, with its type and meaning."""
    page = _PAGE.read_text(encoding="utf-8")
    for column in COLUMNS:
        nullable = "yes" if column.nullable else ""
        assert f"| `{column.name}` | {column.type.value} | {nullable} | {column.meaning} |" in page
