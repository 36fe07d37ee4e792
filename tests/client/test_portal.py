"""The portal's reports as tables of readings and back (R4, K6)."""

from pathlib import Path
from typing import Any

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


def measured(start: str, end: str, *told: tuple[str, float, str, str]) -> dict[str, Any]:
    """A slot with registers of offtake: name, value, unit, and state with the factor behind it."""
    registers = [
        {"value": value, "unit": unit, "validationState": state[:4]}
        | ({"gasConversionFactor": state[4:]} if state[4:] else {})
        for _, value, unit, state in told
    ]
    names = [name for name, *_ in told]
    return {
        "start": start,
        "end": end,
        "measurements": [{"offtake": {name: one}} for name, one in zip(names, registers, strict=True)],
    }


@pytest.mark.parametrize(
    ("key", "energy_type", "slot"),
    [
        (
            "hourlyEnergy",
            "G",
            measured(
                "2025-06-11T04:00:00Z",
                "2025-06-11T05:00:00Z",
                ("total", 1.5, "m3", "READ"),
                ("total", 16.8, "kWh", "READP"),
            ),
        ),
        (
            "dailyEnergy",
            "G",
            measured(
                "2025-03-29T05:00:00Z",
                "2025-03-30T04:00:00Z",
                ("total", 20.0, "m3", "READ"),
                ("total", 224.0, "kWh", "READD"),
            ),
        ),
        (
            "dailyEnergy",
            "E",
            measured(
                "2025-10-25T22:00:00Z",
                "2025-10-26T23:00:00Z",
                ("day", 0.0, "kWh", "READ"),
                ("night", 12.5, "kWh", "READ"),
            ),
        ),
    ],
)
def test_gas_and_days_are_read_again(
    key: str, energy_type: str, slot: dict[str, Any], tmp_path: Path
) -> None:
    """R4, E12: hours and days of gas, which begin at six, with their factors; days of both tariffs."""
    table = read_energy(energy(slot, key=key, energyType=energy_type).content)
    found = again(table, tmp_path, Language.DUTCH)
    assert found.energy_type == energy_type
    assert sorted(map(repr, found)) == sorted(map(repr, table))


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
