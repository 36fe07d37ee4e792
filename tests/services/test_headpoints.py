"""Headpoints made known, changed, refused where they contradict the store; on both engines."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import pytest

from kwartier.db.engine import Database
from kwartier.db.readings import readings_database
from kwartier.domain.days import Grid
from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_rules import ALWAYS
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    InstallationType,
    Meter,
    MeterType,
    PhysicalMeter,
    Register,
    RegisterKind,
    SubHeadpoint,
)
from kwartier.domain.period import Period
from kwartier.readings import catalogue
from kwartier.readings.catalogue import SeriesKey
from kwartier.services.headpoints import Headpoints, UnknownHeadpointError, WrongHeadpointError
from support.domain import brussels
from support.engines import Template
from support.platform import NOW

EAN, OTHER, THIRD = (Ean(f"5414488000000000{end}") for end in ("07", "14", "21"))
A, B, C = PhysicalMeter("1", "A"), PhysicalMeter("2", "B"), PhysicalMeter("3", "C")
SPRING, SUMMER, AUTUMN = (brussels(f"2025-{month}-01T00:00") for month in ("03", "06", "09"))
DIGITAL: Final = KnownHeadpoint(
    Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.DIGITAL),
    meters=(HungMeter(A),),
    grid_users=(GridUse("0999.999.922", Period(SPRING)),),
)
PRODUCTION: Final = SubHeadpoint(THIRD, "1", Direction.PRODUCTION, "VREG", InstallationType.PV)
AMR: Final = KnownHeadpoint(
    Headpoint(OTHER, EnergyType.ELECTRICITY, MeterType.AMR), Direction.INJECTION, submeters=(PRODUCTION,)
)


@pytest.fixture
def readings(any_template: Template) -> Iterator[Database]:
    """An empty store, on one engine after the other."""
    with any_template() as url:
        database = readings_database(url)
        yield database
        database.close()


@pytest.fixture
def headpoints(readings: Database) -> Headpoints:
    """Its headpoints."""
    return Headpoints(readings, lambda: NOW)


def has_readings(readings: Database, ean: Ean, meter: Meter, direction: Direction) -> None:
    """Let a series lie there, as a delivery makes it."""
    key = SeriesKey(meter, Register(direction, RegisterKind.TOTAL), Grid.QUARTER_HOUR)
    with readings.writing("series") as connection:
        catalogue.number_series(connection, {int(ean): [key]})


def test_a_headpoint_is_known_with_all_that_hangs_on_it(headpoints: Headpoints) -> None:
    """E8, E9: what was told is found again; one that was not is an error."""
    assert headpoints.add(DIGITAL).changes is None
    headpoints.add(AMR)
    assert headpoints.find(EAN) == DIGITAL
    assert headpoints.find(OTHER) == AMR
    with pytest.raises(UnknownHeadpointError, match=THIRD):
        headpoints.find(THIRD)


def test_adding_again_replaces_and_says_what_changed(headpoints: Headpoints) -> None:
    """E8: the second time what is told replaces what was."""
    headpoints.add(DIGITAL)
    assert headpoints.add(DIGITAL).changes == ()
    after = replace(DIGITAL, grid_users=())
    assert headpoints.add(after).changes == ("grid user 0999.999.922 since 2025-03-01 removed",)
    assert headpoints.find(EAN) == after


def test_a_wrong_headpoint_changes_nothing(headpoints: Headpoints) -> None:
    """C6: it is refused with every fault, and what was known stays."""
    headpoints.add(DIGITAL)
    with pytest.raises(WrongHeadpointError) as refused:
        headpoints.add(replace(DIGITAL, direction=Direction.OFFTAKE, meters=()))
    assert len(refused.value.faults) == 2
    assert headpoints.find(EAN) == DIGITAL


def test_an_ean_is_of_a_headpoint_or_a_submeter(headpoints: Headpoints) -> None:
    """M8: never of both, whichever comes first."""
    headpoints.add(AMR)
    with pytest.raises(WrongHeadpointError, match=f"submeter of {OTHER}"):
        headpoints.add(replace(DIGITAL, headpoint=replace(DIGITAL.headpoint, ean=THIRD)))
    headpoints.add(DIGITAL)
    with pytest.raises(WrongHeadpointError, match="EAN of another headpoint"):
        headpoints.add(replace(AMR, submeters=(replace(PRODUCTION, ean=EAN),)))


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (replace(DIGITAL, meters=(HungMeter(B),)), "meter 1=A cannot go"),
        (replace(DIGITAL, meters=(HungMeter(PhysicalMeter("1", "Z")),)), "meter-exchange"),
        (
            replace(DIGITAL, headpoint=Headpoint(EAN, EnergyType.GAS, MeterType.DIGITAL)),
            "energy cannot change from electricity to gas",
        ),
    ],
)
def test_what_readings_are_of_stays(
    readings: Database, headpoints: Headpoints, after: KnownHeadpoint, words: str
) -> None:
    """R1: a meter that has readings cannot go, nor become another; without readings it can."""
    headpoints.add(DIGITAL)
    headpoints.add(after)
    headpoints.add(DIGITAL)
    has_readings(readings, EAN, A, Direction.OFFTAKE)
    with pytest.raises(WrongHeadpointError, match=words):
        headpoints.add(after)
    assert headpoints.add(replace(DIGITAL, grid_users=())).changes


def test_the_meter_type_stays_where_there_are_readings(readings: Database, headpoints: Headpoints) -> None:
    """R1: readings of a digital meter are none of an AMR headpoint."""
    headpoints.add(DIGITAL)
    has_readings(readings, EAN, A, Direction.OFFTAKE)
    after = KnownHeadpoint(replace(DIGITAL.headpoint, meter_type=MeterType.AMR), Direction.OFFTAKE)
    with pytest.raises(WrongHeadpointError, match="meter type cannot change from digital to AMR"):
        headpoints.add(after)


def test_submeters_and_directions_with_readings_stay(readings: Database, headpoints: Headpoints) -> None:
    """R1, E9: so do submeters and the direction of an AMR headpoint; what installation it is may change."""
    headpoints.add(AMR)
    has_readings(readings, OTHER, None, Direction.INJECTION)
    has_readings(readings, OTHER, PRODUCTION, Direction.PRODUCTION)
    for after, words in (
        (replace(AMR, submeters=()), "cannot go or change direction"),
        (
            replace(AMR, submeters=(replace(PRODUCTION, direction=Direction.AUXILIARY),)),
            "cannot go or change direction",
        ),
        (replace(AMR, direction=Direction.OFFTAKE), "direction cannot become offtake"),
    ):
        with pytest.raises(WrongHeadpointError, match=words):
            headpoints.add(after)
    wind = replace(AMR, submeters=(replace(PRODUCTION, installation=InstallationType.WIND),))
    assert headpoints.add(wind).changes == (f"submeter {THIRD}, installation: PV -> WND",)


def test_a_meter_is_exchanged(readings: Database, headpoints: Headpoints) -> None:
    """E8: the old meter ends where the new one begins, also if it has readings."""
    headpoints.add(DIGITAL)
    has_readings(readings, EAN, A, Direction.OFFTAKE)
    headpoints.exchange(EAN, SUMMER, B)
    assert headpoints.find(EAN).meters == (
        HungMeter(A, Period(ALWAYS, SUMMER)),
        HungMeter(B, Period(SUMMER)),
    )


def test_an_exchange_is_registered_late(headpoints: Headpoints) -> None:
    """E8: one that came before another that is known already takes its place between them."""
    headpoints.add(DIGITAL)
    headpoints.exchange(EAN, AUTUMN, C)
    headpoints.exchange(EAN, SUMMER, B)
    assert headpoints.find(EAN).meters == (
        HungMeter(A, Period(ALWAYS, SUMMER)),
        HungMeter(B, Period(SUMMER, AUTUMN)),
        HungMeter(C, Period(AUTUMN)),
    )


def test_an_exchange_in_a_gap_ends_where_the_next_begins(headpoints: Headpoints) -> None:
    """E8: a meter that hung where none was known stays until the next."""
    headpoints.add(
        replace(DIGITAL, meters=(HungMeter(A, Period(SPRING, SUMMER)), HungMeter(C, Period(AUTUMN))))
    )
    between = brussels("2025-07-01T00:00")
    headpoints.exchange(EAN, between, B)
    assert [one.period for one in headpoints.find(EAN).meters] == [
        Period(SPRING, SUMMER),
        Period(between, AUTUMN),
        Period(AUTUMN),
    ]


def test_a_meter_in_the_place_of_another_stays_as_long(headpoints: Headpoints) -> None:
    """E8: what was known to hang there until a moment gives way until that moment, and the gap after it stays."""
    headpoints.add(
        replace(DIGITAL, meters=(HungMeter(A, Period(SPRING, SUMMER)), HungMeter(C, Period(AUTUMN))))
    )
    may = brussels("2025-05-01T00:00")
    headpoints.exchange(EAN, may, B)
    assert [one.period for one in headpoints.find(EAN).meters] == [
        Period(SPRING, may),
        Period(may, SUMMER),
        Period(AUTUMN),
    ]


def test_an_exchange_that_cannot_be(headpoints: Headpoints) -> None:
    """E8: an unknown or AMR headpoint, a meter that hangs there, the moment at which one was hung there."""
    headpoints.add(replace(DIGITAL, meters=(HungMeter(A, Period(SPRING)),)))
    headpoints.add(AMR)
    with pytest.raises(UnknownHeadpointError):
        headpoints.exchange(THIRD, SUMMER, B)
    for ean, at, meter, words in (
        (OTHER, SUMMER, B, "digital headpoints alone"),
        (EAN, SUMMER, PhysicalMeter("2", "A"), "stands twice"),
        (EAN, SPRING, B, "from that very moment"),
    ):
        with pytest.raises(WrongHeadpointError, match=words):
            headpoints.exchange(ean, at, meter)


def test_many_are_made_known_together(headpoints: Headpoints) -> None:
    """E8: those that are new and those that replace are counted, and each can be found."""
    headpoints.add(replace(DIGITAL, grid_users=()))
    done = headpoints.add_many([DIGITAL, AMR], skip_wrong=False)
    assert (done.new, done.replaced, done.faults) == (1, 1, {})
    assert headpoints.list_all(None, 10) == [DIGITAL, AMR]
    assert headpoints.list_all(EAN, 10) == [AMR]
    assert headpoints.list_all(None, 1) == [DIGITAL]


def test_one_wrong_headpoint_holds_up_all(readings: Database, headpoints: Headpoints) -> None:
    """R3: nothing is written if one is wrong, unless the wrong ones are to be left out."""
    wrong = replace(DIGITAL, meters=())
    done = headpoints.add_many([wrong, AMR], skip_wrong=False)
    assert (done.new, list(done.faults)) == (0, [EAN])
    assert headpoints.list_all(None, 10) == []
    assert headpoints.add_many([DIGITAL], skip_wrong=False, refused=True).new == 0
    assert headpoints.add_many([wrong, AMR], skip_wrong=True).new == 1
    headpoints.add(DIGITAL)
    has_readings(readings, EAN, A, Direction.OFFTAKE)
    [fault] = headpoints.add_many([replace(DIGITAL, meters=(HungMeter(B),))], skip_wrong=True).faults[EAN]
    assert "cannot go" in fault.reason


def test_eans_of_a_file_are_held_against_each_other(headpoints: Headpoints) -> None:
    """M8: a submeter may not have the EAN of a headpoint that comes with it; one that moves may."""
    below = replace(AMR, submeters=(replace(PRODUCTION, ean=EAN),))
    assert list(headpoints.add_many([DIGITAL, below], skip_wrong=False).faults) == [OTHER]
    headpoints.add(AMR)
    moved = [replace(AMR, submeters=()), replace(DIGITAL, headpoint=replace(DIGITAL.headpoint, ean=THIRD))]
    assert headpoints.add_many(moved, skip_wrong=False).faults == {}


@pytest.mark.parametrize("odd", ["A\0", "A\nB", "\x1b[2J"])
def test_names_can_be_shown(headpoints: Headpoints, odd: str) -> None:
    """E8, E9: a control character in a number or a name is told, alike on both engines; nothing is kept."""
    [hung], [sub], [use] = DIGITAL.meters, AMR.submeters, DIGITAL.grid_users
    gas = replace(DIGITAL, headpoint=replace(DIGITAL.headpoint, energy_type=EnergyType.GAS))
    for known in (
        replace(DIGITAL, meters=(replace(hung, meter=PhysicalMeter("1", odd)),)),
        replace(DIGITAL, meters=(replace(hung, meter=PhysicalMeter(odd, "A")),)),
        replace(AMR, submeters=(replace(sub, vreg_id=odd),)),
        replace(AMR, submeters=(replace(sub, seq_number=odd),)),
        replace(DIGITAL, grid_users=(replace(use, who=odd),)),
        replace(gas, gas_zone=odd),
    ):
        with pytest.raises(WrongHeadpointError, match="cannot be shown"):
            headpoints.add(known)
        assert headpoints.add_many([known], skip_wrong=True).new == 0
    assert headpoints.list_all(None, 10) == []
