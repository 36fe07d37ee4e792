import io
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kwartier.domain.metering import State
from kwartier.formats.errors import BrokenError
from kwartier.formats.portal import NotAReportError, read_report
from support.portal import AMR, DIGITAL, EAN, GAS, HEADERS, NAME, SUB_EAN, Line, read, report

SUBMETERS = f"Historiek_submeting_elektriciteit_{EAN}_20241001_20241031_kwartiertotalen.csv"
DAY = replace(DIGITAL, start=("15-10-2024", "00:00:00"), end=("16-10-2024", "00:00:00"))
HOUR = replace(DIGITAL, end=("15-10-2024", "13:00:00"))


@pytest.mark.parametrize(
    ("line", "what", "allowed"),
    [
        (replace(DIGITAL, ean='="54144880000000001"'), "'=\"54144880000000001\"' is no EAN", "18 digits"),
        (replace(DIGITAL, ean=""), "'' is no EAN", "18 digits"),
        (replace(DIGITAL, ean="5,41E+17"), "'5,41E+17' is no EAN", "18 digits"),
        (
            replace(DIGITAL, register="Afname Piek"),
            "unknown register 'Afname Piek'",
            "Afname Dag, Afname Nacht",
        ),
        (replace(DIGITAL, unit="MWh"), "unknown unit 'MWh'", "kWh, kVArh, m³"),
        (
            replace(DIGITAL, unit="kVArh"),
            "'kVArh' is no unit of register 'Afname Dag'",
            "kWh of active energy",
        ),
        (replace(AMR, register="Afname Inductief"), "'kWh' is no unit of", "kVArh of reactive energy"),
        (replace(AMR, unit="kVArh"), "'kVArh' is no unit of", "kWh of active energy"),
        (replace(AMR, unit="m3"), "off the grid", "gas has hours"),
        (
            replace(DIGITAL, state="Misschien"),
            "unknown state 'Misschien'",
            "Uitgelezen, Geschat, Geen verbruik",
        ),
        (replace(DIGITAL, state="Ongevalideerd"), "unknown state 'Ongevalideerd'", "Uitgelezen"),
        (replace(AMR, state="Uitgelezen"), "unknown state 'Uitgelezen'", "Gevalideerd, Ongevalideerd"),
        (replace(DIGITAL, volume="abc"), "'abc' is not a number", "decimal comma"),
        (replace(DIGITAL, volume="1,2,3"), "'1,2,3' is not a number", "decimal comma"),
        (replace(DIGITAL, volume="1e5"), "'1e5' is not a number", "decimal comma"),
        (replace(DIGITAL, volume="0.123"), "'0.123' has a decimal point", "decimal comma"),
        (replace(DIGITAL, volume="1.234,5"), "'1.234,5' has a decimal point", "nothing between thousands"),
        (replace(DIGITAL, volume="-0,5"), "negative volume '-0,5'", "0,000 and more"),
        (replace(DIGITAL, volume="0,1234"), "'0,1234' has more than three decimals", "at most three"),
        (replace(DIGITAL, volume="1" + "0" * 15), "is too large", "fifteen digits"),
        (replace(DIGITAL, volume=""), "no volume", "Uitgelezen"),
        (replace(DIGITAL, state="Geen verbruik"), "a volume ('0,123')", "Geen verbruik"),
        (replace(DIGITAL, start=("31-02-2024", "12:00:00")), "'31-02-2024' is no date", "dd-mm-yyyy"),
        (replace(DIGITAL, end=("2024-10-15", "12:15:00")), "'2024-10-15' is no date", "dd/mm/yyyy"),
        (replace(DIGITAL, start=("15-10-0202", "12:00:00")), "'15-10-0202' is no date", "from 01-01-1990"),
        (replace(DIGITAL, start=("15-10-2024", "25:00:00")), "'25:00:00' is no time", "HH:MM"),
        (replace(DIGITAL, end=("15-10-2024", "noon")), "'noon' is no time", "HH:MM"),
        (replace(DIGITAL, start=("15-10-2024", "12:05:00")), "is off the grid", "a quarter-hour"),
        (replace(DIGITAL, end=("15-10-2024", "12:30:00")), "is off the grid", "a whole hour"),
        (replace(DIGITAL, end=("15-10-2024", "12:00:00")), "is off the grid", "06:00"),
        (replace(DIGITAL, end=("15-10-2024", "11:45:00")), "is off the grid", "a quarter-hour"),
        (HOUR, "'Afname Dag' is electricity", "quarter-hours and days"),
        (
            replace(DAY, register="Afname Actief"),
            "'Afname Actief' is not of a day",
            "a day and a night register",
        ),
        (
            replace(DIGITAL, register="Productie Dag", description=SUB_EAN),
            "below an AMR headpoint",
            "leave the meter empty",
        ),
        (str(DIGITAL).rpartition(";")[0], "there are 11, and the first line has 12", "columns missing"),
        (f"{DIGITAL};x", "there are 13, and the first line has 12", "too many"),
        (replace(DIGITAL, volume="\uff11,5"), "'\uff11,5' is not a number", "decimal comma"),
        (replace(DIGITAL, volume="\u0661"), "'\u0661' is not a number", "decimal comma"),
        (replace(DIGITAL, volume="0,\u0665"), "'0,\u0665' is not a number", "decimal comma"),
        (replace(DIGITAL, volume="-\uff11"), "'-\uff11' is not a number", "decimal comma"),
        (
            replace(DIGITAL, start=("\uff115-10-2024", "12:00:00")),
            "'\uff115-10-2024' is no date",
            "dd-mm-yyyy",
        ),
        (replace(DIGITAL, end=("15-10-2024", "1\uff12:15:00")), "'1\uff12:15:00' is no time", "HH:MM"),
        (replace(DIGITAL, ean=EAN[:-1] + "\uff17"), "is no EAN", "18 digits"),
        (replace(DIGITAL, meter="1SAG\x07"), "the number of the meter", "no control characters"),
        (replace(DIGITAL, meter_type="Digitale\0meter"), "a character NUL stands in it", ""),
        (replace(DIGITAL, description="\0"), "a character NUL stands in it", ""),
        ("nonsense", "there are 1, and the first line has 12", "columns missing"),
        (f'"{DIGITAL}', "a quotation mark is not closed", ""),
    ],
)
def test_reasons(line: Line | str, what: str, allowed: str) -> None:
    """R3: a row that cannot be right is set aside, with what is wrong and what is allowed; good ones stay."""
    batch = read(report([DIGITAL, line, DIGITAL]))
    assert batch.rows["line"].to_list() == [2, 4]
    ((number, _, reason, content),) = batch.rejected.rows()
    assert number == 3
    assert what in reason
    assert allowed in reason
    assert content == str(line)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (
            replace(GAS, factor="Misschien"),
            "unknown conversion factor 'Misschien'; allowed: Voorlopig, Definitief, Constant",
        ),
        (replace(GAS, end=("15-10-2024", "12:15:00")), "a conversion factor ('Voorlopig') is of gas"),
    ],
)
def test_reasons_of_gas(line: Line, what: str) -> None:
    """E12, R3: a conversion factor is one of three, of energy from gas."""
    (reason,) = read(report([line], "1 gas")).rejected["reason"]
    assert what in reason


def test_english_reports_get_english_words() -> None:
    """R3: what is allowed is told in the words of the file."""
    (reason,) = read(report([replace(DIGITAL, state="Misschien")], "4")).rejected["reason"]
    assert "Read, Estimated, No consumption" in reason


def test_all_reasons_at_once() -> None:
    """R3: a row with several faults tells all of them."""
    (reason,) = read(report([replace(DIGITAL, ean="1", unit="MWh", volume="0.1")])).rejected["reason"]
    assert reason.count("; allowed") == 2
    assert all(word in reason for word in ("no EAN", "unknown unit", "decimal point"))


def test_a_rejected_row_tells_its_ean() -> None:
    """R3: a rejected row is found under its EAN, where that could be read."""
    batch = read(report([replace(DIGITAL, unit="MWh"), replace(DIGITAL, ean="x")]))
    assert batch.rejected["ean"].to_list() == [int(EAN), 0]


def test_a_submeter_injects_nothing() -> None:
    """E9, R3: in a file of submeters a register of injection is rejected."""
    (reason,) = read(
        report([replace(AMR, register="Injectie Actief", description=SUB_EAN)]), SUBMETERS
    ).rejected["reason"]
    assert "no injection" in reason


@pytest.mark.parametrize("other", ["9,000", "0,123"])
@pytest.mark.parametrize("chunk_bytes", [1, 200, 10**6])
def test_both_tariffs_contradict_each_other(other: str, chunk_bytes: int) -> None:
    """E8, R3: a quarter-hour with a value on both tariffs is rejected, both rows of it, wherever a batch ends."""
    lines = [
        DIGITAL,
        replace(DIGITAL, register="Afname Nacht", volume=other),
        replace(DIGITAL, register="Injectie Dag"),
    ]
    batch = read(report(lines), chunk_bytes=chunk_bytes)
    assert batch.rows["line"].to_list() == [4]
    assert batch.rejected["line"].to_list() == [2, 3]
    assert all("day tariff and one on the night tariff" in reason for reason in batch.rejected["reason"])


@pytest.mark.parametrize("chunk_bytes", [1, 200, 10**6])
@pytest.mark.parametrize("empty", ["Geen verbruik", "Geen gegevens"])
def test_the_tariff_that_is_not_in_force_is_empty(empty: str, chunk_bytes: int) -> None:
    """E8, R3: the empty row of the other tariff does not take the value back: it says it again."""
    silent = replace(DIGITAL, register="Afname Nacht", volume="", state=empty)
    for lines in ([DIGITAL, silent], [silent, DIGITAL]):
        batch = read(report(lines), chunk_bytes=chunk_bytes)
        assert batch.rejected.rows() == []
        assert batch.rows.select("value", "state").rows() == [(123, State.READ)] * 2


def test_both_tariffs_empty() -> None:
    """R1, R4: two empty rows take a value back like one."""
    silent = replace(DIGITAL, volume="", state="Geen verbruik")
    batch = read(report([silent, replace(silent, register="Afname Nacht")]))
    assert batch.rows["state"].to_list() == [State.WITHDRAWN] * 2


_FIELDS = st.sampled_from(
    ["", "x", '"', "0,1", "-1", "12:00", "15-10-2024", "Injectie Dag", "m3", "Geschat", "m\u00b3", EAN]
)


@given(st.lists(st.lists(_FIELDS, min_size=1, max_size=14), max_size=12), st.sampled_from([1, 60, 10**6]))
def test_every_line_is_accounted_for(lines: list[list[str]], chunk_bytes: int) -> None:
    """R3: each line that is not empty becomes one row, or is rejected with a reason; none is lost or counted twice."""
    texts = [";".join(fields) for fields in lines]
    batch = read(report([DIGITAL, *texts]), chunk_bytes=chunk_bytes)
    numbers = [2] + [number for number, text in enumerate(texts, 3) if text]
    assert sorted([*batch.rows["line"], *batch.rejected["line"]]) == numbers
    assert all(batch.rejected["reason"].str.len_chars() > 10)


@given(st.data())
def test_one_odd_field_is_accounted_for(data: st.DataObject) -> None:
    """R3: whatever stands in one field of a good line, the line is a row or is rejected with a reason."""
    fields = str(DIGITAL).split(";")
    place = data.draw(st.integers(0, len(fields) - 1))
    fields[place] = data.draw(
        _FIELDS | st.text(st.characters(codec="utf-8", exclude_characters=";\n\r"), max_size=8)
    )
    batch = read(report([DIGITAL, ";".join(fields), DIGITAL]))
    assert sorted([*batch.rows["line"], *batch.rejected["line"]]) == [2, 3, 4]
    assert all(batch.rejected["reason"].str.len_chars() > 10)


def told(content: bytes, chunk_bytes: int = 10**6) -> str:
    """What is said of a file that is no report."""
    with pytest.raises(NotAReportError) as raised:
        list(read_report(io.BytesIO(content), NAME, chunk_bytes=chunk_bytes))
    return str(raised.value)


@pytest.mark.parametrize(
    ("header", "what"),
    [
        ("timestamp;value", "unknown column 'timestamp'"),
        (HEADERS["3"].replace(";", ","), "unknown column"),
        (HEADERS["3"].replace("Volume;", ""), "column 'Volume / Volume' is missing"),
        (HEADERS["3"] + ";Volume", "column 'Volume' stands there twice"),
        (HEADERS["3"] + ";Kleur", "unknown column 'Kleur'"),
        (str(DIGITAL), "unknown column '15-10-2024'"),
        ("PAR1\x00\x01", "unknown column"),
    ],
)
def test_another_header(header: str, what: str) -> None:
    """R4: a file that is no report is refused whole, naming what was found and what is allowed."""
    said = told(f"{header}\n{DIGITAL}\n".encode())
    assert what in said
    assert repr(HEADERS["3"].replace(";Omschrijving", ";Calorische Bovenwaarde;Omschrijving")) in said
    assert repr(HEADERS["4 gas"]) in said


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\r\n"])
def test_an_empty_file(content: bytes) -> None:
    """R4: an empty file is not a report without rows."""
    assert "is empty" in told(content)


@pytest.mark.parametrize("chunk_bytes", [1, 100, 10**6])
def test_no_text(chunk_bytes: int) -> None:
    """R4: what is not UTF-8 is refused, and the line is named."""
    content = (
        report([DIGITAL, DIGITAL]) + str(replace(DIGITAL, unit="m³")).encode("cp1252") + b"\n" + report([])
    )
    assert "line 4 is no text in UTF-8" in told(content, chunk_bytes)


def test_a_line_without_end() -> None:
    """R4: something huge without lines is refused before it fills the memory."""
    assert "line 2 is longer than" in told(report([]) + b"x" * 3_000_000, 500_000)


@pytest.mark.parametrize("cut", [1, 4, 30, 60])
def test_a_report_that_is_cut_off(cut: int) -> None:
    """R3: a last line without line end that lacks columns tells that the rest did not come: nothing of it counts."""
    whole = report([DIGITAL, replace(DIGITAL, description=None)], last="")
    with pytest.raises(BrokenError, match="cut off inside line 3"):
        read(whole[:-cut])


def test_a_report_that_is_cut_off_inside_quotes() -> None:
    """R3: so does a quotation mark that the last line, without line end, does not close."""
    with pytest.raises(BrokenError, match="cut off inside line 3"):
        read(report([DIGITAL, str(DIGITAL) + '"Zonnepan'], last=""))


def test_utf_16_is_told() -> None:
    """R4: a report that was saved anew as UTF-16 is refused, and it is said what it is."""
    text = report([DIGITAL], bom=False).decode()
    assert "UTF-16" in told(text.encode("utf-16-le"))
    assert "UTF-16" in told(text.encode("utf-16-be"))
    assert "UTF-8" in told(text.encode("utf-16"))
