from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, GasFactor, RegisterKind, State, Unit, state_code
from kwartier.formats.portal import read_report
from kwartier.formats.rows import DIRECTIONS, KINDS, REJECTED, ROWS, UNITS
from support.portal import AMR, DIGITAL, EAN, GAS, HEADERS, NAME, SUB_EAN, Line, digital_day, read, report

NOON = 1_728_986_400  # 15 October 2024, 12:00 in Brussels
SUBMETERS = f"Historiek_submeting_elektriciteit_{EAN}_20241001_20241031_kwartiertotalen.csv"


def only(line: Line | str, generation: str = "3", name: str = NAME) -> dict[str, object]:
    """The one row of a report of one line."""
    batch = read(report([line], generation), name)
    assert batch.rejected.rows() == []
    (row,) = batch.rows.iter_rows(named=True)
    return row


def test_a_digital_quarter_hour() -> None:
    """E8, R4: the tariff in force tells the total of a quarter-hour, in thousandths, READ."""
    assert only(DIGITAL) == {
        "ean": int(EAN),
        "sub_ean": 0,
        "meter_id": "1SAG0000000001",
        "direction": DIRECTIONS.index(Direction.OFFTAKE),
        "kind": KINDS.index(RegisterKind.TOTAL),
        "unit": UNITS.index(Unit.KWH),
        "grid": Grid.QUARTER_HOUR,
        "slot": NOON // 900,
        "value": 123,
        "state": State.READ,
        "line": 2,
    }


def test_rows_and_rejected_have_their_schemas() -> None:
    """R4: batches have the columns that every format has, those of an empty report too."""
    for content in (report([DIGITAL, "nothing"]), report([])):
        batch = read(content)
        assert batch.rows.schema == ROWS
        assert batch.rejected.schema == REJECTED


@pytest.mark.parametrize("generation", HEADERS)
def test_generations(generation: str) -> None:
    """R4: all four generations of header say the same."""
    factor = "" if "gas" in generation else None
    description = None if generation in {"1", "1 gas"} else ""
    line = replace(DIGITAL, factor=factor, description=description)
    assert only(line, generation) == only(DIGITAL)


def test_english() -> None:
    """R4: an English report says what the Dutch one says."""
    english = replace(
        DIGITAL,
        start=("15/10/2024", "12:00:00"),
        end=("15/10/2024", "12:15:00"),
        meter_type="Digital meter",
        register="Offtake Day",
        state="Read",
    )
    assert only(english, "4") == only(DIGITAL)


@pytest.mark.parametrize(
    "line",
    [
        replace(DIGITAL, ean=EAN),
        replace(DIGITAL, ean=f"={EAN}"),
        replace(DIGITAL, ean=f'"=""{EAN}"""'),
        replace(DIGITAL, start=("15-10-2024", "12:00"), end=("15-10-2024", "12:15")),
        replace(DIGITAL, register="AFNAME dag", state="uitgelezen", unit="KWH"),
        replace(DIGITAL, register='"Afname Dag"', volume='"0,123"'),
        replace(DIGITAL, register="Afname Nacht"),
        replace(DIGITAL, state="Gevalideerd"),
        replace(DIGITAL, volume=" 0,123 ", meter=" 1SAG0000000001 "),
    ],
)
def test_spellings(line: Line) -> None:
    """R4: what the portal and spreadsheets make of a line is read as the same."""
    assert only(line) == only(DIGITAL)


def test_a_morning_hour_of_one_digit() -> None:
    """R4: a spreadsheet leaves out the zero of an hour."""
    early = replace(DIGITAL, start=("15-10-2024", "9:00:00"), end=("15-10-2024", "9:15:00"))
    assert only(early)["slot"] == (NOON - 3 * 3600) // 900


@pytest.mark.parametrize(
    "content",
    [
        report([DIGITAL], bom=False),
        report([DIGITAL], last=""),
        report([DIGITAL], newline="\r\n", last="\r\n"),
        report([DIGITAL], last="\n\n\n"),
    ],
)
def test_files(content: bytes) -> None:
    """R4: with or without a byte order mark and a last newline, and with either newline, a file says the same."""
    batch = read(content)
    assert batch.rejected.rows() == []
    assert batch.rows.rows(named=True) == [only(DIGITAL)]


def test_a_header_in_any_capitals_and_order() -> None:
    """R4: columns are known by their names."""
    names, fields = HEADERS["3"].upper().split(";")[::-1], str(DIGITAL).split(";")[::-1]
    batch = read("\n".join([";".join(names), ";".join(fields)]).encode())
    assert batch.rows.rows(named=True) == [only(DIGITAL)]


@pytest.mark.parametrize(
    ("volume", "value"), [("0,000", 0), ("7", 7000), ("1,5", 1500), ("999999999999999,999", 10**18 - 1)]
)
def test_volumes(volume: str, value: int) -> None:
    """R4: volumes are thousandths, exactly."""
    assert only(replace(DIGITAL, volume=volume))["value"] == value


@pytest.mark.parametrize("state", ["Geen verbruik", "Geen gegevens", "No consumption", "No data"])
@pytest.mark.parametrize("line", [DIGITAL, AMR])
def test_no_reading_is_not_zero(line: Line, state: str) -> None:
    """R1, R4: an empty volume takes back what was there before."""
    row = only(replace(line, volume="", state=state))
    assert (row["state"], row["value"]) == (State.WITHDRAWN, 0)


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (replace(DIGITAL, state="Geschat"), State.EST),
        (replace(DIGITAL, state="Estimated"), State.EST),
        (AMR, State.VAL),
        (replace(AMR, state="Ongevalideerd"), State.NVAL),
        (replace(AMR, state="Geschat"), State.NVAL),
    ],
)
def test_states(line: Line, state: State) -> None:
    """E8: a state means what it means on a digital meter, or on AMR, which names no meter."""
    assert only(line)["state"] == state


@pytest.mark.parametrize(
    ("register", "unit", "direction", "kind"),
    [
        ("Afname Actief", "kWh", Direction.OFFTAKE, RegisterKind.TOTAL),
        ("Afname Capacitief", "kVArh", Direction.OFFTAKE, RegisterKind.CAPACITIVE),
        ("Afname Inductief", "kVArh", Direction.OFFTAKE, RegisterKind.INDUCTIVE),
        ("Injectie Actief", "kWh", Direction.INJECTION, RegisterKind.TOTAL),
        ("Injection Inductive", "kVArh", Direction.INJECTION, RegisterKind.INDUCTIVE),
    ],
)
def test_registers_of_amr(register: str, unit: str, direction: Direction, kind: RegisterKind) -> None:
    """E8: AMR has active energy in kWh and reactive energy in kVArh."""
    row = only(replace(AMR, register=register, unit=unit))
    assert (row["direction"], row["kind"]) == (DIRECTIONS.index(direction), KINDS.index(kind))
    assert row["unit"] == UNITS.index(Unit(unit))


def test_day_totals() -> None:
    """E8: days have a day and a night register, on the grid of Brussels days."""
    day = replace(DIGITAL, start=("15-10-2024", "00:00:00"), end=("16-10-2024", "00:00:00"))
    batch = read(report([day, replace(day, register="Afname Nacht")]))
    slot = (date(2024, 10, 15) - date(1970, 1, 1)).days
    kinds = [KINDS.index(RegisterKind.DAY), KINDS.index(RegisterKind.NIGHT)]
    assert batch.rows.select("grid", "slot", "kind").rows() == [(Grid.DAY, slot, kind) for kind in kinds]


@pytest.mark.parametrize(
    ("factor", "kind"),
    [
        ("Voorlopig", GasFactor.PROVISIONAL),
        ("Definitief", GasFactor.DEFINITIVE),
        ("", GasFactor.NONE),
        ("Constant", GasFactor.CONSTANT),
    ],
)
def test_energy_of_gas_has_a_factor(factor: str, kind: GasFactor) -> None:
    """E12: the row in kWh tells its conversion factor."""
    row = only(replace(GAS, factor=factor), "1 gas")
    assert row["state"] == state_code(State.READ, kind)
    assert (row["grid"], row["slot"]) == (Grid.HOUR, NOON // 3600)


@pytest.mark.parametrize("unit", ["m3", "m³"])
def test_volumes_of_gas(unit: str) -> None:
    """E8, E12: the row in cubic metres has no factor."""
    row = only(replace(GAS, factor="", unit=unit), "1 gas")
    assert (row["unit"], row["state"]) == (UNITS.index(Unit.M3), State.READ)


def test_gas_days() -> None:
    """E8: a gas day runs from six to six."""
    day = replace(GAS, start=("15-10-2024", "06:00:00"), end=("16-10-2024", "06:00:00"))
    row = only(day, "1 gas")
    assert (row["grid"], row["slot"]) == (Grid.GAS_DAY, (date(2024, 10, 15) - date(1970, 1, 1)).days)


@pytest.mark.parametrize("register", ["Productie Actief", "Hulpverbruik Actief", "Afname Actief"])
@pytest.mark.parametrize("description", [f"Submeting 4 {SUB_EAN}", f'"PV ({SUB_EAN}), {EAN}"'])
def test_the_description_names_the_submeter(register: str, description: str) -> None:
    """E9: the headpoint stands in its column, the submeter's EAN somewhere in the description."""
    row = only(replace(AMR, register=register, description=description), name=SUBMETERS)
    assert (row["ean"], row["sub_ean"]) == (int(EAN), int(SUB_EAN))


def test_the_column_names_the_submeter() -> None:
    """E9: where only the submeter's EAN is told, the catalogue tells its headpoint."""
    line = replace(
        AMR, ean=f'="{SUB_EAN}"', register="Productie Actief", description="Submeting 4 | Productie"
    )
    batch = read(report([line]), SUBMETERS, headpoint_of={int(SUB_EAN): int(EAN)}.get)
    assert batch.rows.select("ean", "sub_ean").rows() == [(int(EAN), int(SUB_EAN))]


def test_a_submeter_that_is_not_known_stands_for_its_headpoint() -> None:
    """E9, R3: where the catalogue does not know the headpoint either, the row is one all the same, so that it can wait."""
    line = replace(AMR, ean=f'="{SUB_EAN}"', register="Productie Actief")
    batch = read(report([line]), SUBMETERS)
    assert batch.rows.select("ean", "sub_ean").rows() == [(int(SUB_EAN), int(SUB_EAN))]
    assert batch.rejected.is_empty()


def test_a_description_makes_no_submeter() -> None:
    """E9: in a headpoint's own file the description is a name that its user gave."""
    row = only(
        replace(AMR, description=f"Bureau {SUB_EAN}"), name=f"Historiek_afname_elektriciteit_{EAN}.csv"
    )
    assert (row["ean"], row["sub_ean"]) == (int(EAN), 0)


def test_a_submeter_in_a_file_of_any_name() -> None:
    """E9: in a file whose name tells nothing, another EAN in the description is that of a submeter."""
    row = only(replace(AMR, description=f"Bureau {SUB_EAN}"), name="upload.csv")
    assert (row["ean"], row["sub_ean"]) == (int(EAN), int(SUB_EAN))


def test_another_ean_than_in_the_name_warns() -> None:
    """R4: where name and rows differ the rows count, and the caller is told once."""
    warnings: list[str] = []
    other = replace(DIGITAL, ean=f'="{SUB_EAN}"')
    batch = read(report([other, other]), NAME, warn=warnings.append, chunk_bytes=100)
    assert set(batch.rows["ean"]) == {int(SUB_EAN)}
    (warning,) = warnings
    assert EAN in warning
    assert SUB_EAN in warning


def test_the_same_ean_as_in_the_name_does_not_warn() -> None:
    """R4: nothing is said where name and rows agree."""
    warnings: list[str] = []
    assert read(report([DIGITAL]), NAME, warn=warnings.append).rows.height == 1
    assert warnings == []


def test_a_path(tmp_path: Path) -> None:
    """R4: a report is read from a file, too."""
    path = tmp_path / NAME
    path.write_bytes(report([DIGITAL]))
    rows = [row for batch in read_report(path, path.name) for row in batch.rows.rows(named=True)]
    assert rows == [only(DIGITAL)]


@pytest.mark.parametrize("chunk_bytes", [1, 50, 130, 1000, 5000])
def test_borders_of_batches_do_not_show(chunk_bytes: int) -> None:
    """R4: however little is read at once, rows, lines and reasons are the same."""
    good = [line for _, line in digital_day(date(2024, 10, 14))][:30]
    lines: list[Line | str] = [*good[:7], "", "broken", replace(DIGITAL, volume="1.5"), '"open', *good[7:]]
    whole, parts = read(report(lines)), read(report(lines), chunk_bytes=chunk_bytes)
    assert whole.rows.height == 30
    assert parts.rows.equals(whole.rows)
    assert whole.rejected.height == 3
    assert parts.rejected.equals(whole.rejected)


def test_memory_is_that_of_a_batch() -> None:
    """R4: rows come while the file is still being read."""
    lines = [line for _, line in digital_day(date(2024, 10, 14))]
    sizes = [batch.rows.height for batch in read_report(BytesIO(report(lines)), NAME, chunk_bytes=2000)]
    assert sum(sizes) == len(lines)
    assert max(sizes) < 30


@pytest.mark.parametrize("first", ["\n", "\n\n", "\r\n \r\n"])
@pytest.mark.parametrize("bom", [True, False])
def test_blank_lines_come_before_the_header(first: str, bom: bool) -> None:  # noqa: FBT001
    """R4: blank lines before the names of the columns are passed over, and lines keep their numbers."""
    content = report([DIGITAL], bom=False)
    batch = read((b"\xef\xbb\xbf" if bom else b"") + first.encode() + content)
    assert batch.rows["line"].to_list() == [2 + first.count("\n")]


@pytest.mark.parametrize("chunk_bytes", [1, 150, 10**6])
@pytest.mark.parametrize("last", ["\r", ""])
def test_lines_that_end_in_cr(chunk_bytes: int, last: str) -> None:
    """R4: a report whose lines end in CR alone is read like any other."""
    content = report(
        [DIGITAL, "nonsense", replace(DIGITAL, register="Injectie Dag")], newline="\r", last=last
    )
    batch = read(content, chunk_bytes=chunk_bytes)
    assert sorted(batch.rows["line"]) == [2, 4]
    assert batch.rejected["line"].to_list() == [3]


@pytest.mark.parametrize("surplus", [";", ";;;", "; ;"])
@pytest.mark.parametrize("of", ["header", "rows", "all", "quoted"])
def test_empty_columns_behind_the_last_one(surplus: str, of: str) -> None:
    """R4: semicolons that a spreadsheet leaves behind the last column say nothing."""
    line = str(replace(DIGITAL, description='"; ; ;"' if of == "quoted" else ""))
    header = HEADERS["3"] + (surplus if of in {"header", "all"} else "")
    content = f"{header}\n{line}{surplus if of != 'header' else ''}\n"
    batch = read(content.encode())
    assert batch.rejected.rows() == []
    assert batch.rows["value"].to_list() == [123]
