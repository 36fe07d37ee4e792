"""Arrow for GET energy: the same values as JSON, in another form."""

import gzip
import json
import sys
from datetime import datetime
from http import HTTPStatus
from subprocess import check_output
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kwartier.api import energy
from kwartier.api.arrow import BATCH_VALUES, energy_stream
from kwartier.api.render import energy_answer
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    MeterType,
    Register,
    RegisterKind,
    State,
    Unit,
)
from kwartier.domain.series import MeterSeries, Series
from kwartier.gateway.compression import CODINGS
from kwartier.gateway.preferences import likes_better
from kwartier.sandbox.special import FIRST_SPECIAL
from kwartier.wire import paths
from kwartier.wire.frame import COLUMNS, ENERGY_TYPE, FETCH_TIME, MEDIA_TYPE
from support.platform import BASE, NOW, Client, assert_refused
from support.series import headpoints, meters, moments
from support.told_energy import Row, every_row

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

EAN: Final = "541440110000000007"
MONTH: Final = ("2025-08-01T22:00:00Z", "2025-09-02T22:00:00Z")
AUTUMN: Final = ("2024-10-24T22:00:00Z", "2024-10-29T23:00:00Z")
_ARROW: Final = {"Accept": MEDIA_TYPE}
_JSON: Final = "application/json"
# As `every_row` has them.
_NAMES: Final = (
    *(
        one.name
        for one in COLUMNS
        if one.name not in {"value", "unit", "validation_state", "gas_conversion_factor"}
    ),
    "unit",
    "value",
    "validation_state",
    "gas_conversion_factor",
)
_HEADPOINT: Final = Headpoint(Ean(EAN), EnergyType.ELECTRICITY, MeterType.DIGITAL)
_PREFIXES: Final = (
    "541440000000000",
    "541440110000000",
    "541441010000000",
    "541450210000000",
    "541450211000000",
    "541450011000000",
    "541450012000000",
    "541451012000000",
)


def table_of(stream: bytes) -> Any:
    """The table of a stream."""
    with pa.ipc.open_stream(stream) as reader:
        table = reader.read_all()
    table.validate(full=True)
    return table


def rows_in(stream: bytes) -> list[Row]:
    """The rows of a stream, in any order."""
    rows = [tuple(row[name] for name in _NAMES) for row in table_of(stream).to_pylist()]
    return sorted(rows, key=repr)


def ask(client: Client, ean: str, window: tuple[str, str], headers: dict[str, str], **how: Any) -> Any:
    """GET energy with these headers."""
    params = {"ean": ean, "periodType": "readTime", "from": window[0], "to": window[1]}
    return client.ask(how.pop("method", "GET"), paths.ENERGY, params=params | how, headers=headers)


@settings(max_examples=300, deadline=None)
@given(headpoints, meters(), moments, st.sampled_from([1, 7, BATCH_VALUES]))
def test_any_mix_is_what_json_tells(
    headpoint: Headpoint, measured: list[MeterSeries], fetched_at: datetime, batch_values: int
) -> None:
    """E10: whatever registers, values, states, grids and batches, the rows are the values of the JSON answer."""
    told = json.loads(b"".join(energy_answer(headpoint, measured, fetched_at)))
    stream = b"".join(energy_stream(headpoint, measured, fetched_at, batch_values=batch_values))
    assert rows_in(stream) == sorted(every_row(told), key=repr)
    metadata = table_of(stream).schema.metadata
    assert metadata[ENERGY_TYPE.encode()].decode() == told["data"]["headpoint"]["energyType"]
    assert metadata[FETCH_TIME.encode()].decode() == told["_meta"]["fetchTime"]


@pytest.mark.parametrize(
    "number", [7, *(pytest.param(number, marks=pytest.mark.slow) for number in range(FIRST_SPECIAL, 100))]
)
@pytest.mark.parametrize("prefix", _PREFIXES)
def test_every_model_says_the_same_in_both_forms(client: Client, prefix: str, number: int) -> None:
    """S4: ordinary and special meters of every kind, over a change of clock: the same values in both forms."""
    ean = f"{prefix}{number:03}"
    client.mock(ean)
    plain, arrow = ask(client, ean, AUTUMN, {}), ask(client, ean, AUTUMN, _ARROW)
    assert (plain.status_code, arrow.status_code) == (HTTPStatus.OK, HTTPStatus.OK)
    assert rows_in(arrow.content) == sorted(every_row(plain.json()), key=repr)


def test_the_columns_are_those_of_the_schema(client: Client) -> None:
    """The stream has the columns of the one schema, and moments are moments."""
    client.mock(EAN)
    table = table_of(ask(client, EAN, MONTH, _ARROW).content)
    assert table.schema.names == [one.name for one in COLUMNS]
    assert [field.nullable for field in table.schema] == [one.nullable for one in COLUMNS]
    assert table.schema.field("start").type == pa.timestamp("us", "UTC")
    assert table.schema.field("value").type == pa.float64()
    assert len(table) > 6000


def test_a_long_answer_comes_in_batches() -> None:
    """C11: record batches are made as they are sent, none of them large."""
    values = np.arange(4 * BATCH_VALUES, dtype=np.int64).reshape(2, -1)
    registers = tuple(
        Register(way, RegisterKind.TOTAL, Unit.KWH) for way in (Direction.OFFTAKE, Direction.INJECTION)
    )
    states = np.full(values.shape, State.READ, np.uint8)
    series = Series(Grid.QUARTER_HOUR, 1_900_000, registers, values, states)
    chunks = list(energy_stream(_HEADPOINT, [MeterSeries(None, (series,))], NOW))
    assert len(chunks) == 1 + 4 + 1
    assert max(map(len, chunks)) < 500_000
    assert table_of(b"".join(chunks))["value"].to_pylist()[-1] == values[-1, -1] / 1000


def test_json_is_the_usual_form(client: Client) -> None:
    """Without Arrow in `Accept`, and whatever else it says, the answer is JSON; both say that it depends on it."""
    client.mock(EAN)
    for accept in ("*/*", _JSON, "text/html", "application/*", f"{MEDIA_TYPE};q=0", f"{_JSON}, {MEDIA_TYPE}"):
        answer = ask(client, EAN, MONTH, {"Accept": accept})
        assert answer.status_code == HTTPStatus.OK
        assert answer.headers["content-type"] == _JSON
        assert "accept" in answer.headers.get_list("vary")
    answer = ask(client, EAN, MONTH, _ARROW)
    assert answer.headers["content-type"] == MEDIA_TYPE
    assert "accept" in answer.headers.get_list("vary")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("accept", "is_liked"),
    [
        ([MEDIA_TYPE], True),
        ([MEDIA_TYPE.upper()], True),
        ([f"{MEDIA_TYPE}, {_JSON};q=0.9"], True),
        ([f"{_JSON};q=0.9", MEDIA_TYPE], True),
        ([f"{MEDIA_TYPE}, */*"], True),
        ([f"{MEDIA_TYPE};q=0.5, application/*;q=0.6"], False),
        ([f"{MEDIA_TYPE};q=0.5, {_JSON};q=0.6"], False),
        ([f"{MEDIA_TYPE}, {_JSON}"], False),
        ([f"{MEDIA_TYPE};q=x"], False),
        (["*/*"], False),
        ([], False),
    ],
)
def test_who_likes_arrow_better(accept: list[str], is_liked: bool) -> None:  # noqa: FBT001 - a row of the table
    """RFC 9110 §12.5.1: it must be named, and weigh more than JSON where that is named too."""
    assert likes_better(accept, MEDIA_TYPE, _JSON) is is_liked


def test_refusals_stay_json(client: Client) -> None:
    """C6: whatever form is asked for, a refusal has the one error body."""
    assert_refused(ask(client, EAN, MONTH, _ARROW), HTTPStatus.NOT_FOUND, "mandate")
    assert_refused(ask(client, "1", MONTH, _ARROW), HTTPStatus.BAD_REQUEST, "ean")


def test_head_says_what_get_would(client: Client) -> None:
    """RFC 9110 §9.3.2: HEAD has the head of the Arrow answer, and no body."""
    client.mock(EAN)
    answer = ask(client, EAN, MONTH, _ARROW, method="HEAD")
    assert (answer.status_code, answer.headers["content-type"]) == (HTTPStatus.OK, MEDIA_TYPE)
    assert not answer.content


@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_it_is_compressed_as_any_other(client: Client, coding: str) -> None:
    """C11: who accepts compressed answers gets this one compressed too."""
    client.mock(EAN)
    asking = client.headers | _ARROW | {"Accept-Encoding": coding}
    params = {"ean": EAN, "periodType": "readTime", "from": MONTH[0], "to": MONTH[1]}
    with client.platform.http.stream("GET", BASE + paths.ENERGY, params=params, headers=asking) as answer:
        assert answer.headers["content-encoding"] == coding
        packed = b"".join(answer.iter_raw())
    content = gzip.decompress(packed) if coding == "gzip" else zstd.decompress(packed)
    assert len(packed) < len(content) / 2
    assert rows_in(content) == rows_in(ask(client, EAN, MONTH, _ARROW).content)


def test_the_journal_knows_its_size(client: Client) -> None:
    """S1: of an answer that is no text the journal has size and checksum, and says that it is none."""
    client.mock(EAN)
    content = ask(client, EAN, MONTH, _ARROW | {"Accept-Encoding": "identity"}).content
    entries = client.ask("GET", "/journal", base=paths.CONTROL).json()["data"]["entries"]
    body = entries[-1]["response"]["body"]
    assert (body["size"], body["binary"], body["text"]) == (len(content), True, "")


def test_without_the_library_all_answers_are_json(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the extra is not installed, who asks for Arrow gets JSON."""
    monkeypatch.setattr(energy, "writes_arrow", lambda: False)
    client.mock(EAN)
    assert ask(client, EAN, MONTH, _ARROW).headers["content-type"] == _JSON


def test_a_worker_loads_it_when_it_is_asked_for() -> None:
    """DESIGN 11: a platform that serves has loaded none of the libraries that few requests need."""
    code = "import sys, kwartier.app; print([name for name in ('pyarrow', 'polars', 'jinja2') if name in sys.modules])"
    assert check_output([sys.executable, "-c", code], text=True).strip() == "[]"
