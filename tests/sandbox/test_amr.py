import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from kwartier.domain.days import Grid, quarter_hours_of, tariff_is_day
from kwartier.domain.metering import Direction, InstallationType, RegisterKind, State, SubHeadpoint, Unit
from kwartier.sandbox.generator import versions
from support.amr import (
    EVER,
    INJECTION,
    KINDS,
    OFFTAKE,
    OTHER,
    PRODUCED_INJECTION,
    PRODUCED_OFFTAKE,
    came_in,
    day,
    first_days,
    known,
    meter,
    row,
    total,
)
from support.examples import examples


def test_which_submeters_there_are() -> None:
    """S3, E9: the number chooses the installation and whether auxiliary is metered, which shares its sequence number."""
    expected = [
        (range(100), InstallationType.PV, True),
        (range(100, 200), InstallationType.PV, False),
        (range(200, 300), InstallationType.WATER, True),
        (range(300, 400), InstallationType.WATER, False),
        (range(400, 500), InstallationType.WIND, True),
        (range(500, 600), InstallationType.WIND, False),
        (range(600, 1000), InstallationType.COGENERATION_A, False),
    ]
    vreg_ids = []
    for span, installation, auxiliary in expected:
        for number in (span.start, span.start + 3, span.stop - 1):
            found = [point.meter for point in came_in(PRODUCED_INJECTION, number, range(0))]
            assert found[0] is None
            below = [meter for meter in found if isinstance(meter, SubHeadpoint)]
            units = 2 if number % 8 == 3 else 1
            directions = [Direction.PRODUCTION, *[Direction.AUXILIARY] * auxiliary]
            assert [(one.seq_number, one.direction) for one in below] == [
                (str(unit), direction) for unit in range(1, units + 1) for direction in directions
            ]
            assert {one.installation for one in below} == {installation}
            assert all((one.vreg_id is None) == (one.direction is Direction.AUXILIARY) for one in below)
            vreg_ids += [one.vreg_id for one in below if one.vreg_id]
    assert len(set(vreg_ids)) == len(vreg_ids)


@pytest.mark.parametrize("prefix", KINDS)
def test_which_registers_there_are(prefix: str) -> None:
    """E8, E9: each point has total in kWh and both kinds of reactive energy in kVArh; days split total alone."""
    total, inductive, capacitive = RegisterKind.TOTAL, RegisterKind.INDUCTIVE, RegisterKind.CAPACITIVE
    days = range(day("2024-06-03"), day("2024-06-05"))
    for grid, active in ((Grid.QUARTER_HOUR, [total]), (Grid.DAY, [RegisterKind.DAY, RegisterKind.NIGHT])):
        for point in came_in(prefix, 11, days, grid):
            assert [one.kind for one in point.versions.registers] == [*active, inductive, capacitive]
            units = [Unit.KWH] * len(active) + [Unit.KVARH] * 2
            assert [one.unit for one in point.versions.registers] == units
            (direction,) = {one.direction for one in point.versions.registers}
            if point.meter is None:
                headpoint = Direction.INJECTION if prefix[6] == "2" else Direction.OFFTAKE
                assert direction is headpoint
            else:
                assert isinstance(point.meter, SubHeadpoint)
                assert direction is point.meter.direction
    assert versions(meter(prefix, 1), Grid.HOUR, range(9), EVER) == ()


@settings(deadline=None, max_examples=examples(40))
@given(st.sampled_from(KINDS), st.integers(0, 999), first_days, st.integers(1, 20), st.data())
def test_a_window_gives_the_same_however_it_is_split(
    prefix: str, number: int, first: int, count: int, data: st.DataObject
) -> None:
    """S4: readings of every point and the versions in which they come in are the same in whatever window one asks."""
    cut = data.draw(st.integers(first, first + count))
    whole = came_in(prefix, number, range(first, first + count))
    parts = [came_in(prefix, number, days) for days in (range(first, cut), range(cut, first + count))]
    for place, point in enumerate(whole):
        pieces = [part[place].versions for part in parts]
        told = [
            _rows(
                [
                    point.versions.slots,
                    point.versions.inserted_us,
                    point.versions.values,
                    point.versions.states,
                ]
            )
        ]
        told.append(
            _rows(
                [
                    np.concatenate([one.slots for one in pieces]),
                    np.concatenate([one.inserted_us for one in pieces]),
                    np.concatenate([one.values for one in pieces], axis=1),
                    np.concatenate([one.states for one in pieces], axis=1),
                ]
            )
        )
        assert (told[0] == told[1]).all()
        assert point.meter == parts[0][place].meter == parts[1][place].meter


def _rows(columns: list[NDArray[np.int64] | NDArray[np.uint8]]) -> NDArray[np.int64]:
    """Versions as rows, by slot and moment."""
    table = np.vstack([column.astype(np.int64) for column in columns])
    return table[:, np.lexsort((table[1], table[0]))]


@pytest.mark.parametrize("prefix", KINDS)
@pytest.mark.parametrize("monday", ["2024-03-25", "2024-10-21", "2024-07-15"])
def test_a_day_is_the_sum_of_its_quarter_hours(prefix: str, monday: str) -> None:
    """S4, E8: day and night by the tariff hours, reactive energy whole, also on days of 92 and 100 quarter-hours."""
    days = range(day(monday), day(monday) + 7)
    quarters, by_day = known(prefix, 3, days), known(prefix, 3, days, Grid.DAY)
    borders = quarter_hours_of(days)
    on_day_tariff = tariff_is_day(np.arange(borders[0], borders[-1], dtype=np.int64))
    starts = borders[:-1] - borders[0]
    assert quarters.keys() == by_day.keys()
    for name, found in by_day.items():
        for kind, counted in ((RegisterKind.DAY, on_day_tariff), (RegisterKind.NIGHT, ~on_day_tariff)):
            assert (row(found, kind) == np.add.reduceat(total(quarters[name]) * counted, starts)).all()
        for kind in (RegisterKind.INDUCTIVE, RegisterKind.CAPACITIVE):
            assert (row(found, kind) == np.add.reduceat(row(quarters[name], kind), starts)).all()
        assert set(np.unique(found.states).tolist()) <= {State.VAL, State.NVAL}


@pytest.mark.parametrize("digits", ["500.0", "502.0", "502.1", "500.1", "500.2"])
def test_eans_that_differ_in_granularity_are_one_meter(digits: str) -> None:
    """S4: the granularity in the EAN changes neither the readings nor the submeters."""
    days = range(day("2024-05-01"), day("2024-05-04"))
    for number in (3, 285, 640):
        first, second = (came_in("5414" + digits.replace(".", digit), number, days) for digit in "01")
        assert [one.meter for one in first] == [one.meter for one in second]
        for one, other in zip(first, second, strict=True):
            assert (one.versions.values == other.versions.values).all()
            assert (one.versions.inserted_us == other.versions.inserted_us).all()


@pytest.mark.parametrize("number", [18, 210, 310, 411, 510, 611, 700, 903])
def test_long_windows_give_the_same_as_short_ones(number: int) -> None:
    """S4: what happens on few days, as repairs of an installation, happens on the same days in whatever window."""
    days = range(day("2024-01-01"), day("2025-01-01"))
    whole = came_in(PRODUCED_INJECTION, number, days)
    cuts = [days.start, days.start + 111, days.start + 200, days.stop]
    for place, point in enumerate(whole):
        parts = [
            came_in(PRODUCED_INJECTION, number, range(start, stop))[place].versions
            for start, stop in pairwise(cuts)
        ]
        told = sorted(
            zip(point.versions.slots, point.versions.inserted_us, *point.versions.values, strict=True)
        )
        pieces = [row for one in parts for row in zip(one.slots, one.inserted_us, *one.values, strict=True)]
        assert told == sorted(pieces)


def digest(prefix: str, number: int, days: range) -> str:
    """A fingerprint of all versions of all points, the same on every machine."""
    told = hashlib.sha256()
    for point in came_in(prefix, number, days):
        told.update(repr(point.meter).encode())
        for column in (
            point.versions.slots,
            point.versions.inserted_us,
            point.versions.values,
            point.versions.states,
        ):
            told.update(np.ascontiguousarray(column.astype(np.int64), dtype="<i8").tobytes())
    return told.hexdigest()[:32]


@pytest.mark.parametrize(
    ("prefix", "number", "expected"),
    [
        (OFFTAKE, 5, "72442b7f09880ce548f059387b203f18"),
        (OFFTAKE, 11, "826c71f24dfc4a80a77d97772e9490e8"),
        (INJECTION, 20, "86f7c638cb03d25a28e286fbe2c0e259"),
        (INJECTION, 28, "67f895e4346e76d2e99d0bec4af5a29a"),
        (PRODUCED_OFFTAKE, 3, "281cc02fd52f0785867c166aef7673dd"),
        (PRODUCED_INJECTION, 118, "4a54366fb6a3ae9002354454a546ac43"),
        (PRODUCED_INJECTION, 211, "c8bab5ef3216b2065882d4b3d01bcb16"),
        (PRODUCED_INJECTION, 405, "4300c5ab4771479f42600660229cfe39"),
        (PRODUCED_OFFTAKE, 616, "cf234a9cd504f576adc52e8d2f3fe248"),
        (OTHER, 27, "d5cf52d47db86b92d0f4ae6af923ddcb"),
        (OTHER, 36, "f6b2f203e7f704d44accbe932e036505"),
    ],
)
def test_arithmetic_is_the_same_on_every_machine(prefix: str, number: int, expected: str) -> None:
    """S4: a year of sites with panels, water, wind and cogeneration, with submeters, to the last digit."""
    assert digest(prefix, number, range(day("2023-09-01"), day("2024-09-01"))) == expected
