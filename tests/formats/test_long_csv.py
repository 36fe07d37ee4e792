"""The long form as CSV."""

import io
from datetime import UTC, datetime

import pytest

from kwartier.domain.days import Grid, day_of
from kwartier.domain.metering import Direction, GasFactor, RegisterKind, State, Unit, state_code
from kwartier.formats.errors import BrokenError, TooLargeError, WrongColumnsError
from kwartier.formats.long import read_csv, read_long
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS
from support.long_form import EAN, HEADER, csv_of, read, row


def _slot(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp()) // 900


def test_a_row_says_what_its_cells_say() -> None:
    """R4: each cell of a row finds its place among the columns of rows, values in thousandths."""
    (found,) = read(read_csv(csv_of(row()))).rows.to_dicts()
    assert found == {
        "ean": int(EAN),
        "sub_ean": 0,
        "meter_id": "1SAG1100000017",
        "direction": DIRECTIONS.index(Direction.OFFTAKE),
        "kind": KINDS.index(RegisterKind.TOTAL),
        "unit": UNITS.index(Unit.KWH),
        "grid": Grid.QUARTER_HOUR,
        "slot": _slot("2024-03-30T23:00Z"),
        "value": 243,
        "state": State.READ,
        "line": 2,
    }


def test_columns_stand_in_any_order_and_semicolons_separate_too() -> None:
    """R4: columns in another order, in capitals, after a byte order mark, with semicolons, quotes and CRLF are read alike."""
    text = (
        "\ufeff\r\n  \r\nState;Value;Resolution;start;unit;register;direction;EAN\r\n"
        f'read;"0.5";pt15m;2024-03-31T01:00:00+01:00;KWH;Total;Injection;"{EAN}"\r\n\r\n'
        f"WITHDRAWN;;PT1H;2024-03-31T01:00:00Z;m3;total;offtake;{EAN}"
    )
    found = read(read_long(io.BytesIO(text.encode())))
    assert found.rejected.height == 0
    assert found.rows.select("value", "state", "grid", "slot", "line").rows() == [
        (500, State.READ, Grid.QUARTER_HOUR, _slot("2024-03-31T00:00Z"), 4),
        (0, State.WITHDRAWN, Grid.HOUR, _slot("2024-03-31T01:00Z") // 4, 6),
    ]


def test_a_factor_where_there_is_no_value_says_nothing() -> None:
    """E12, R4: what is withdrawn is withdrawn, whatever factor stands beside it."""
    gas = {"unit": "kWh", "resolution": "PT1H", "start": "2024-03-31T01:00:00Z", "factor": "P"}
    found = read(read_long(csv_of(row(**gas), row(**gas, value="", state="WITHDRAWN"))))
    assert found.rejected.height == 0
    assert found.rows["state"].to_list() == [state_code(State.READ, GasFactor.PROVISIONAL), State.WITHDRAWN]


@pytest.mark.parametrize(
    ("start", "grid", "day"),
    [
        ("2024-03-30T23:00:00Z", Grid.DAY, (2024, 3, 31)),
        ("2024-03-31T22:00:00Z", Grid.DAY, (2024, 4, 1)),
        ("2024-03-30T05:00:00Z", Grid.GAS_DAY, (2024, 3, 30)),
        ("2024-03-31T04:00:00Z", Grid.GAS_DAY, (2024, 3, 31)),
        ("2024-10-26T22:00:00Z", Grid.DAY, (2024, 10, 27)),
        ("2024-10-27T05:00:00Z", Grid.GAS_DAY, (2024, 10, 27)),
    ],
)
def test_a_day_is_told_by_its_start(start: str, grid: Grid, day: tuple[int, int, int]) -> None:
    """R4: a P1D slot from Brussels midnight is a day, one from 06:00 a gas day, on both sides of a change of clock."""
    (found,) = read(read_csv(csv_of(row(start=start, resolution="P1D")))).rows.to_dicts()
    assert (found["grid"], found["slot"]) == (grid, day_of(datetime(*day, 12, tzinfo=UTC)))


@pytest.mark.parametrize(
    ("written", "thousandths"),
    [("0.243", 243), ("-1", -1000), ("12.5", 12_500), ("0.3000000000000004", 300), ("1e2", 100_000)],
)
def test_numbers_are_thousandths(written: str, thousandths: int) -> None:
    """R4: numbers with up to three decimals, and doubles that are as good as such, are whole thousandths."""
    assert read(read_csv(csv_of(row(value=written)))).rows.get_column("value").to_list() == [thousandths]


@pytest.mark.parametrize(("letter", "factor"), [("P", "PROVISIONAL"), ("d", "DEFINITIVE"), ("C", "CONSTANT")])
def test_a_factor_stands_with_the_state(letter: str, factor: str) -> None:
    """E12: the conversion factor of gas in kWh is kept with the state."""
    found = read(read_csv(csv_of(row(resolution="PT1H", factor=letter, state="VAL")))).rows
    assert found.get_column("state").to_list() == [state_code(State.VAL, GasFactor[factor])]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"ean": "54144886"}, "'54144886' is no EAN, which has exactly 18 digits"),
        ({"ean": ""}, "'' is no EAN"),
        ({"sub_ean": "x"}, "sub_ean 'x' is no EAN"),
        (
            {"direction": "afname"},
            "unknown direction 'afname'; allowed: offtake, injection, production, auxiliary",
        ),
        ({"register": "peak"}, "unknown register 'peak'; allowed: total, day, night, inductive, capacitive"),
        ({"unit": "Wh"}, "unknown unit 'Wh'; allowed: kWh, kVArh, m3"),
        ({"resolution": "PT5M"}, "unknown resolution 'PT5M'; allowed: PT15M, PT1H, P1D"),
        (
            {"start": "2024-03-30"},
            "'2024-03-30' is no start; allowed: an instant in UTC, YYYY-MM-DDTHH:MM:SSZ",
        ),
        ({"start": "2024-02-30T00:00:00Z"}, "is no start"),
        ({"start": "2024-03-30T23:14:60Z"}, "is no start"),
        ({"start": "1024-03-30T23:00:00Z"}, "in the years 1990 to 2100"),
        (
            {"start": "2024-03-30T23:05:00Z"},
            "off the grid: 2024-03-30T23:05:00Z is not where a slot of PT15M starts",
        ),
        ({"start": "2024-03-30T23:00:00.5Z"}, "off the grid"),
        ({"start": "2024-03-30T23:15:00Z", "resolution": "PT1H"}, "which is at a whole hour"),
        (
            {"start": "2024-03-31T23:00:00Z", "resolution": "P1D"},
            "at midnight in Brussels (a day) or at 06:00 there",
        ),
        ({"value": "0;243"}, "'0;243' is not a number; allowed: digits, with a point before the decimals"),
        ({"value": "nan"}, "is not a number"),
        ({"value": "0.2431"}, "0.2431 has more than three decimals"),
        ({"value": "1000000000"}, "too large; allowed: less than 1000000000 units"),
        (
            {"value": ""},
            "the value is missing; allowed only where the state is WITHDRAWN, and this one is 'READ'",
        ),
        ({"state": "WITHDRAWN"}, "what is WITHDRAWN has no value, and here it is 0.243; allowed: empty"),
        ({"state": "OK"}, "unknown state 'OK'; allowed: WITHDRAWN, READ, EST, VAL, NVAL"),
        ({"state": ""}, "the state is missing; allowed: WITHDRAWN, READ, EST, VAL, NVAL"),
        ({"factor": "X"}, "unknown factor 'X'; allowed: P, D, C"),
        ({"factor": "P"}, "factor 'P' on what is no gas in kWh"),
        ({"factor": "P", "resolution": "PT1H", "unit": "m3"}, "factor 'P' on what is no gas in kWh"),
    ],
)
def test_a_wrong_row_is_rejected_with_its_reason(changed: dict[str, str], reason: str) -> None:
    """R3: a row that cannot be right is set aside with what is wrong and what is allowed; the rows around it stay."""
    found = read(read_csv(csv_of(row(), row(**changed), row(value="7"))))
    assert found.rows.get_column("value").to_list() == [243, 7000]
    assert found.rows.get_column("line").to_list() == [2, 4]
    (said,) = found.rejected.to_dicts()
    assert reason in said["reason"]
    assert said["line"] == 3
    assert said["ean"] == (0 if "ean" in changed else int(EAN))


def test_all_that_is_wrong_is_told_at_once() -> None:
    """R3: a row with several faults is rejected once, for all of them."""
    (said,) = read(read_csv(csv_of(row(ean="1", unit="x", value="y", state="z")))).rejected.to_dicts()
    assert said["reason"].count("; allowed") == 3
    assert "'1' is no EAN" in said["reason"]


def test_what_is_rejected_can_be_corrected_and_read_again() -> None:
    """R3: a row that was set aside is kept as an object that can be read again, once it is corrected."""
    rejected = read(read_csv(csv_of(row(unit="Wh", value="0.250")))).rejected
    content = rejected.item(0, "content")
    again = read(read_long(io.BytesIO(content.encode())))
    assert again.rejected.get_column("reason").to_list() == rejected.get_column("reason").to_list()
    corrected = read(read_long(io.BytesIO(content.replace('"Wh"', '"kWh"').encode())))
    whole = read(read_csv(csv_of(row(value="0.250"))))
    assert corrected.rows.drop("line").equals(whole.rows.drop("line"))
    assert corrected.rows.height == 1


@pytest.mark.parametrize("chunk_bytes", [400, 1000, 8_000_000])
def test_every_line_is_accounted_for(chunk_bytes: int) -> None:
    """R3: lines that cannot be cut are rejected one by one with their number, whatever stands around them."""
    good = ",".join(row().values())
    lines = [
        HEADER,
        good,
        "",
        good + ",more",
        good,
        "short",
        '"' + good,
        good,
        f'a"{good}',
        "\r",
        good,
        "  ",
        good,
    ]
    found = read(read_csv(io.BytesIO("\n".join(lines).encode()), chunk_bytes=chunk_bytes))
    assert found.rows.get_column("line").to_list() == [2, 5, 8, 11, 13]
    rejected = found.rejected.sort("line")
    assert rejected.get_column("line").to_list() == [4, 6, 7, 9, 12]
    assert (
        rejected.item(0, "reason") == "columns missing or too many: there are 12, and the first line has 11"
    )
    assert rejected.item(1, "content") == "short"
    assert rejected.item(2, "reason") == "a quotation mark is not closed, or stands where none may"


def test_lines_of_wrong_width_are_rejected_alone() -> None:
    """R3: of lines without quotes, one that has too many columns is rejected with its number, between empty lines too."""
    good = ",".join(row().values())
    found = read(
        read_csv(io.BytesIO("\r\n".join([HEADER, "", good, "1,2", "", good, good + ",", good]).encode()))
    )
    assert found.rows.get_column("line").to_list() == [3, 6, 8]
    assert found.rejected.get_column("line").to_list() == [4, 7]
    assert found.rejected.get_column("content").to_list() == ["1,2", good + ","]


def test_many_rows_come_in_batches() -> None:
    """R4: a large file is read in parts, and no row is lost between them."""
    text = csv_of(*[row(value=str(number)) for number in range(20_000)])
    batches = list(read_csv(text, chunk_bytes=200_000))
    assert len(batches) > 5
    assert read(batches).rows.get_column("value").to_list() == [number * 1000 for number in range(20_000)]
    assert read(batches).rows.get_column("line").to_list() == list(range(2, 20_002))


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER + ",colour", "unknown column 'colour'"),
        (HEADER.replace("unit,", ""), "column 'unit' is missing. Found: ean, sub_ean"),
        (HEADER.replace("sub_ean", "ean"), "column 'ean' is there twice"),
        (HEADER.replace("value", "values"), "column 'states' is missing"),
        (HEADER.replace(",value,state,factor", ",values,states"), "CSV holds a value on each row"),
        ("Van (datum);Van (tijdstip)", "unknown column 'Van (datum)'"),
        ("", "the file is empty"),
    ],
)
def test_other_columns_are_told(header: str, told: str) -> None:
    """R4: a file with other columns is refused as a whole, with those found and those allowed."""
    with pytest.raises(WrongColumnsError, match=r"[cC]olumn|file") as refused:
        list(read_csv(io.BytesIO(header.encode())))
    assert told in str(refused.value)


def test_what_is_no_text_is_told() -> None:
    """R4: a file in another encoding is refused, with the line."""
    text = csv_of(row(), row(meter_id="é")).getvalue().decode().encode("latin-1")
    with pytest.raises(BrokenError, match="line 3 is no text in UTF-8"):
        list(read_csv(io.BytesIO(text)))


def test_a_line_has_a_bound() -> None:
    """R4: a file without ends of lines does not fill the memory."""
    with pytest.raises(TooLargeError, match="line 2 is longer than 1000 bytes"):
        list(read_csv(io.BytesIO(HEADER.encode() + b"\n" + b"x" * 5000), chunk_bytes=1000))


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"meter_id": "1SAG\0"}, "meter_id has a character that cannot be shown"),
        ({"meter_id": "1SAG\x1b[2J"}, "meter_id has a character that cannot be shown"),
        ({"value": "\uff11.5"}, "'\uff11.5' is not a number"),
        ({"value": "1\0"}, "is not a number"),
        ({"start": "\uff12024-03-30T23:00:00Z"}, "is no start"),
        ({"start": "2024-03-30T23:00:0\uff10Z"}, "is no start"),
        ({"ean": EAN[:-1] + "\uff17"}, "is no EAN"),
        ({"sub_ean": EAN[:-1] + "\uff17"}, "is no EAN"),
    ],
)
def test_characters_that_nobody_means(changed: dict[str, str], what: str) -> None:
    """R3: a digit of another script is no number, and what cannot be shown no name: the row alone is set aside."""
    found = read(read_csv(csv_of(row(), row(**changed), row())))
    assert sorted(found.rows["line"]) == [2, 4]
    [(line, reason)] = found.rejected.select("line", "reason").rows()
    assert (line, what in reason) == (3, True)


@pytest.mark.parametrize("cut", [1, 2, 10, 60])
def test_a_file_that_is_cut_off(cut: int) -> None:
    """R3: a last line without line end that lacks columns tells that the rest did not come: nothing of it counts."""
    whole = csv_of(row(), row(factor="")).getvalue().rstrip(b"\n")
    with pytest.raises(BrokenError, match="cut off inside line 3"):
        read(read_csv(io.BytesIO(whole[:-cut])))


def test_a_last_line_that_is_whole_needs_no_line_end() -> None:
    """R4: with all its columns the last line counts; one that ends and lacks columns is set aside alone."""
    whole = csv_of(row(), row()).getvalue()
    assert read(read_csv(io.BytesIO(whole.rstrip(b"\n")))).rows.height == 2
    found = read(read_csv(io.BytesIO(whole.rstrip(b"\n")[:-10] + b"\n")))
    assert (found.rows.height, found.rejected["line"].to_list()) == (1, [3])


@pytest.mark.parametrize("last", [b"", b"\n"])
@pytest.mark.parametrize("chunk_bytes", [400, 8_000_000])
def test_lines_that_end_in_cr(chunk_bytes: int, last: bytes) -> None:
    """R4: a file whose lines end in CR alone is read like any other, also if something else stands at its end."""
    content = csv_of(row(), row(value="x"), row()).getvalue().replace(b"\n", b"\r") + last
    found = read(read_csv(io.BytesIO(content), chunk_bytes=chunk_bytes))
    assert sorted(found.rows["line"]) == [2, 4]
    assert found.rejected["line"].to_list() == [3]


def test_a_cr_inside_a_line_spoils_that_line_alone() -> None:
    """R3: a CR in a file of other line ends is told as what it is."""
    content = csv_of(row(), row(meter_id="1\r2"), row()).getvalue()
    found = read(read_csv(io.BytesIO(content)))
    assert sorted(found.rows["line"]) == [2, 4]
    assert "line end (CR) stands inside" in found.rejected["reason"][0]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_told(encoding: str) -> None:
    """R4: a file in UTF-16, with its mark or without, is refused with what is allowed."""
    content = csv_of(row()).getvalue().decode().replace("\n", "\r\n").encode(encoding)
    with pytest.raises(BrokenError, match="UTF-8"):
        read(read_long(io.BytesIO(content)))


def test_a_header_that_can_not_be_cut() -> None:
    """R4: a first line that is no list of names is refused, and not a fault of ours."""
    for header in (HEADER + ',"x', HEADER + "," + "x" * 200_000):
        with pytest.raises(WrongColumnsError, match="first line"):
            read(read_csv(io.BytesIO(f"{header}\n".encode())))
