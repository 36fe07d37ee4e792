"""The long form as NDJSON, at once and in pieces."""

import io
import json
from collections.abc import Iterator
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.domain.metering import State
from kwartier.formats.errors import BrokenError, TooLargeError
from kwartier.formats.long import NdjsonDecoder, read_chunks, read_long, read_ndjson
from kwartier.formats.long.ndjson import LONGEST_LINE
from kwartier.formats.long.runs import VALUES_AT_ONCE
from kwartier.formats.rows import Batch
from support.examples import examples
from support.long_form import EAN, frames, read, row, written

_SERIES = {name: cell for name, cell in row().items() if name not in {"value", "state", "factor"}}


def _line(**changed: Any) -> bytes:
    return json.dumps({**_SERIES, "values": [0.243, 1], "states": "READ", **changed}).encode()


def _read(*lines: bytes) -> Batch:
    return read(read_ndjson(io.BytesIO(b"\n".join(lines))))


@given(made=frames(), size=st.integers(1, 5000))
@settings(max_examples=examples(40), deadline=None)
def test_pieces_of_any_size_make_the_same_stream(made: list[pl.DataFrame], size: int) -> None:
    """R4: a stream that comes in pieces of any size is read as it would be at once."""
    content = written(made, "ndjson").getvalue()
    pieces = (content[first : first + size] for first in range(0, len(content), size))
    found = read(read_chunks(pieces, NdjsonDecoder()))
    assert found.rows.equals(read(read_ndjson(io.BytesIO(content))).rows)
    assert found.rows.height == sum(frame.height for frame in made)


def test_runs_of_all_kinds_and_single_values_stand_together() -> None:
    """R4: lines with one state, with a list of states, with an EAN as a number and with a single value are all read."""
    found = _read(
        _line(),
        _line(ean=int(EAN), values=[1, None, None], states=["EST", "WITHDRAWN", None]),
        json.dumps({**_SERIES, "value": 2.5, "state": "READ"}).encode(),
        b"",
        _line(values=["0.5"]),
    )
    assert found.rejected.height == 0
    assert found.rows.sort("line", maintain_order=True).select("line", "value", "state").rows() == [
        (1, 243, State.READ),
        (1, 1000, State.READ),
        (2, 1000, State.EST),
        (2, 0, State.WITHDRAWN),
        (3, 2500, State.READ),
        (5, 500, State.READ),
    ]
    assert set(found.rows.get_column("ean")) == {int(EAN)}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1]", "no JSON object; allowed: one on each line"),
        (b'{"ean": "1"}', "column 'direction' is missing"),
        (_line(colour="red"), "unknown column 'colour'"),
        (_line(meter_id="\ud800"), "no JSON"),
        (_line(meter_id="x")[:-9] + b"\xff\xfe" + _line()[-9:], "no JSON"),
        (_line(values=5), "values is 5; allowed: a list"),
        (_line(states=5), "states is 5; allowed: a list, or one text for all"),
        (_line(unit=["kWh"]), 'unit is ["kWh"]; allowed: a text or a number'),
        (_line(ean=True), "ean is true; allowed: a text or a number"),
        (_line(ean=-12), "is no EAN"),
        (_line(ean=10**18), "is no EAN"),
        (_line(values=[]), "the list of values is empty"),
        (_line(values=None), "values are missing"),
        (_line(states=["READ"]), "lists of unequal length: 2 values and 1 states"),
        (_line(values=[[1]], states=["READ"]), "'[1]' is not a number"),
        (_line(values=[True], states=["READ"]), "'true' is not a number"),
        (_line(values=["0,243"], states=["READ"]), "'0,243' is not a number"),
        (_line(values=[float("nan")], states=["READ"]), "not a number"),
        (_line(values=[10**400], states=["READ"]), "is not a number"),
        (_line(values=[2**60], states=["READ"]), "too large"),
        (_line(values=[1.0], states=[5]), "unknown state '5'"),
    ],
)
def test_a_wrong_line_is_rejected_alone(line: bytes, reason: str) -> None:
    """R3: a line that cannot be right is set aside with its reason, and the lines around it are read."""
    found = _read(_line(), line, _line())
    assert found.rows.sort("line").get_column("line").to_list() == [1, 1, 3, 3]
    (said,) = found.rejected.to_dicts()
    assert reason in said["reason"]
    assert said["line"] == 2
    assert said["content"]


def test_a_line_has_a_bound() -> None:
    """R4: a line without end is refused before it fills the memory."""
    decoder = NdjsonDecoder()
    with pytest.raises(TooLargeError, match="line 2 is longer than allowed: 4194304 bytes"):
        list(read_chunks(_endless(), decoder))
    with pytest.raises(TooLargeError, match="line 1 is longer"):
        _read(b" " * (LONGEST_LINE + 1), _line())


def _endless() -> Iterator[bytes]:
    yield _line() + b"\n"
    while True:
        yield b"[" * 65536


def test_batches_come_before_the_stream_ends() -> None:
    """R4: a long stream is read in parts, and none of it is lost."""
    lines = VALUES_AT_ONCE // 1000 * 2 + 5
    content = b"\n".join([_line(values=[1] * 1000, states="READ")] * lines)
    decoder = NdjsonDecoder()
    early = list(decoder.feed(content))
    late = list(decoder.close())
    assert len(early) >= 2
    assert read([*early, *late]).rows.height == lines * 1000


def test_a_file_of_objects_is_known() -> None:
    """R4: a file that begins with an object is NDJSON, after a byte order mark too."""
    assert read(read_long(io.BytesIO(b"\xef\xbb\xbf" + _line()))).rows.height == 2


@pytest.mark.parametrize("size", [1, 100, 10_000])
@pytest.mark.parametrize("last", [_line()[:-1], _line()[:20], b"{", b"\xc3", b"[" * 100_000])
def test_a_stream_that_is_cut_off(last: bytes, size: int) -> None:
    """R3: a last line without line end that is no JSON tells that the rest did not come: nothing of it counts."""
    content = _line() + b"\n" + last
    pieces = (content[first : first + size] for first in range(0, len(content), size))
    with pytest.raises(BrokenError, match="cut off inside line 2"):
        read(read_chunks(pieces, NdjsonDecoder()))


def test_a_bad_line_that_ends_is_set_aside_alone() -> None:
    """R3: a line that is no JSON and has its line end is rejected; a last line that is JSON needs none."""
    found = _read(_line()[:-1], _line()[:20], b'{"meter_id":"\xed\xa0\x80"}', _line())
    assert sorted(set(found.rows["line"])) == [4]
    assert found.rejected["line"].to_list() == [1, 2, 3]
    assert all("no JSON" in reason for reason in found.rejected["reason"])
    assert _read(_line(), b"12").rejected["line"].to_list() == [2]
    assert _read(_line(), b"  ").rejected.height == 0


def test_utf_16_is_not_half_understood() -> None:
    """R4: NDJSON is UTF-8; of a stream in UTF-16 no line counts."""
    content = b"".join(line + b"\n" for line in (_line(), _line())).decode().encode("utf-16-le")
    with pytest.raises(BrokenError):
        _read(content)


def test_lines_that_end_in_cr() -> None:
    """R4: a file whose lines end in CR alone is read like any other."""
    found = _read(_line() + b"\r" + _line() + b"\r")
    assert sorted(set(found.rows["line"])) == [1, 2]
