"""Characters that cannot be shown, and brackets without end: set aside as any other row, alike on both engines."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from kwartier.domain.errors import InvalidValueError
from kwartier.formats.long import read_long
from kwartier.formats.portal import read_report
from kwartier.formats.rows import Batch
from kwartier.readings.quarantine import Chosen
from kwartier.services.errors import NothingAsideError
from kwartier.services.ingest.quarantine import Quarantine
from kwartier.services.ingest.way_in import Ingest
from support.ingest import batch, ingest_into
from support.ingest import row as row_of_store
from support.long_form import csv_of, row
from support.portal import HEADERS, Line
from support.store import DIGITAL, METER, StoreOfTest

GOOD: Final = {"ean": DIGITAL.ean, "meter_id": METER.meter_id, "start": "2025-04-02T00:00:00Z"}
NUL, SHOWN = "\0", "\N{SYMBOL FOR NULL}"
ODD: Final = f"1SAG{NUL}1"
EVERY: Final = Chosen()


def _csv(*, odd: str) -> Iterator[Batch]:
    return read_long(csv_of(row(**GOOD), row(**GOOD | {"meter_id": odd})))


def _ndjson(*, odd: str) -> Iterator[Batch]:
    rows = [row(**GOOD), row(**GOOD | {"meter_id": odd})]
    return read_long(io.BytesIO("".join(json.dumps(one) + "\n" for one in rows).encode()))


def _runs(*, odd: str) -> Iterator[Batch]:
    def run(meter_id: str) -> dict[str, Any]:
        series = {name: cell for name, cell in row().items() if name not in {"value", "state", "factor"}}
        return {**series, **GOOD, "meter_id": meter_id, "values": [1], "states": "READ"}

    rows = [run(METER.meter_id), run(odd)]
    return read_long(io.BytesIO("".join(json.dumps(one) + "\n" for one in rows).encode()))


def _portal(*, odd: str) -> Iterator[Batch]:
    lines = [
        Line(
            ("02-04-2025", "02:00"),
            ("02-04-2025", "02:15"),
            f'="{DIGITAL.ean}"',
            meter,
            register="Afname Nacht",
        )
        for meter in (METER.meter_id, odd)
    ]
    content = "\n".join([HEADERS["3"], *map(str, lines)]) + "\n"
    return read_report(io.BytesIO(content.encode()), "a report")


FORMS: Final = {"csv": _csv, "ndjson": _ndjson, "runs": _runs, "portal": _portal}


@pytest.fixture
def ingest(store: StoreOfTest, tmp_path: Path) -> Ingest:
    """The way into a store."""
    return ingest_into(store, tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_a_row_with_a_nul_is_set_aside(store: StoreOfTest, ingest: Ingest, form: str) -> None:
    """R3: NUL, which one engine keeps and the other does not, spoils its own row alone, and is told with another sign."""
    counts = ingest.take("a", "a test", FORMS[form](odd=ODD)).delivery.counts
    assert (counts.rows, counts.stored, counts.quarantined) == (2, 1, 1)
    [aside] = Quarantine(store.database).newest(EVERY, 10)
    assert "NUL" in aside.reason or "cannot be shown" in aside.reason
    said = aside.content.split(";")[5] if form == "portal" else json.loads(aside.content)["meter_id"]
    assert said == ODD.replace(NUL, SHOWN)


def test_a_backslash_before_what_looks_like_a_nul_is_left(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: what is set aside says what came: a backslash and `u0000` behind it are no NUL."""
    said = r"\u0000" + NUL
    content = json.dumps({"meter_id": said, "value": 1})
    ingest.take("a", "a test", [batch([row_of_store()], [(2, 0, f"odd {NUL}", content)])])
    [aside] = Quarantine(store.database).newest(EVERY, 10)
    assert aside.reason == f"odd {SHOWN}"
    assert json.loads(aside.content)["meter_id"] == r"\u0000" + SHOWN


def test_what_is_no_json_is_kept_as_it_came(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: in words of another form a backslash and `u0000` are a backslash, a letter and four digits."""
    content = r"541448800000000007;\u0000;1"
    ingest.take("a", "a test", [batch([row_of_store()], [(2, 0, "odd", content)])])
    [aside] = Quarantine(store.database).newest(EVERY, 10)
    assert aside.content == content


def test_a_row_with_a_nul_is_retried_and_written_out(store: StoreOfTest, ingest: Ingest) -> None:
    """R3: a row that had a NUL waits like any other: brought in again it stays, and it is written out to be corrected."""
    ingest.take("a", "a test", _csv(odd=ODD))
    on = Quarantine(store.database)
    [retried] = on.retry(ingest, EVERY)
    counts = retried.outcome.delivery.counts
    assert (counts.rows, counts.quarantined) == (1, 1)
    sink = io.StringIO()
    assert on.export(EVERY, sink) == 1
    [written] = csv.DictReader(io.StringIO(sink.getvalue()))
    assert written["meter_id"] == ODD.replace(NUL, SHOWN)


@pytest.mark.parametrize("delivery_id", [f"a{NUL}", "a\nb", "\x1b[2J", "\udcff"])
def test_a_delivery_has_an_id_that_can_be_shown(store: StoreOfTest, ingest: Ingest, delivery_id: str) -> None:
    """R3: an id or a source with a control character is refused, with the reason, before anything is kept."""
    for names in ((delivery_id, "a test"), ("a", delivery_id)):
        with pytest.raises(InvalidValueError, match="cannot be shown"):
            ingest.take(*names, [batch([row_of_store()])])
    assert store.deliveries.newest() == []


@pytest.mark.parametrize("opened", [100_000, 980, 101])
def test_brackets_without_end_are_set_aside(store: StoreOfTest, ingest: Ingest, opened: int) -> None:
    """R3: a line of brackets waits as it came; a retry passes it over, and it is written out."""
    lines = [json.dumps(row(**GOOD)), "[" * opened, '{"value":' + "[" * opened + "]" * opened + "}"]
    content = io.BytesIO("".join(line + "\n" for line in lines).encode())
    counts = ingest.take("a", "a test", read_long(content)).delivery.counts
    assert (counts.stored, counts.quarantined) == (1, 2)
    on = Quarantine(store.database)
    with pytest.raises(NothingAsideError):
        on.retry(ingest, EVERY)
    assert sum(one.content.count("[") for one in on.newest(EVERY, 10)) == 2 * opened
    assert on.export(EVERY, io.StringIO()) == 2
