import io

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kwartier.domain.days import Grid
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import GasFactor, State, state_code
from kwartier.formats.portal import read_report
from kwartier.formats.portal.words import Language
from kwartier.formats.portal.writing import write_reports
from kwartier.formats.rows import REJECTED, ROWS
from support.portal import AUTUMN, EAN, HEADERS, SUB_EAN, digital_day, expressible_rows, read, report

QUARTER_HOUR: dict[str, int | str] = {
    "ean": int(EAN),
    "sub_ean": 0,
    "meter_id": "1SAG0000000001",
    "direction": 0,
    "kind": 0,
    "unit": 0,
    "grid": Grid.QUARTER_HOUR.value,
    "slot": 1_921_096,  # 15 October 2024, 12:00 in Brussels
    "value": 123,
    "state": State.READ.value,
    "line": 1,
}
HOUR = QUARTER_HOUR | {"grid": Grid.HOUR.value, "slot": 480_274}
AMR = QUARTER_HOUR | {"meter_id": "", "state": State.NVAL.value}


def frame(*rows: dict[str, int | str]) -> pl.DataFrame:
    """Rows as a frame."""
    return pl.DataFrame(rows, schema=ROWS, orient="row")


def written(rows: pl.DataFrame, language: Language) -> dict[str, str]:
    """The reports of rows by their names."""
    return {one.name: b"".join(one.content).decode() for one in write_reports(rows, language)}


def read_again(
    rows: pl.DataFrame, language: Language, chunk_bytes: int = 10**6
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What the reports of rows are read into."""
    kept, rejected = [ROWS.to_frame()], [REJECTED.to_frame()]
    for name, content in written(rows, language).items():
        for batch in read_report(io.BytesIO(content.encode()), name, chunk_bytes=chunk_bytes):
            kept.append(batch.rows)
            rejected.append(batch.rejected)
    return pl.concat(kept), pl.concat(rejected)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows without their lines, in one order."""
    return rows.drop("line").sort(pl.all())


@given(expressible_rows(), st.sampled_from(Language), st.sampled_from([300, 10**6]))
def test_what_is_written_is_read_again(rows: pl.DataFrame, language: Language, chunk_bytes: int) -> None:
    """R4: rows of all kinds, over both changes of clock, with slots missing and withdrawn, come back as they were."""
    again, rejected = read_again(rows, language, chunk_bytes)
    assert rejected.rows() == []
    assert in_order(again).rows() == in_order(rows).rows()


@given(st.sets(st.integers(0, 7)), st.sampled_from(Language))
@example({2}, Language.DUTCH)
@example(set(range(8)), Language.ENGLISH)
def test_any_part_of_the_night_is_read_again(quarters: set[int], language: Language) -> None:
    """R4: of the hour that comes twice any quarter-hours may be there, of either pass."""
    first = 1_922_208  # 27 October 2024, 02:00 summer time
    rows = frame(*(QUARTER_HOUR | {"slot": first + place, "value": place} for place in sorted(quarters)))
    again, rejected = read_again(rows, language)
    assert rejected.rows() == []
    assert in_order(again).rows() == in_order(rows).rows()


def test_passes_of_two_series_are_told_apart() -> None:
    """R4: offtake of one pass and injection of the other share a label, and are not each other's passes."""
    rows = frame(QUARTER_HOUR | {"slot": 1_922_208}, QUARTER_HOUR | {"slot": 1_922_212, "direction": 1})
    again, rejected = read_again(rows, Language.DUTCH)
    assert rejected.rows() == []
    assert in_order(again).rows() == in_order(rows).rows()


@pytest.mark.parametrize("language", Language)
def test_a_whole_day_is_written_as_the_portal_does(language: Language) -> None:
    """R4: the day of a change of clock gets the portal's own lines, in its order."""
    lines = [line for _, line in digital_day(AUTUMN)]
    ((_, content),) = written(read(report(lines)).rows, language).items()
    header, *body = content.splitlines()
    assert header.removeprefix("\ufeff") == HEADERS["3" if language is Language.DUTCH else "4"]
    said = "\n".join(body)
    for dutch, english in [
        ("Afname", "Offtake"),
        ("Injectie", "Injection"),
        ("Nacht", "Night"),
        ("Dag", "Day"),
    ]:
        said = said.replace(english, dutch)
    said = said.replace("Digital meter", "Digitale meter").replace("Read", "Uitgelezen").replace("/", "-")
    expected = [str(line) for line in lines]
    by_day = [line.replace("Nacht", "Dag") for line in expected]
    assert said.replace("Nacht", "Dag").splitlines() == by_day
    assert "Omschrijving" in header or language is Language.ENGLISH
    assert said.splitlines()[:56] == expected[:56]


def test_a_line_of_gas() -> None:
    """E12, R4: gas has a column for the conversion factor, before the description."""
    rows = frame(HOUR | {"state": state_code(State.EST, GasFactor.DEFINITIVE)}, HOUR | {"unit": 2})
    ((name, content),) = written(rows, Language.ENGLISH).items()
    assert name == f"Consumption_history_gas_{EAN}_20241015_20241015_hourly totals.csv"
    assert content.splitlines() == [
        "\ufeff" + HEADERS["4 gas"],
        f'15/10/2024;12:00:00;15/10/2024;13:00:00;="{EAN}";1SAG0000000001;Digital meter;Offtake;0,123;kWh;Estimated;Definitive;',
        f'15/10/2024;12:00:00;15/10/2024;13:00:00;="{EAN}";1SAG0000000001;Digital meter;Offtake;0,123;m³;Read;;',
    ]


def test_names_and_files() -> None:
    """R4: a file per headpoint and grid, on AMR per direction and one for submeters, named as the portal does."""
    other = {"ean": 9} | {name: value for name, value in QUARTER_HOUR.items() if name != "ean"}
    day = QUARTER_HOUR | {"grid": Grid.DAY.value, "slot": 20_011, "kind": 1}
    submeter = AMR | {"sub_ean": int(SUB_EAN), "direction": 2}
    rows = frame(
        QUARTER_HOUR, QUARTER_HOUR | {"direction": 1}, other, day, HOUR, AMR, AMR | {"direction": 1}, submeter
    )
    days = "20241015_20241015"
    assert sorted(written(rows, Language.DUTCH)) == [
        f"Historiek_afname_elektriciteit_{EAN}_{days}_kwartiertotalen.csv",
        f"Historiek_injectie_elektriciteit_{EAN}_{days}_kwartiertotalen.csv",
        f"Historiek_submeting_elektriciteit_{EAN}_{days}_kwartiertotalen.csv",
        f"Verbruikshistoriek_elektriciteit_{9:018d}_{days}_kwartiertotalen.csv",
        f"Verbruikshistoriek_elektriciteit_{EAN}_20241015_20241015_dagtotalen.csv",
        f"Verbruikshistoriek_elektriciteit_{EAN}_{days}_kwartiertotalen.csv",
        f"Verbruikshistoriek_gas_{EAN}_{days}_uurtotalen.csv",
    ]


def test_the_days_in_a_name() -> None:
    """R4: a file is named for its first and its last day."""
    rows = frame(*(QUARTER_HOUR | {"slot": QUARTER_HOUR["slot"] + 96 * days} for days in (3, 0, 40)))  # type: ignore[operator]
    assert list(written(rows, Language.ENGLISH)) == [
        f"Consumption_history_electricity_{EAN}_20241015_20241124_15 minute totals.csv"
    ]


def test_one_pass_alone_says_which() -> None:
    """R4: where a label stands there once, the description tells its pass; where it stands there twice, nothing does."""
    night = [QUARTER_HOUR | {"slot": 1_922_208 + place} for place in (0, 4, 1, 6)]
    ((_, content),) = written(frame(*night), Language.DUTCH).items()
    told = [line.split(";") for line in content.splitlines()[1:]]
    assert [(fields[1], fields[-1]) for fields in told] == [
        ("02:00:00", ""),
        ("02:00:00", ""),
        ("02:15:00", "(zomertijd)"),
        ("02:30:00", "(wintertijd)"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (QUARTER_HOUR | {"kind": 1}, "register, unit and grid"),
        (QUARTER_HOUR | {"unit": 2}, "register, unit and grid"),
        (QUARTER_HOUR | {"state": State.VAL.value}, "with a meter named"),
        (AMR | {"state": State.READ.value}, "with a meter named"),
        (QUARTER_HOUR | {"state": state_code(State.READ, GasFactor.PROVISIONAL)}, "conversion factor"),
        (QUARTER_HOUR | {"sub_ean": 5}, "submeter"),
        (AMR | {"sub_ean": 5, "direction": 1}, "submeter"),
        (AMR | {"direction": 2}, "submeter"),
        (AMR | {"sub_ean": int(EAN)}, "an EAN of its own"),
        (QUARTER_HOUR | {"meter_id": " 1"}, "no space around it"),
        (QUARTER_HOUR | {"meter_id": "1\n2"}, "no line break"),
        (QUARTER_HOUR | {"value": -1}, "from 0"),
        (QUARTER_HOUR | {"value": 10**18}, "from 0"),
        (QUARTER_HOUR | {"state": State.WITHDRAWN.value}, "0 where there is none"),
        (QUARTER_HOUR | {"state": State.SILENT.value, "value": 0}, "with a meter named"),
    ],
)
def test_what_has_no_form_is_refused(row: dict[str, int | str], reason: str) -> None:
    """R4: a row that a report cannot say is refused, and named; nothing is written otherwise than it is."""
    with pytest.raises(InvalidValueError, match=reason):
        written(frame(row), Language.DUTCH)


def test_a_slot_twice_is_refused() -> None:
    """R4: two values of one slot have no form."""
    with pytest.raises(InvalidValueError, match="is there once"):
        written(frame(QUARTER_HOUR, QUARTER_HOUR | {"value": 5}), Language.DUTCH)


def test_long_reports_come_in_parts() -> None:
    """R4: a long report is written part by part."""
    count = 250_000
    slots = pl.DataFrame({"slot": range(count)}).cast(pl.Int64) + 1_500_000
    rows = (
        slots.with_columns(
            pl.lit(value).alias(name) for name, value in QUARTER_HOUR.items() if name != "slot"
        )
        .select(ROWS.names())
        .cast(ROWS)
    )
    (one,) = write_reports(rows, Language.DUTCH)
    parts = list(one.content)
    assert len(parts) == 4
    assert sum(part.count(b"\n") for part in parts) == count + 1
