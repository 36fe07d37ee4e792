"""What can and can't be so of a headpoint."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import pytest

from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_rules import faults, warnings
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import (
    Direction,
    EnergyType,
    Headpoint,
    InstallationType,
    MeterType,
    PhysicalMeter,
    SubHeadpoint,
)
from kwartier.domain.period import Period
from support.domain import brussels

EAN, OTHER, THIRD = (Ean(f"5414488000000000{end}") for end in ("00", "17", "24"))
ZEROS: Final = Ean("0" * 18)
A, B = PhysicalMeter("1", "A"), PhysicalMeter("2", "B")
SPRING, SUMMER, AUTUMN = (brussels(f"2025-{month}-01T00:00") for month in ("03", "06", "09"))
DIGITAL: Final = KnownHeadpoint(
    Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.DIGITAL), meters=(HungMeter(A),)
)
GAS: Final = KnownHeadpoint(
    Headpoint(EAN, EnergyType.GAS, MeterType.DIGITAL), gas_zone="Z", meters=(HungMeter(A),)
)
AMR: Final = KnownHeadpoint(Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.AMR), Direction.INJECTION)
PRODUCTION: Final = SubHeadpoint(OTHER, "1", Direction.PRODUCTION, "VREG", InstallationType.PV)
AUXILIARY: Final = SubHeadpoint(THIRD, "1", Direction.AUXILIARY)
PART: Final = SubHeadpoint(OTHER, "1", Direction.OFFTAKE)


def use(who: str, start: datetime, end: datetime | None = None) -> GridUse:
    """Somebody, from when to when."""
    return GridUse(who, Period(start, end))


@pytest.mark.parametrize(
    "known",
    [
        DIGITAL,
        GAS,
        AMR,
        replace(AMR, submeters=(PRODUCTION, AUXILIARY)),
        replace(AMR, direction=Direction.OFFTAKE, submeters=(PART,)),
        replace(
            DIGITAL,
            meters=(HungMeter(B, Period(SPRING)), HungMeter(A, Period(AUTUMN.replace(year=2020), SPRING))),
        ),
        replace(DIGITAL, grid_users=(use("a", SPRING, SUMMER), use("b", SUMMER))),
    ],
)
def test_what_is_right(known: KnownHeadpoint) -> None:
    """E8, E9: what the guide knows has no fault, periods that touch included."""
    assert faults(known) == []


@pytest.mark.parametrize(
    ("known", "part", "words"),
    [
        (replace(DIGITAL, headpoint=replace(DIGITAL.headpoint, ean=ZEROS)), None, "zeros alone names nobody"),
        (replace(AMR, submeters=(replace(PRODUCTION, ean=ZEROS),)), "submeter", "zeros alone names nobody"),
        (replace(DIGITAL, direction=Direction.OFFTAKE), None, "digital headpoint has no direction"),
        (replace(AMR, direction=None), None, "AMR headpoint has a direction"),
        (replace(AMR, direction=Direction.PRODUCTION), None, "allowed: offtake, injection"),
        (replace(DIGITAL, meters=()), None, "at least one meter"),
        (replace(DIGITAL, submeters=(PART,)), None, "has no submeters"),
        (replace(AMR, meters=(HungMeter(A),)), None, "no meters of its own"),
        (replace(AMR, gas_zone="Z"), None, "digital gas meters alone"),
        (replace(DIGITAL, gas_zone="Z"), None, "digital gas meters alone"),
        (replace(GAS, gas_zone=" "), None, "gas zone is empty"),
        (replace(DIGITAL, meters=(HungMeter(PhysicalMeter("", "A")),)), "meter", "sequence number"),
        (replace(DIGITAL, meters=(HungMeter(PhysicalMeter("1", " ")),)), "meter", "stands on it, is empty"),
        (replace(DIGITAL, meters=(HungMeter(A, Period(SUMMER, SPRING)),)), "meter", "before it begins"),
        (replace(DIGITAL, meters=(HungMeter(A), HungMeter(B))), "meter", "at the same time"),
        (
            replace(DIGITAL, meters=(HungMeter(A, Period(SPRING, AUTUMN)), HungMeter(B, Period(SUMMER)))),
            "meter",
            "at the same time",
        ),
        (
            replace(
                DIGITAL,
                meters=(
                    HungMeter(A, Period(SPRING, SUMMER)),
                    HungMeter(PhysicalMeter("1", "C"), Period(SUMMER)),
                ),
            ),
            "meter",
            "sequence number 1 stands twice",
        ),
        (
            replace(
                DIGITAL,
                meters=(
                    HungMeter(A, Period(SPRING, SUMMER)),
                    HungMeter(PhysicalMeter("2", "A"), Period(SUMMER)),
                ),
            ),
            "meter",
            "meter A stands twice",
        ),
        (replace(AMR, submeters=(replace(PRODUCTION, ean=EAN),)), "submeter", "EAN of its headpoint"),
        (replace(AMR, submeters=(PRODUCTION, replace(AUXILIARY, ean=OTHER))), "submeter", "stands twice"),
        (
            replace(AMR, submeters=(replace(PRODUCTION, direction=Direction.INJECTION),)),
            "submeter",
            "cannot be one of injection",
        ),
        (replace(AMR, submeters=(PART,)), "submeter", "this is one of injection"),
        (replace(AMR, submeters=(replace(PRODUCTION, seq_number=""),)), "submeter", "sequence number"),
        (
            replace(
                AMR,
                direction=Direction.OFFTAKE,
                submeters=(replace(PART, installation=InstallationType.WIND),),
            ),
            "submeter",
            "has no installation",
        ),
        (replace(DIGITAL, grid_users=(use(" ", SPRING),)), "grid user", "is empty"),
        (replace(DIGITAL, grid_users=(use("a", SUMMER, SPRING),)), "grid user", "before it begins"),
        (
            replace(DIGITAL, grid_users=(use("b", SUMMER), use("a", SPRING, AUTUMN))),
            "grid user",
            "a and b would be there",
        ),
    ],
)
def test_what_cannot_be(known: KnownHeadpoint, part: str | None, words: str) -> None:
    """E8, E9: each fault is named, with the part that has it."""
    [fault] = faults(known)
    assert words in fault.reason
    kinds: dict[type[Any], str] = {HungMeter: "meter", SubHeadpoint: "submeter", GridUse: "grid user"}
    assert kinds.get(type(fault.part)) == part


def test_every_fault_is_named() -> None:
    """C6: several faults are told at once."""
    known = KnownHeadpoint(
        AMR.headpoint, None, "Z", (HungMeter(A), HungMeter(B)), (replace(PRODUCTION, ean=EAN),)
    )
    assert len(faults(known)) == 5


def test_a_check_digit_is_told_and_never_refused() -> None:
    """M9: a check digit that does not fit is a warning, of the headpoint and of each submeter."""
    wrong = Ean("541448800000000001")
    known = replace(
        AMR,
        headpoint=replace(AMR.headpoint, ean=wrong),
        submeters=(replace(PRODUCTION, ean=Ean("541448800000000009")),),
    )
    assert faults(known) == []
    assert [one.part for one in warnings(known) if "check digit" in one.reason] == [None, known.submeters[0]]
    assert warnings(replace(AMR, submeters=(PRODUCTION,))) == []


def test_gas_without_a_zone_is_warned_of() -> None:
    """R2: without a zone there is no energy in kWh."""
    assert [one.reason for one in warnings(replace(GAS, gas_zone=None))] == [
        "without a gas zone there is no energy in kWh, only volumes in m3"
    ]
    assert warnings(GAS) == []


def test_production_below_offtake_is_warned_of() -> None:
    """E9: production hangs on injection, and may be seen below offtake."""
    known = replace(AMR, direction=Direction.OFFTAKE, submeters=(PRODUCTION, AUXILIARY))
    assert faults(known) == []
    assert [one.part for one in warnings(known)] == [PRODUCTION, AUXILIARY]
