"""The long form as Parquet and Arrow, whole and cut off, at once and in pieces."""

import io
import json
import struct
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.formats.errors import BrokenError, FormatError, TooLargeError, WrongColumnsError
from kwartier.formats.long import ArrowDecoder, read_arrow_stream, read_chunks, read_long, read_parquet
from kwartier.formats.rows import ROWS, Batch
from support.examples import examples
from support.long_form import EAN, frames, read, row, row_table_of, run_table_of, written

_RUN = {"values": [0.243, 1.0], "states": ["READ", "EST"]}


def _stream(table: Any, **options: Any) -> bytes:
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(**options)) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _parquet(table: Any, **options: Any) -> io.BytesIO:
    sink = io.BytesIO()
    pq.write_table(table, sink, **options)
    sink.seek(0)
    return sink


def _pieces(content: bytes, size: int) -> Iterator[bytes]:
    return (content[first : first + size] for first in range(0, len(content), size))


def _decoded(content: bytes, size: int = 1000) -> Batch:
    return read(read_chunks(_pieces(content, size), ArrowDecoder()))


@given(
    made=frames(),
    size=st.integers(1, 5000),
    form=st.sampled_from(["arrow stream of rows", "arrow stream of runs"]),
)
@settings(max_examples=examples(40), deadline=None)
def test_pieces_of_any_size_make_the_same_stream(made: list[pl.DataFrame], size: int, form: str) -> None:
    """R4: a stream that comes in pieces of any size is read as it would be at once."""
    content = written(made, form).getvalue()
    assert _decoded(content, size).rows.equals(read(read_arrow_stream(io.BytesIO(content))).rows)
    assert _decoded(content, size).rows.height == sum(frame.height for frame in made)


def test_batches_come_before_the_stream_ends() -> None:
    """R4: what is whole of a stream is read before the rest has come."""
    content = _stream(pa.concat_tables([row_table_of(row())] * 3))
    decoder = ArrowDecoder()
    (before, after) = (content[: len(content) * 2 // 3], content[len(content) * 2 // 3 :])
    early = read(decoder.feed(before)).rows.height
    assert 0 < early < 3
    assert early + read(decoder.feed(after)).rows.height == 3


@pytest.mark.parametrize(
    "form", ["parquet of rows", "parquet of runs", "arrow file of rows", "arrow file of runs"]
)
@pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
def test_a_file_that_is_cut_off_is_told(form: str, part: float) -> None:
    """R3: a file without its end is one clear error, and not fewer rows."""
    content = written([_frame()], form).getvalue()
    with pytest.raises(BrokenError, match="is cut off or damaged, and nothing of it counts"):
        list(read_long(io.BytesIO(content[: int(len(content) * part)])))


@pytest.mark.parametrize("form", ["arrow stream of rows", "arrow stream of runs"])
def test_a_stream_that_is_cut_off_anywhere_is_told(form: str) -> None:
    """R3: a stream without its end is an error wherever it was cut, between two record batches too."""
    content = written([_frame(), _frame()], form).getvalue()
    for length in range(4, len(content), 8):
        with pytest.raises(BrokenError):
            list(read_long(io.BytesIO(content[:length])))


def test_what_is_damaged_is_told() -> None:
    """R3: a Parquet file whose bytes were changed on the way is an error."""
    content = bytearray(
        _parquet(row_table_of(row()), write_page_checksum=True, compression="none").getvalue()
    )
    place = content.index(b"1SAG1100000017")
    content[place : place + 4] = b"2SAG"
    with pytest.raises(BrokenError):
        list(read_parquet(io.BytesIO(bytes(content))))


@pytest.mark.parametrize("place", range(0, 400, 3))
def test_a_damaged_message_never_gets_further(place: int) -> None:
    """R3: a stream with a wrong byte in its framing is an error in words, or read; it is nothing else."""
    content = bytearray(_stream(run_table_of(_RUN, _RUN), compression="zstd"))
    content[place % len(content)] ^= 0xFF
    found = Batch(pl.DataFrame(), pl.DataFrame())
    with suppress(FormatError):
        found = _decoded(bytes(content))
        assert found.rows.height + found.rejected.height > 0
    assert found.rows.columns in ([], ROWS.names())


def test_a_stream_ends_once() -> None:
    """R4: what comes after the end of a stream is told, and not passed over."""
    content = _stream(row_table_of(row()))
    with pytest.raises(BrokenError, match="goes on after its end"):
        _decoded(content + content)


@pytest.mark.parametrize("compression", [None, "zstd", "lz4"])
def test_a_message_has_a_bound(compression: str | None) -> None:
    """R4: a record batch that would fill the memory is refused before it is read, packed or not."""
    table = pa.concat_tables(
        [run_table_of({"values": [1.0] * 2000, "states": ["READ"] * 2000})] * 10
    ).combine_chunks()
    content = _stream(table, compression=compression)
    assert _decoded(content).rows.height == 20_000
    with pytest.raises(TooLargeError, match=r"allowed: 100000\. Send record batches of fewer rows"):
        list(read_chunks(_pieces(content, 1000), ArrowDecoder(largest_message=100_000)))


def test_a_bound_counts_before_the_message_has_come() -> None:
    """R4: a message that says that it is very large is refused by its first bytes."""
    with pytest.raises(TooLargeError):
        list(ArrowDecoder().feed(struct.pack("<iI", -1, 0x7FFFFFF0)))


def test_what_is_no_stream_is_told() -> None:
    """R4: bytes that are no Arrow stream, and a stream of nothing, are errors in words."""
    with pytest.raises(BrokenError, match="this is no Arrow IPC stream"):
        _decoded(b"ean;value\n1;2\n")
    with pytest.raises(BrokenError, match="ends before it tells its columns"):
        _decoded(b"\xff\xff\xff\xff\x00\x00\x00\x00")
    with pytest.raises(BrokenError, match="its end has not come"):
        _decoded(b"")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_typed_columns_are_read(unit: str) -> None:
    """R4: timestamps of any unit and zone, EANs as integers, decimals and dictionaries are read as text is."""
    local = datetime(2024, 3, 30, 23, 15, tzinfo=UTC)
    table = row_table_of(row())
    typed = {
        "ean": pa.array([int(EAN)]),
        "start": pa.array([local], pa.timestamp(unit, "Europe/Brussels")),
        "value": pa.array([243], pa.int32()).cast(pa.decimal128(18, 3)),
        "unit": table.column("unit").dictionary_encode(),
        "meter_id": table.column("meter_id").cast(pa.string_view()),
        "factor": pa.nulls(1),
    }
    for name, column in typed.items():
        table = table.set_column(table.schema.get_field_index(name), name, column)
    expected = read(_texts(start="2024-03-30T23:15:00Z", value="243")).rows
    assert _decoded(_stream(table)).rows.equals(expected)
    assert expected.height == 1


@pytest.mark.parametrize(
    "kind",
    [pa.decimal32(9, 4), pa.decimal64(18, 4), pa.decimal128(38, 4), pa.decimal256(60, 4)],
    ids=str,
)
def test_decimals_of_any_width_are_read_and_told(kind: Any) -> None:
    """R3, R4: a row whose decimal is too fine is set aside as it came, however wide the column is; the other is read."""
    table = row_table_of(row(), row())
    values = pa.array([Decimal("0.2430"), Decimal("0.2431")], kind)
    table = table.set_column(table.schema.get_field_index("value"), "value", values)
    found = _decoded(_stream(table))
    assert found.rows.get_column("value").to_list() == [243]
    assert "0.2431 has more than three decimals" in found.rejected.item(0, "reason")
    assert json.loads(found.rejected.item(0, "content"))["value"] in (0.2431, "0.2431")


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("ticks", [2**63 - 1, -(2**63), 2**62])
def test_a_timestamp_of_no_calendar_sets_its_row_aside(unit: str, ticks: int) -> None:
    """R3: a start that is in no calendar is told as it came, and not as some other moment."""
    start = pa.array([ticks, None], pa.int64()).cast(pa.timestamp(unit, "UTC"))
    table = row_table_of(row(), row())
    table = table.set_column(table.schema.get_field_index("start"), "start", start)
    found = _decoded(_stream(table))
    assert found.rows.height == 0
    told = f"'{ticks}' is no start" if unit != "ns" else "is no start"
    assert told in found.rejected.item(0, "reason")
    assert "'' is no start" in found.rejected.item(1, "reason")


def _texts(**changed: str) -> Iterator[Batch]:
    return read_parquet(_parquet(row_table_of(row(**changed))))


def test_what_is_finer_than_a_slot_is_off_the_grid() -> None:
    """R3: a timestamp a nanosecond after a border is off the grid."""
    start = pa.array([datetime(2024, 3, 30, 23, 15, tzinfo=UTC)], pa.timestamp("ns", "UTC"))
    late = pa.array([start.cast(pa.int64())[0].as_py() + 1]).cast(start.type)
    table = row_table_of(row())
    table = table.set_column(table.schema.get_field_index("start"), "start", late)
    assert "off the grid" in _decoded(_stream(table)).rejected.item(0, "reason")


@pytest.mark.parametrize(
    ("name", "column", "told"),
    [
        (
            "start",
            pa.array([0], pa.timestamp("us")),
            "allowed: text, or a timestamp with a time zone",
        ),
        (
            "value",
            pa.array([True]),
            "column 'value' is of type bool; allowed: an integer, a decimal, a float, or text",
        ),
        ("ean", pa.array([5.0]), "column 'ean' is of type double; allowed: text, or a 64-bit integer"),
        ("unit", pa.array([1]), "column 'unit' is of type int64; allowed: text"),
        ("colour", pa.array([1]), "unknown column 'colour'"),
    ],
)
def test_types_that_do_not_fit_are_told(name: str, column: Any, told: str) -> None:
    """R4: a column with a type in which it cannot stand, or with another name, is an error of the whole file."""
    table = row_table_of(row())
    table = table.drop_columns([name] if name in table.column_names else []).append_column(name, column)
    for source in (_parquet(table), io.BytesIO(_stream(table))):
        with pytest.raises(WrongColumnsError, match=r"column") as refused:
            list(read_long(source))
        assert told in str(refused.value)


def test_wrong_rows_are_rejected_in_files_too() -> None:
    """R3: wrong rows of a Parquet file are set aside with their number, and the others are read."""
    table = row_table_of(row(), row(unit="Wh"), row(), row(ean="5"))
    found = read(read_parquet(_parquet(table, row_group_size=1)))
    assert found.rows.get_column("line").to_list() == [1, 3]
    assert found.rejected.get_column("line").to_list() == [2, 4]


def test_runs_of_dictionaries_that_change_are_read() -> None:
    """R4: lists of words of a Parquet file with several row groups are read whole."""
    table = pa.concat_tables([run_table_of(_RUN), run_table_of({**_RUN, "states": ["VAL", "NVAL"]})])
    words = pl.DataFrame(table).with_columns(pl.col("states").cast(pl.List(pl.Categorical)))
    sink = io.BytesIO()
    words.write_parquet(sink, row_group_size=1)
    for source in (_parquet(table, row_group_size=1), sink):
        assert read(read_parquet(source)).rows.get_column("state").to_list() == [2, 3, 4, 5]


def test_packed_files_are_told() -> None:
    """R4: a file is known by its first bytes; a packed one is told to be unpacked."""
    with pytest.raises(
        WrongColumnsError, match=r"packed \(gzip\); allowed: CSV, NDJSON, Parquet and Arrow, unpacked"
    ):
        list(read_long(io.BytesIO(b"\x1f\x8b\x08...")))


def _frame() -> pl.DataFrame:
    return read(_texts()).rows
