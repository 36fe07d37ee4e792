"""Readings written as CSV, JSON and sheets: moments, numbers, what says nothing (K6)."""

import csv
import io
import json
import math
from pathlib import Path

import pytest

from kwartier.client.errors import ConfigurationError
from kwartier.client.export import Form, Style, Zone, form_of, write_energy
from kwartier.client.export.sheets import sheets_of
from kwartier.client.parsing import read_energy
from support.domain import brussels
from support.sdk import energy, quarter_hours, slot

LOCAL_DUTCH = Style(Zone.LOCAL, dutch=True)


def written(form: Form, style: Style | None = None) -> str:
    """Four quarter-hours of the hour that comes twice, one without a value."""
    slots = quarter_hours(brussels("2025-10-26T02:00"), 4, (0.25, 1234.5))
    slots[2] = slot(slots[2]["start"], None, None)
    sink = io.BytesIO()
    write_energy(read_energy(energy(*slots).content), sink, form, style)
    return sink.getvalue().decode()


def test_csv_has_a_row_for_each_value() -> None:
    """K6: by the columns of the table, in UTC, with three decimals; what says nothing is empty."""
    rows = list(csv.DictReader(io.StringIO(written(Form.CSV))))
    assert [row["value"] for row in rows] == ["0.250", "1234.500", "", "1234.500"]
    assert rows[0]["start"] == "2025-10-26T00:00:00Z"
    assert (rows[2]["validation_state"], rows[0]["sub_headpoint"]) == ("", "")


def test_dutch_csv_tells_the_hour_that_comes_twice() -> None:
    """K6: a decimal comma and semicolons; the offset tells which of both hours it is."""
    rows = list(csv.DictReader(io.StringIO(written(Form.CSV, LOCAL_DUTCH)), delimiter=";"))
    assert [row["value"] for row in rows] == ["0,250", "1234,500", "", "1234,500"]
    assert rows[0]["start"] == "2025-10-26T02:00:00+02:00"
    assert rows[3]["end"] == "2025-10-26T02:00:00+01:00"


def test_json_has_null_for_nothing() -> None:
    """K6: a list of objects with the names of the columns; numbers stay numbers in Dutch too."""
    rows = json.loads(written(Form.JSON, LOCAL_DUTCH))
    assert [row["value"] for row in rows] == [0.25, 1234.5, None, 1234.5]
    assert rows[2]["validation_state"] is None


def test_nothing_is_still_a_file() -> None:
    """K6: no readings are an empty list, and a line of names."""
    for form, told in ((Form.JSON, "[]\n"), (Form.CSV, "ean,source")):
        sink = io.BytesIO()
        write_energy(read_energy(energy().content), sink, form)
        assert sink.getvalue().decode().startswith(told)


@pytest.mark.parametrize(
    ("value", "told"), [(0.1, "0.100"), (1234.5678, "1234.5678"), (-0.25, "-0.250"), (math.nan, "")]
)
def test_numbers_keep_all_that_they_say(value: float, told: str) -> None:
    """K6: three decimals as the API has them; more, if an answer has more."""
    assert Style().number(value) == told
    assert Style(dutch=True).number(value) == told.replace(".", ",")


def test_a_sheet_for_each_meter() -> None:
    """K6: registers side by side; a meter without a value in some interval has nothing there."""
    slots = quarter_hours(brussels("2025-06-11T00:00"), 3)
    meters = [
        {"seqNumber": "1", "meterID": "A", "quarterHourlyEnergy": slots[:2]},
        {"seqNumber": "2", "meterID": "B", "quarterHourlyEnergy": slots[2:]},
    ]
    first, second = sheets_of(read_energy(energy(physicalMeters=meters).content))
    assert (first.meter, second.meter) == ("meter A", "meter B")
    assert (first.starts.size, second.starts.size) == (2, 1)
    assert [column.name for column in first.columns] == ["offtake total kWh"]
    assert first.columns[0].states == ["READ", "READ"]


def test_a_name_tells_the_form() -> None:
    """K6: by its end, in any case; another is refused with what is allowed."""
    assert form_of(Path("a/readings.XLSX")) is Form.XLSX
    with pytest.raises(ConfigurationError, match=r"\.csv, \.json, \.parquet, \.xlsx"):
        form_of(Path("readings.txt"))
