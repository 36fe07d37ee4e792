"""What holds of a headpoint and of what hangs on it (E8, E9)."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final, TypeAlias, TypeVar

from kwartier.domain.ean import Ean
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import Direction, EnergyType, MeterType, SubHeadpoint
from kwartier.domain.names import UNSHOWABLE, can_be_shown
from kwartier.domain.period import EPOCH, Period

__all__ = ["ALWAYS", "Fault", "Part", "faults", "warnings"]

ALWAYS: Final = EPOCH
"""Since when a meter hung there of which only the end is known."""

Part: TypeAlias = HungMeter | SubHeadpoint | GridUse | None
"""What hangs on a headpoint; None: the headpoint itself."""

_NOBODY: Final = Ean("0" * 18)
_NOBODYS: Final = "an EAN of zeros alone names nobody: it stands for one that could not be read"

P = TypeVar("P", HungMeter, SubHeadpoint)

_HEADPOINT_DIRECTIONS: Final = (Direction.OFFTAKE, Direction.INJECTION)
_SUBMETER_DIRECTIONS: Final = (Direction.PRODUCTION, Direction.AUXILIARY, Direction.OFFTAKE)
_OF_INSTALLATIONS: Final = (Direction.PRODUCTION, Direction.AUXILIARY)


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be so, of which part, in words fit for the operator."""

    part: Part
    reason: str


def faults(known: KnownHeadpoint) -> list[Fault]:
    """All that cannot be so of a headpoint (E8, E9); a wrong check digit is none (M9)."""
    found = [Fault(None, reason) for reason in _of_itself(known)]
    found += [Fault(hung, reason) for hung in known.meters for reason in _of_meter(hung)]
    found += _of_all_meters(known.meters)
    found += [Fault(sub, reason) for sub in known.submeters for reason in _of_submeter(sub, known)]
    found += [
        Fault(sub, f"the EAN {sub.ean} stands twice among the submeters")
        for sub in _doubles(known.submeters, [sub.ean for sub in known.submeters])
    ]
    found += _of_grid_users(known.grid_users)
    return found


def warnings(known: KnownHeadpoint) -> list[Fault]:
    """What may be so, and deserves a second look."""
    found = [
        Fault(part, f"the check digit of EAN {ean} does not fit the others")
        for part, ean in [(None, known.headpoint.ean), *((sub, sub.ean) for sub in known.submeters)]
        if not ean.has_valid_check_digit
    ]
    if _is_digital_gas(known) and known.gas_zone is None:
        found.append(Fault(None, "without a gas zone there is no energy in kWh, only volumes in m3"))
    if known.direction is Direction.OFFTAKE:
        found += [
            Fault(
                sub,
                f"{sub.direction.value} usually hangs on the EAN of injection, and this is one of offtake",
            )
            for sub in known.submeters
            if sub.direction in _OF_INSTALLATIONS
        ]
    return found


def _of_itself(known: KnownHeadpoint) -> Iterator[str]:
    if known.headpoint.ean == _NOBODY:
        yield _NOBODYS
    digital = known.headpoint.meter_type is MeterType.DIGITAL
    if digital and known.direction is not None:
        yield "a digital headpoint has no direction: its one EAN covers both"
    if not digital and known.direction not in _HEADPOINT_DIRECTIONS:
        yield f"an AMR headpoint has a direction; allowed: {_names(_HEADPOINT_DIRECTIONS)}"
    if digital and not known.meters:
        yield "a digital headpoint has at least one meter"
    if digital and known.submeters:
        yield "a digital headpoint has no submeters; AMR headpoints have"
    if not digital and known.meters:
        yield "an AMR headpoint has no meters of its own: its series lie on the headpoint"
    if known.gas_zone is not None and not _is_digital_gas(known):
        yield "a gas zone is for digital gas meters alone: what others deliver is energy already"
    if known.gas_zone is not None and not known.gas_zone.strip():
        yield "the name of the gas zone is empty"
    yield from _unshowable("the gas zone", known.gas_zone)


def _of_meter(hung: HungMeter) -> Iterator[str]:
    if not hung.meter.seq_number.strip():
        yield "the sequence number of a meter is empty"
    if not hung.meter.meter_id.strip():
        yield "the number of a meter, as it stands on it, is empty"
    yield from _unshowable("the sequence number of a meter,", hung.meter.seq_number)
    yield from _unshowable("meter", hung.meter.meter_id)
    if hung.period is not None and hung.period.is_empty:
        yield f"meter {hung.meter.meter_id} ends before it begins"


def _of_all_meters(meters: Sequence[HungMeter]) -> Iterator[Fault]:
    for hung in _doubles(meters, [hung.meter.seq_number for hung in meters]):
        yield Fault(hung, f"the sequence number {hung.meter.seq_number} stands twice among the meters")
    for hung in _doubles(meters, [hung.meter.meter_id for hung in meters]):
        yield Fault(hung, f"the meter {hung.meter.meter_id} stands twice")
    in_order = sorted(meters, key=lambda hung: _since(hung.period))
    for earlier, later in pairwise(in_order):
        if _overlap(earlier.period or Period(ALWAYS), later.period or Period(ALWAYS)):
            yield Fault(
                later,
                f"meters {earlier.meter.meter_id} and {later.meter.meter_id} would hang there at the same time: "
                "say from when to when each did",
            )


def _of_submeter(sub: SubHeadpoint, known: KnownHeadpoint) -> Iterator[str]:
    if sub.ean == _NOBODY:
        yield f"submeter {sub.ean}: {_NOBODYS}"
    if sub.ean == known.headpoint.ean:
        yield f"submeter {sub.ean} has the EAN of its headpoint"
    if not sub.seq_number.strip():
        yield f"the sequence number of submeter {sub.ean} is empty"
    yield from _unshowable(f"the sequence number of submeter {sub.ean},", sub.seq_number)
    yield from _unshowable(f"the VREG id of submeter {sub.ean},", sub.vreg_id)
    if sub.direction not in _SUBMETER_DIRECTIONS:
        yield f"submeter {sub.ean} cannot be one of {sub.direction.value}; allowed: {_names(_SUBMETER_DIRECTIONS)}"
        return
    if sub.direction is Direction.OFFTAKE and known.direction is Direction.INJECTION:
        yield f"submeter {sub.ean} of offtake hangs on an EAN of offtake, and this is one of injection"
    if sub.installation is not None and sub.direction not in _OF_INSTALLATIONS:
        yield (
            f"submeter {sub.ean} of {sub.direction.value} has no installation; those of "
            f"{_names(_OF_INSTALLATIONS)} may have one"
        )


def _of_grid_users(uses: Sequence[GridUse]) -> Iterator[Fault]:
    for use in uses:
        if not use.who.strip():
            yield Fault(use, "the name of a grid user is empty")
        for reason in _unshowable("grid user", use.who):
            yield Fault(use, reason)
        if use.period.is_empty:
            yield Fault(use, f"grid user {use.who} ends before it begins")
    for earlier, later in pairwise(sorted(uses, key=lambda use: use.period.start)):
        if _overlap(earlier.period, later.period):
            yield Fault(later, f"grid users {earlier.who} and {later.who} would be there at the same time")


def _unshowable(what: str, name: str | None) -> Iterator[str]:
    if name is not None and not can_be_shown(name):
        yield f"{what} {name!a} {UNSHOWABLE}"


def _doubles(parts: Sequence[P], keys: Sequence[str]) -> Iterator[P]:
    """Those of which the key stood before."""
    seen: Counter[str] = Counter()
    for part, key in zip(parts, keys, strict=True):
        seen[key] += 1
        if seen[key] == 2:
            yield part


def _overlap(earlier: Period, later: Period) -> bool:
    if earlier.is_empty or later.is_empty:
        return False
    return earlier.end is None or later.start < earlier.end


def _since(period: Period | None) -> datetime:
    return ALWAYS if period is None else period.start


def _is_digital_gas(known: KnownHeadpoint) -> bool:
    headpoint = known.headpoint
    return (headpoint.energy_type, headpoint.meter_type) == (EnergyType.GAS, MeterType.DIGITAL)


def _names(directions: Iterable[Direction]) -> str:
    return ", ".join(one.value for one in directions)
