"""What changed of a headpoint, in words."""

from dataclasses import replace
from typing import Final

from kwartier.domain.ean import Ean
from kwartier.domain.headpoint_changes import changes
from kwartier.domain.headpoint_rules import ALWAYS
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

EAN, OTHER = Ean("541448800000000000"), Ean("541448800000000017")
SPRING, SUMMER = brussels("2025-03-01T00:00"), brussels("2025-06-01T00:00")
DIGITAL: Final = KnownHeadpoint(
    Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.DIGITAL),
    meters=(HungMeter(PhysicalMeter("1", "A")),),
    grid_users=(GridUse("a", Period(SPRING)),),
)
PRODUCTION: Final = SubHeadpoint(OTHER, "1", Direction.PRODUCTION, "VREG", InstallationType.PV)
AMR: Final = KnownHeadpoint(
    Headpoint(EAN, EnergyType.ELECTRICITY, MeterType.AMR), Direction.INJECTION, submeters=(PRODUCTION,)
)


def test_nothing_changed() -> None:
    """E8, E9: what is told again as it was is no change."""
    assert changes(DIGITAL, DIGITAL) == changes(AMR, AMR) == []


def test_what_a_headpoint_is() -> None:
    """E8: each of its words, from what to what."""
    gas = Headpoint(EAN, EnergyType.GAS, MeterType.DIGITAL)
    assert changes(DIGITAL, replace(DIGITAL, headpoint=gas, gas_zone="Z")) == [
        "energy: electricity -> gas",
        "gas zone: none -> Z",
    ]
    assert changes(AMR, replace(AMR, direction=Direction.OFFTAKE)) == ["direction: injection -> offtake"]


def test_parts_that_come_and_go() -> None:
    """E8, E9: meters, submeters and grid users, each by its name."""
    moved = replace(DIGITAL, meters=(*DIGITAL.meters, HungMeter(PhysicalMeter("2", "B"))), grid_users=())
    assert changes(DIGITAL, moved) == ["meter 2 added", "grid user a since 2025-03-01 removed"]
    assert changes(AMR, replace(AMR, submeters=())) == [f"submeter {OTHER} removed"]


def test_a_meter_from_what_to_what() -> None:
    """E8: its number and its bounds; a midnight in Brussels is a date, as it is given."""
    noon = brussels("2025-06-01T12:00")
    exchanged = replace(DIGITAL, meters=(HungMeter(PhysicalMeter("1", "B"), Period(SPRING, noon)),))
    assert changes(DIGITAL, exchanged) == [
        "meter 1, meter id: A -> B",
        "meter 1, from: none -> 2025-03-01",
        "meter 1, to: none -> 2025-06-01T10:00:00Z",
    ]
    ended = replace(DIGITAL, meters=(HungMeter(PhysicalMeter("1", "A"), Period(ALWAYS, SUMMER)),))
    assert changes(DIGITAL, ended) == ["meter 1, to: none -> 2025-06-01"]


def test_a_submeter_from_what_to_what() -> None:
    """E9: whatever is known of it."""
    wind = SubHeadpoint(OTHER, "2", Direction.AUXILIARY, None, InstallationType.WIND)
    assert changes(AMR, replace(AMR, submeters=(wind,))) == [
        f"submeter {OTHER}, direction: production -> auxiliary",
        f"submeter {OTHER}, seq number: 1 -> 2",
        f"submeter {OTHER}, installation: PV -> WND",
        f"submeter {OTHER}, VREG id: VREG -> none",
    ]


def test_a_grid_user_from_what_to_what() -> None:
    """I6: until when he is."""
    assert changes(DIGITAL, replace(DIGITAL, grid_users=(GridUse("a", Period(SPRING, SUMMER)),))) == [
        "grid user a since 2025-03-01, to: none -> 2025-06-01"
    ]
