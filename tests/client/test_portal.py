"""The portal's reports as tables of readings and back (R4, K6)."""

from pathlib import Path

import numpy as np
import pytest

from kwartier import EnergyTable
from kwartier.client.parsing import read_energy
from kwartier.client.portal import Language, read_portal_report, reports_of
from kwartier.domain.errors import InvalidValueError
from support.domain import brussels
from support.sdk import EAN, energy, quarter_hours, slot

HEADER = (
    "Van (datum);Van (tijdstip);Tot (datum);Tot (tijdstip);EAN-code;Meter;Metertype;Register;Volume;Eenheid;"
    "Validatiestatus;Omschrijving"
)


def again(table: EnergyTable, folder: Path, language: Language) -> EnergyTable:
    """A table that was written and read."""
    [report] = reports_of(table, language)
    path = folder / report.name
    path.write_bytes(b"".join(report.content))
    found = read_portal_report(path, pytest.fail)
    assert found.rejected.height == 0
    [read] = found.tables
    return read


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize(
    ("day", "count"), [("2025-03-30T00:00", 92), ("2025-06-11T00:00", 96), ("2025-10-26T00:00", 100)]
)
def test_what_is_written_is_read_again(language: Language, day: str, count: int, tmp_path: Path) -> None:
    """R4: value by value, also on days on which the clocks change, in both languages."""
    values = tuple(place / 1000 for place in range(count))
    table = read_energy(energy(*quarter_hours(brussels(day), count, values)).content)
    assert list(again(table, tmp_path, language)) == list(table)


def test_rows_without_a_value_say_so(tmp_path: Path) -> None:
    """R4: `Geen verbruik` is no zero: it comes without a value, and is noticed."""
    path = tmp_path / f"Verbruikshistoriek_elektriciteit_{EAN}_20250611_20250611_kwartiertotalen.csv"
    lines = [
        f'11-06-2025;00:00:00;11-06-2025;00:15:00;="{EAN}";1SAG1;Digitale meter;Afname Nacht;0,054;kWh;Uitgelezen;',
        f'11-06-2025;00:15:00;11-06-2025;00:30:00;="{EAN}";1SAG1;Digitale meter;Afname Nacht;;kWh;Geen verbruik;',
    ]
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8-sig")
    [table] = read_portal_report(path, pytest.fail).tables
    assert table.values[0] == 0.054
    assert np.isnan(table.values[1])
    assert [one.validation_state for one in table] == ["READ", None]
    assert table.notices == ("rows that say that there is no value: 1",)


def test_reports_of_several_eans(tmp_path: Path) -> None:
    """R4: each EAN has a table of its own."""
    path = tmp_path / "report.csv"
    eans = (EAN, "541440110000000008")
    lines = [
        f'11-06-2025;00:00:00;11-06-2025;00:15:00;="{ean}";1SAG1;Digitale meter;Afname Nacht;0,054;kWh;Uitgelezen;'
        for ean in eans
    ]
    path.write_text("\n".join([HEADER, *lines]), encoding="utf-8-sig")
    assert tuple(table.ean for table in read_portal_report(path, pytest.fail).tables) == eans


def test_what_the_portal_has_no_form_for_is_refused() -> None:
    """R4: a state that its reports do not know on such a meter."""
    table = read_energy(energy(slot("2025-06-10T22:00:00Z", 0.25, "VAL")).content)
    with pytest.raises(InvalidValueError, match="no form"):
        list(reports_of(table, Language.DUTCH))
