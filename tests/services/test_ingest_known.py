"""Series found in columns, many at once, are those that looking at each row would find."""

from collections.abc import Iterator
from itertools import product

import pytest

from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    InstallationType,
    Meter,
    MeterType,
    PhysicalMeter,
    Register,
    SubHeadpoint,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS
from kwartier.readings import catalogue, headpoints
from kwartier.readings.catalogue import SeriesKey, line_of
from kwartier.readings.places import find_places
from kwartier.readings.stretches import KEYS
from kwartier.services.ingest.known import numbered
from kwartier.services.ingest.series import Named, Told, allowed_series, series_of, states_of
from support.store import START, StoreOfTest

_SUBMETERS = tuple(
    SubHeadpoint(Ean(ean), number, direction, None, InstallationType.PV)
    for ean, number, direction in (
        ("541448800000009109", "1", Direction.OFFTAKE),
        ("541448800000009116", "2", Direction.INJECTION),
    )
)


def _hung(*meters: tuple[str, str]) -> tuple[HungMeter, ...]:
    return tuple(HungMeter(PhysicalMeter(number, name)) for number, name in meters)


_KNOWN = [
    # A meter that was taken away came back under another number.
    KnownHeadpoint(
        Headpoint(Ean("541448800000009000"), EnergyType.ELECTRICITY, MeterType.DIGITAL),
        meters=_hung(("1", "A"), ("2", "B"), ("3", "A")),
    ),
    KnownHeadpoint(
        Headpoint(Ean("541448800000009017"), EnergyType.GAS, MeterType.DIGITAL), meters=_hung(("1", "A"))
    ),
    KnownHeadpoint(
        Headpoint(Ean("541448800000009024"), EnergyType.ELECTRICITY, MeterType.AMR), submeters=_SUBMETERS
    ),
    KnownHeadpoint(
        Headpoint(Ean("541448800000009031"), EnergyType.GAS, MeterType.AMR), direction=Direction.INJECTION
    ),
]


def _series(known: KnownHeadpoint) -> Iterator[SeriesKey]:
    """Every series that the catalogue may hold of a headpoint, also what was allowed once."""
    meters: list[Meter] = [*(one.meter for one in known.meters), *known.submeters]
    if known.headpoint.meter_type is MeterType.AMR:
        meters.append(None)
    for energy_type, meter_type, direction, kind, unit, grid, _ in allowed_series():
        if (energy_type, meter_type) == (known.headpoint.energy_type, known.headpoint.meter_type):
            for meter in meters:
                yield SeriesKey(meter, Register(direction, kind, unit), grid)


@pytest.fixture
def filled(store: StoreOfTest) -> StoreOfTest:
    """A store with those headpoints, and all series of each in the catalogue."""
    with store.database.writing() as connection:
        headpoints.add(connection, _KNOWN, START)
        for known in _KNOWN:
            ean = int(known.headpoint.ean)
            catalogue.add_series(
                connection, [(ean, number, key) for number, key in enumerate(_series(known), 1)]
            )
    return store


def test_what_is_found_in_columns_is_what_each_row_says(filled: StoreOfTest) -> None:
    """R3, E8, E9: whatever rows name is the same series with the same states, by either road; or is left to the other."""
    eans = [int(known.headpoint.ean) for known in _KNOWN]
    with filled.database.reading() as connection:
        rows = numbered(connection, [*eans, 7]).rows()
        places = find_places(connection, eans)
        numbers = catalogue.numbers_of(connection, eans)
    found = {row[: len(KEYS)]: row[len(KEYS) :] for row in rows}
    assert len(found) == len(rows)
    subs = [0, *(int(one.ean) for one in _SUBMETERS), 541448800000009123]
    told = 0
    for said in product(
        eans, subs, ["", "A", "B", "C"], range(len(DIRECTIONS)), range(len(KINDS)), range(len(UNITS)), Grid
    ):
        named = Named(*said[:-1], grid=int(said[-1]))
        by_row, by_column = series_of(named, places[named.ean]), found.get(tuple(named))
        if by_column is not None:
            told += 1
            assert isinstance(by_row, Told), named
            expected = numbers[named.ean][line_of(by_row.key)], states_of(places[named.ean], by_row.key)
            assert by_column == expected, named
    # 2 meters x 2 directions x 3, gas 4, headpoint and submeters with 4 directions x 7, gas of one direction 2.
    assert told == len(found) == 46
    assert {(row[0], row[1], row[2]) for row in found} == {
        (eans[0], 0, "A"),
        (eans[0], 0, "B"),
        (eans[1], 0, "A"),
        (eans[2], 0, ""),
        (eans[2], int(_SUBMETERS[0].ean), ""),
        (eans[2], int(_SUBMETERS[1].ean), ""),
        (eans[3], 0, ""),
    }


def test_the_catalogue_is_asked_at_once(filled: StoreOfTest) -> None:
    """R3: however many headpoints a delivery has, also none that is known."""
    with filled.database.reading() as connection:
        assert numbered(connection, []).height == 0
        assert numbered(connection, list(range(20_000))).height == 0
        assert numbered(connection, [int(_KNOWN[0].headpoint.ean)] * 2).height > 0
