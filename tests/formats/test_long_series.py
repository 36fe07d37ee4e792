"""Rows of what the domain holds as arrays."""

import numpy as np
import pytest

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.metering import (
    Direction,
    GasFactor,
    Meter,
    PhysicalMeter,
    Register,
    RegisterKind,
    State,
    SubHeadpoint,
    Unit,
    state_code,
)
from kwartier.domain.series import Series, Versions
from kwartier.formats.long.series import rows_of_series
from kwartier.formats.rows import DIRECTIONS, KINDS, ROWS, UNITS

_EAN = Ean("541448860000000017")
_REGISTERS = (
    Register(Direction.OFFTAKE, RegisterKind.TOTAL),
    Register(Direction.INJECTION, RegisterKind.INDUCTIVE, Unit.KVARH),
)
_GAS = state_code(State.READ, GasFactor.PROVISIONAL)


def test_a_series_is_its_readings_and_what_was_withdrawn() -> None:
    """R1: of a series every reading makes a row, and what was withdrawn; silence makes none."""
    series = Series(
        Grid.HOUR,
        100,
        _REGISTERS,
        np.array([[1, 2, 3], [4, 5, 6]]),
        np.array([[_GAS, 0, 3], [1, 4, 5]], np.uint8),
    )
    rows = rows_of_series(_EAN, None, series)
    assert rows.schema == ROWS
    offtake, injection = (DIRECTIONS.index(one) for one in (Direction.OFFTAKE, Direction.INJECTION))
    assert rows.select("direction", "slot", "value", "state", "line").rows() == [
        (offtake, 100, 1, _GAS, 1),
        (offtake, 102, 3, State.EST, 2),
        (injection, 100, 0, State.WITHDRAWN, 3),
        (injection, 101, 5, State.VAL, 4),
        (injection, 102, 6, State.NVAL, 5),
    ]
    assert rows.row(3, named=True)["kind"] == KINDS.index(RegisterKind.INDUCTIVE)
    assert rows.row(3, named=True)["unit"] == UNITS.index(Unit.KVARH)
    assert set(rows.get_column("grid")) == {Grid.HOUR}


def test_versions_tell_what_was_withdrawn_too() -> None:
    """R1: of versions everything but silence makes a row, a slot as often as it came in, the newest last."""
    versions = Versions(
        Grid.DAY,
        _REGISTERS[:1],
        np.array([7, 8, 7]),
        np.array([1, 1, 2]),
        np.array([[11, 12, 99]]),
        np.array([[State.READ, State.SILENT, State.WITHDRAWN]], np.uint8),
    )
    rows = rows_of_series(_EAN, None, versions)
    assert rows.select("slot", "value", "state").rows() == [(7, 11, State.READ), (7, 0, State.WITHDRAWN)]


@pytest.mark.parametrize(
    ("meter", "sub_ean", "meter_id"),
    [
        (None, 0, ""),
        (PhysicalMeter("1", "1SAG1100000017"), 0, "1SAG1100000017"),
        (SubHeadpoint(Ean("541448860000000024"), "1", Direction.PRODUCTION), 541448860000000024, ""),
    ],
)
def test_rows_name_their_meter(meter: Meter, sub_ean: int, meter_id: str) -> None:
    """E8, E9: rows tell on which physical meter or sub-headpoint they lie."""
    series = Series(Grid.HOUR, 1, _REGISTERS[:1], np.array([[5]]), np.array([[2]], np.uint8))
    rows = rows_of_series(_EAN, meter, series)
    assert rows.select("ean", "sub_ean", "meter_id").rows() == [(int(_EAN), sub_ean, meter_id)]
