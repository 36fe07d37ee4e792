"""What changed of a headpoint and of what hangs on it, in words fit for the operator (E8, E9)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time
from typing import TypeAlias

from kwartier.domain.days import BRUSSELS
from kwartier.domain.headpoint_rules import ALWAYS
from kwartier.domain.known_headpoint import GridUse, HungMeter, KnownHeadpoint
from kwartier.domain.metering import SubHeadpoint
from kwartier.domain.period import Period

__all__ = ["changes"]

_Facts: TypeAlias = Mapping[str, str | None]
"""What is known of a part, by what it is called; None: nothing is."""

_Parts: TypeAlias = Mapping[str, _Facts]


def changes(before: KnownHeadpoint, after: KnownHeadpoint) -> list[str]:
    """What changed of a headpoint, from what to what; nothing if all is as it was."""
    told = list(_differences("", _of_itself(before), _of_itself(after)))
    told += _parts_changed("meter", _meters(before), _meters(after))
    told += _parts_changed("submeter", _submeters(before), _submeters(after))
    told += _parts_changed("grid user", _grid_users(before), _grid_users(after))
    return told


def _parts_changed(name: str, before: _Parts, after: _Parts) -> Iterator[str]:
    for key in sorted(before.keys() - after.keys()):
        yield f"{name} {key} removed"
    for key, facts in after.items():
        if key not in before:
            yield f"{name} {key} added"
        else:
            yield from _differences(f"{name} {key}, ", before[key], facts)


def _differences(of: str, before: _Facts, after: _Facts) -> Iterator[str]:
    for what, old in before.items():
        if old != after[what]:
            yield f"{of}{what}: {old or 'none'} -> {after[what] or 'none'}"


def _of_itself(known: KnownHeadpoint) -> _Facts:
    return {
        "energy": known.headpoint.energy_type.value,
        "meter type": known.headpoint.meter_type.value,
        "direction": None if known.direction is None else known.direction.value,
        "gas zone": known.gas_zone,
    }


def _meters(known: KnownHeadpoint) -> _Parts:
    return {one.meter.seq_number: _of_meter(one) for one in known.meters}


def _of_meter(one: HungMeter) -> _Facts:
    return {"meter id": one.meter.meter_id, **_bounds(one.period or Period(ALWAYS))}


def _submeters(known: KnownHeadpoint) -> _Parts:
    return {one.ean: _of_submeter(one) for one in known.submeters}


def _of_submeter(one: SubHeadpoint) -> _Facts:
    return {
        "direction": one.direction.value,
        "seq number": one.seq_number,
        "installation": None if one.installation is None else one.installation.value,
        "VREG id": one.vreg_id,
    }


def _grid_users(known: KnownHeadpoint) -> _Parts:
    return {_named(one): _bounds(one.period) for one in known.grid_users}


def _named(use: GridUse) -> str:
    return f"{use.who} since {use.period.start.astimezone(BRUSSELS):%Y-%m-%d}"


def _bounds(period: Period) -> _Facts:
    start = None if period.start == ALWAYS else _moment(period.start)
    return {"from": start, "to": None if period.end is None else _moment(period.end)}


def _moment(moment: datetime) -> str:
    """As the operator gives it: a midnight in Brussels as a date."""
    local = moment.astimezone(BRUSSELS)
    return f"{local:%Y-%m-%d}" if local.time() == time() else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
