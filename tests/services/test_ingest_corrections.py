"""Rows that were set aside, corrected by hand: written out, edited, and brought in again."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from kwartier.domain.errors import InvalidValueError
from kwartier.formats.long import read_ndjson
from kwartier.readings.quarantine import Chosen, read_row
from kwartier.services.errors import BeingRetriedError, NothingAsideError
from kwartier.services.ingest.claim import claimed
from kwartier.services.ingest.corrections import read_corrections
from kwartier.services.ingest.quarantine import Corrected
from kwartier.services.intake import Intake
from support.ingest import FIRST_SLOT, batch, row, stands
from support.store import DIGITAL, StoreOfTest

EVERY = Chosen()
Edit = Callable[[list[dict[str, str]]], list[dict[str, str]]]


@pytest.fixture
def intake(store: StoreOfTest, tmp_path: Path) -> Intake:
    """All that takes readings in, with four rows that wait: of two deliveries, the last in words that are none of ours."""
    intake = Intake(store.database, store.deliveries, store.clock, tmp_path / "spools")
    wrong = [row(value=-1 - place, slot=FIRST_SLOT + place, line=place + 1) for place in range(2)]
    intake.ingest.take("first", "a test", [batch(wrong)])
    raw = [(2, int(DIGITAL.ean), "no date", "a;b;c")]
    intake.ingest.take("second", "a test", [batch([row(value=-9, slot=FIRST_SLOT + 8)], raw)])
    return intake


@pytest.fixture
def correct(intake: Intake, tmp_path: Path) -> Callable[[Edit], Corrected]:
    """Write all rows out, edit them, and bring them in again."""

    def corrected(edit: Edit) -> Corrected:
        sink = io.StringIO()
        intake.quarantine.export(EVERY, sink)
        reader = csv.DictReader(io.StringIO(sink.getvalue()))
        rows = edit(list(reader))
        file = tmp_path / "corrected.csv"
        with file.open("w", newline="", encoding="utf-8-sig") as target:
            writer = csv.DictWriter(target, reader.fieldnames or [])
            writer.writeheader()
            writer.writerows(rows)
        return intake.correct(file, lambda *_: None)

    return corrected


def positive(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """Take the minus away."""
    return [one | {"value": one["value"].lstrip("-")} for one in rows]


def values(store: StoreOfTest) -> dict[int, int]:
    """The values that stand, by place from the first slot on."""
    return {key[4] - FIRST_SLOT: value for key, (_, value) in stands(store.database).items()}


def waiting(intake: Intake) -> list[tuple[str, str]]:
    """The rows that wait, and why."""
    return [(one.row, one.reason) for one in intake.quarantine.newest(EVERY, 10)]


def test_what_is_right_now_gets_in(
    store: StoreOfTest, intake: Intake, correct: Callable[[Edit], Corrected]
) -> None:
    """R3: corrected rows come in as a delivery for each that brought them, and leave; what is still wrong stays."""
    done = correct(positive)
    assert [one.delivery_id for one in done.retried] == ["first", "second"]
    assert [one.outcome.delivery.counts.stored for one in done.retried] == [2, 1]
    first = store.deliveries.find("first")
    assert first is not None
    assert done.retried[0].outcome.delivery.retries == first.number
    assert values(store) == {0: 1, 1: 2, 8: 9}
    [(number, reason)] = waiting(intake)
    assert number == "2-1"  # what could not be read is set aside first
    assert "is no start" in reason
    intake.withdraw("first")
    assert values(store) == {0: 0, 1: 0, 8: 9}


def test_rows_that_are_not_in_the_file_wait_on(
    store: StoreOfTest, intake: Intake, correct: Callable[[Edit], Corrected]
) -> None:
    """R3: a file may have some of the rows, in any order."""
    before = waiting(intake)
    done = correct(lambda rows: positive([one for one in rows if one["row"] in {"2-2", "1-2"}])[::-1])
    assert (len(done.retried), done.gone) == (2, 0)
    assert waiting(intake) == [one for one in before if one[0] in {"1-1", "2-1"}]
    assert values(store) == {1: 2, 8: 9}


def test_what_is_still_wrong_says_why(intake: Intake, correct: Callable[[Edit], Corrected]) -> None:
    """R3: a row that is still wrong stays as it came, with what is wrong with it now."""
    done = correct(lambda rows: [one | {"direction": "injection", "value": "-7"} for one in rows[:1]])
    assert done.retried[0].outcome.delivery.published_at is None
    [first, *_] = intake.quarantine.newest(EVERY, 10)
    assert "negative value -7.000" in first.reason
    assert "-0.001" in first.content


def test_what_could_not_be_read_is_filled_in(
    store: StoreOfTest, intake: Intake, correct: Callable[[Edit], Corrected]
) -> None:
    """R3, R4: a row in words that are none of ours has its EAN and its words; its columns are filled by hand."""

    def fill(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        [raw] = [one for one in rows if one["content"]]
        assert (raw["ean"], raw["content"], raw["value"]) == (DIGITAL.ean, "a;b;c", "")
        [like] = [one for one in rows if one["row"] == "2-2"]
        return [like | {"row": raw["row"], "value": "4"}]

    correct(fill)
    assert values(store) == {8: 4000}
    assert "2-1" not in dict(waiting(intake))


def test_a_row_of_several_values_may_stand_there_several_times(
    store: StoreOfTest, intake: Intake, correct: Callable[[Edit], Corrected]
) -> None:
    """R3, R4: what was a run is written out as far as its columns go, and comes in as a line for each value."""
    run = (
        b'{"ean":"%s","direction":"offtake","register":"total","unit":"kWh","start":"2025-04-01T22:00:00Z",'
        b'"resolution":"PT20M","values":[1,2],"states":"READ"}' % DIGITAL.ean.encode()
    )
    intake.ingest.take("run", "a test", read_ndjson(io.BytesIO(run)))

    def fill(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        raw = rows[-1] | {"resolution": "PT15M", "state": "READ"}
        assert (raw["register"], raw["value"]) == ("total", "")
        assert "PT20M" in raw["content"]
        later = {"start": "2025-04-01T22:15:00Z", "value": "2"}
        return [raw | {"value": "1"}, raw | later]

    correct(fill)
    assert values(store) == {0: 1000, 1: 2000}
    assert [number for number, _ in waiting(intake)] == ["1-1", "1-2", "2-1", "2-2"]


def test_a_row_of_any_length_can_be_written_out_and_come_back(
    intake: Intake, correct: Callable[[Edit], Corrected]
) -> None:
    """R3, R4: of a content that no spreadsheet holds a part is shown; the row itself keeps all of it."""
    long = "x" * 1_000_000
    intake.ingest.take("long", "a test", [batch([], [(1, 0, "no line", long)])])
    correct(lambda rows: [one | {"content": one["content"] + "!"} for one in rows])
    [kept] = [
        one for some in [intake.quarantine.newest(EVERY, 10)] for one in some if one.line == 1 and not one.ean
    ]
    assert kept.content == long


def test_rows_that_are_gone_are_counted(
    store: StoreOfTest, intake: Intake, correct: Callable[[Edit], Corrected]
) -> None:
    """R3: nothing is done about rows that wait no more, and it is told; if none waits that is an error."""

    def discarded(rows: list[dict[str, str]]) -> list[dict[str, str]]:
        intake.quarantine.discard(Chosen(rows=((1, 1),)))
        return positive(rows)

    assert correct(discarded).gone == 1
    assert values(store) == {1: 2, 8: 9}
    with pytest.raises(NothingAsideError, match="none of these rows waits"):
        correct(lambda _: [dict.fromkeys(_HEAD, "") | {"row": "1-1"}])
    with claimed(store.database, "quarantine"), pytest.raises(BeingRetriedError):
        correct(lambda rows: rows)


_HEAD = [
    "ean",
    "sub_ean",
    "meter_id",
    "direction",
    "register",
    "unit",
    "start",
    "resolution",
    "value",
    "state",
    "factor",
]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "column 'row' is missing"),
        ("row,ean\n1-1,2\n", "column 'direction' is missing"),
        (",".join(["row", "row", *_HEAD]) + "\n", "column 'row' is missing or stands there twice"),
        (",".join([*_HEAD, "row"]) + "\n" + "," * 11 + "7\n", "line 2: '7' is no row"),
        (",".join([*_HEAD, "row"]) + "\n" + "," * 11 + "\n\n1-1\n", "line 4 has 1 columns"),
        (",".join([*_HEAD, "row"]) + "\n" + '"' + "\n", "no CSV"),
        (b"\xff\xfe", "no text in UTF-8"),
    ],
)
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: str | bytes, words: str) -> None:
    """R3: a file without the columns, or with a line that names no row, is refused whole."""
    file = tmp_path / "odd.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InvalidValueError, match=words):
        read_corrections(file)


def test_a_spreadsheet_may_have_written_it(tmp_path: Path) -> None:
    """R4: semicolons between the columns, a mark at the beginning, capitals and empty lines do not matter."""
    file = tmp_path / "sheet.csv"
    head = ";".join([*_HEAD, "row", "remark"]).upper()
    file.write_bytes(f"\ufeff{head}\r\n{';' * 8}0.5;;;12-3;mine\r\n;;;;;;;;;;;;\r\n".encode())
    [one] = read_corrections(file)
    assert (one.delivery, one.no) == (12, 3)
    assert '"value": "0.5"' in one.content
    assert "mine" not in one.content


def test_single_rows_are_chosen(store: StoreOfTest, intake: Intake) -> None:
    """R3: rows are retried and discarded one by one, by their numbers."""
    chosen = Chosen(rows=((1, 2), (2, 2), (7, 7)))
    assert [one.row for one in intake.quarantine.newest(chosen, 10)] == ["1-2", "2-2"]
    [first, second] = intake.quarantine.retry(intake.ingest, chosen)
    assert (first.outcome.delivery.counts.rows, second.outcome.delivery.counts.rows) == (1, 1)
    assert intake.quarantine.discard(chosen) == 2
    assert [number for number, _ in waiting(intake)] == ["1-1", "2-1"]
    assert values(store) == {}


@pytest.mark.parametrize("text", ["", "1", "1-", "-1", "1-2-3", "a-1", "1-\u0662", "1" * 19 + "-1", "1 - 2"])
def test_the_number_of_a_row_is_read(text: str) -> None:
    """R3: the number of a row is that of a delivery and its own within it."""
    assert read_row("12-345") == (12, 345)
    with pytest.raises(InvalidValueError, match="12-1"):
        read_row(text)
