"""Files of headpoints and of gas factors, and what docs/headpoints.md says of them."""

import os
import re
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_rules import ALWAYS, faults, warnings
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    GasFactor,
    Headpoint,
    InstallationType,
    MeterType,
    PhysicalMeter,
    SubHeadpoint,
)
from kwartier.domain.period import Period
from kwartier.formats.errors import BrokenError, FormatError, WrongColumnsError
from kwartier.formats.gas_factors import ZoneFactor, read_factors, write_factor, write_month
from kwartier.formats.headpoints import ALLOWED, COLUMNS, Row, read_headpoints
from kwartier.formats.headpoints_words import INSTALLATION_TYPE
from support.domain import brussels

_PAGE: Final = (Path(__file__).parents[2] / "docs" / "headpoints.md").read_text(encoding="utf-8")
_HEADPOINTS, _FACTORS = re.findall(r"```csv\n(.*?)```", _PAGE, re.DOTALL)
EAN, AMR, GAS = (Ean(f"5414488000000000{end}") for end in ("17", "24", "55"))
MARCH: Final = brussels("2025-03-01T00:00")
DIGITAL: Final = KnownHeadpoint(
    Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.DIGITAL),
    meters=(
        HungMeter(PhysicalMeter("1", "1SAG1100000017"), Period(ALWAYS, MARCH)),
        HungMeter(PhysicalMeter("2", "1SAG1100000099"), Period(MARCH)),
    ),
    grid_users=(GridUse("0999.999.922", Period(brussels("2024-01-01T00:00"))),),
)
HEAD: Final = "row,ean,energy,meter_type,seq_number,meter_id,who,from,to\n"
WHOLE: Final = f"headpoint,{EAN},electricity,digital,,,,,\nmeter,{EAN},,,1,A,,,\n"


def write(folder: Path, text: str | bytes) -> Path:
    """A file."""
    file = folder / "file"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    """E8, E9: each headpoint with all that hangs on it, without a fault."""
    read = read_headpoints(write(tmp_path, _HEADPOINTS))
    assert read.wrong == []
    digital, amr, gas = read.headpoints
    assert digital == DIGITAL
    assert amr.direction is Direction.INJECTION
    assert amr.submeters[0] == SubHeadpoint(
        Ean("541448800000000031"), "1", Direction.PRODUCTION, "VREG-1", InstallationType.PV
    )
    assert [sub.direction for sub in amr.submeters] == [Direction.PRODUCTION, Direction.AUXILIARY]
    assert (gas.headpoint.energy_type, gas.gas_zone, gas.meters[0].period) == (EnergyType.GAS, "Z1", None)
    assert [faults(one) + warnings(one) for one in read.headpoints] == [[], [], []]
    assert read.line_of(EAN, DIGITAL.meters[1]) == 4
    assert read.line_of(AMR, None) == 6


def test_the_page_names_rows_columns_and_words() -> None:
    """E8, E9: its tables are those of the code."""
    rows = re.findall(r"^\| `([a-z ]+)` \| (`.+?) \| (`.+?) \|$", _PAGE, re.MULTILINE)
    assert {
        Row(name): (tuple(re.findall(r"`(\w+)`", needs)), tuple(re.findall(r"`(\w+)`", may)))
        for name, needs, may in rows
    } == ALLOWED
    named = dict(re.findall(r"^\| `([a-z_]+)` \| ([^|]+) \|$", _PAGE, re.MULTILINE))
    assert sorted(named) == sorted(COLUMNS)
    assert tuple(re.findall(r"`(\w+)`", named["installation"])) == INSTALLATION_TYPE.names
    assert re.findall(r"`([a-z ]+)`", named["row"]) == [row.value for row in Row]


def test_rows_and_columns_stand_in_any_order(tmp_path: Path) -> None:
    """C7: the example backwards, with semicolons and capitals, says the same."""
    head, *rows = [line.split(",") for line in _HEADPOINTS.splitlines()]
    text = "\r\n".join(";".join(reversed(row)) for row in [[name.upper() for name in head], *reversed(rows)])
    read = read_headpoints(write(tmp_path, b"\xef\xbb\xbf" + text.encode()))
    assert read.wrong == []
    found = {one.headpoint.ean: one for one in read.headpoints}
    assert found.keys() == {EAN, AMR, GAS}
    assert set(found[EAN].meters) == set(DIGITAL.meters)


def test_parquet_says_the_same(tmp_path: Path) -> None:
    """R4: EANs as integers, moments as dates and timestamps, and texts."""
    start = datetime(2024, 1, 1, tzinfo=UTC)
    columns = {
        "row": ["headpoint", "meter", "grid_user"],
        "ean": pa.array([17, 17, 17], pa.int64()),
        "energy": ["E", None, None],
        "meter_type": ["DIGITAL", None, None],
        "seq_number": pa.array([None, 1, None], pa.int64()),
        "meter_id": [None, "A", None],
        "who": [None, None, "BE0999999922"],
        "from": pa.array([None, None, start], pa.timestamp("us", "UTC")),
        "to": pa.array([None, date(2025, 3, 1), None], pa.date32()),
    }
    pq.write_table(pa.table(columns), tmp_path / "file")
    [known] = read_headpoints(tmp_path / "file").headpoints
    assert known == KnownHeadpoint(
        Headpoint(Ean("000000000000000017"), EnergyType.ELECTRICITY, MeterType.DIGITAL),
        meters=(HungMeter(PhysicalMeter("1", "A"), Period(ALWAYS, MARCH)),),
        grid_users=(GridUse("0999.999.922", Period(start)),),
    )


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        ("headpoint,17,electricity,digital,,,,,\n", 4, "18 digits"),
        (f"house,{EAN},,,,,,,\n", 4, "allowed: headpoint, meter, submeter, grid user"),
        (f"headpoint,{AMR},water,digital,,,,,\n", 4, "energy 'water': allowed: electricity, gas"),
        (f"headpoint,{AMR},electricity,,,,,,\n", 4, "needs meter_type"),
        (f"headpoint,{EAN},electricity,digital,,,,,\n", 4, "stands there twice"),
        (f"meter,{EAN},,,2,,,,\n", 4, "needs meter_id"),
        (f"meter,{EAN},gas,,2,B,,,\n", 4, "has no energy"),
        (f"meter,{EAN},,,2,B,,yesterday,\n", 4, "from 'yesterday'"),
        (f"meter,{AMR},,,2,B,,,\n", 4, f"no row 'headpoint' of EAN {AMR}"),
        (f"grid user,{EAN},,,,,somebody,,\n", 4, "needs from"),
        (f"meter,{EAN},,,2\n", 4, "there are 5 columns, and the first line has 9"),
    ],
)
def test_a_wrong_row_is_told_with_its_line(tmp_path: Path, rows: str, line: int, words: str) -> None:
    """R3: line and reason of what cannot be so; nothing of its headpoint is read."""
    read = read_headpoints(write(tmp_path, HEAD + WHOLE + rows))
    [(told, reason)] = read.wrong
    assert told == line
    assert words in reason
    assert EAN in [one.headpoint.ean for one in read.headpoints] or str(EAN) in rows


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (b"", WrongColumnsError, "column 'row' is missing; .*column 'meter_type' is missing"),
        (
            b"row,ean,energy,colour,smell,ean\n",
            WrongColumnsError,
            (
                r"^unknown column 'colour'; unknown column 'smell'; column 'meter_type' is missing; "
                r"column 'ean' stands there twice\. Allowed .*: row, ean"
            ),
        ),
        (",".join(map(str, range(12))).encode(), WrongColumnsError, "2 unknown columns more"),
        (b"row,ean,energy,meter_type,colour\n", WrongColumnsError, "unknown column 'colour'"),
        (b"row,ean,energy,meter_type,ean\n", WrongColumnsError, "'ean' stands there twice"),
        (b"row,ean,energy,meter_type\n\xff\xfe\n", BrokenError, "UTF-8"),
        (b'row,ean,energy,meter_type\nheadpoint,"5', BrokenError, "after line"),
        (b"PAR1 and no more", BrokenError, "Parquet"),
    ],
)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, content: bytes, kind: type[FormatError], words: str
) -> None:
    """R4: what is wrong with the whole file is said."""
    with pytest.raises(kind, match=words):
        read_headpoints(write(tmp_path, content))


def test_moments_without_a_time_zone_are_refused(tmp_path: Path) -> None:
    """R4: a naive timestamp of Parquet could mean several moments."""
    columns = {name: ["x"] for name in ("row", "ean", "energy", "meter_type")}
    naive = pa.array([0], pa.timestamp("us"))
    pq.write_table(pa.table(columns | {"from": naive}), tmp_path / "file")
    with pytest.raises(WrongColumnsError, match="without a time zone"):
        read_headpoints(tmp_path / "file")


def test_the_factors_of_the_page_are_read(tmp_path: Path) -> None:
    """E12: exact to four decimals, by gas month and kind."""
    read = read_factors(write(tmp_path, _FACTORS))
    september = 55 * 12 + 8
    assert read.wrong == []
    assert read.factors == [
        ZoneFactor("Z1", september, 111234, GasFactor.PROVISIONAL),
        ZoneFactor("Z1", september - 1, 112001, GasFactor.DEFINITIVE),
        ZoneFactor("Z2", september - 1, 110000, GasFactor.CONSTANT),
    ]
    assert [(write_month(one.month), write_factor(one.factor)) for one in read.factors] == [
        ("2025-09", "11.1234"),
        ("2025-08", "11.2001"),
        ("2025-08", "11.0000"),
    ]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (",2025-09,11.1,P", "zone is empty"),
        ("Z,2025-13,11.1,P", "YYYY-MM"),
        ("Z,2025-09,11.12345,P", "at most 4 decimals"),
        ("Z,2025-09,0.0,P", "above 0"),
        ("Z,2025-09,-11,P", "above 0"),
        ("Z,2025-09,11.1,X", "allowed: P, D, C"),
        ("Z,2025-09,11.1,C", "is 11.0000"),
        ("Z,2025-09,11.1", "3 columns"),
    ],
)
def test_a_wrong_factor_is_told_with_its_line(tmp_path: Path, row: str, words: str) -> None:
    """E12, R3: line and reason; the others are read."""
    read = read_factors(write(tmp_path, f"zone,month,factor,kind\n{row}\nZ,2025-09,11.1,P\n"))
    [(line, reason)] = read.wrong
    assert line == 2
    assert words in reason
    assert read.lines == [3]


@pytest.mark.parametrize("odd", ["Z\0", "Z\x1b[2J"])
def test_names_that_can_not_be_shown(tmp_path: Path, odd: str) -> None:
    """E8, E12: the name of a zone or a grid user with a control character is told with its line."""
    factors = read_factors(write(tmp_path, f"zone,month,factor,kind\n{odd},2025-09,11.2,D\n"))
    assert factors.factors == []
    [(line, reason)] = factors.wrong
    assert (line, "cannot be shown" in reason) == (2, True)
    table = (
        f"row,ean,energy,meter_type,who,from\nheadpoint,{AMR},gas,AMR,,\ngrid user,{AMR},,,{odd},2024-01-01\n"
    )
    headpoints = read_headpoints(write(tmp_path, table))
    assert headpoints.headpoints == []
    [(line, reason)] = headpoints.wrong
    assert (line, "cannot be shown" in reason) == (3, True)


def test_a_table_comes_through_a_pipe(tmp_path: Path) -> None:
    """E8: nothing is lost of a table that can be read only once."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = Thread(target=pipe.write_text, args=(_FACTORS,))
    writer.start()
    assert read_factors(pipe).factors == read_factors(write(tmp_path, _FACTORS)).factors
    writer.join()
