"""The answer of GET energy, built of dicts in the plainest way: what the renderer is held against."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from kwartier.domain.days import BRUSSELS, Grid
from kwartier.domain.metering import (
    EnergyType,
    Headpoint,
    MeterType,
    PhysicalMeter,
    Register,
    State,
    SubHeadpoint,
)
from kwartier.domain.series import MeterSeries, Series

__all__ = ["slow_answer"]

_MARK = "\N{OBJECT REPLACEMENT CHARACTER}"
_KEYS = {
    "dailyEnergy": {Grid.DAY, Grid.GAS_DAY},
    "hourlyEnergy": {Grid.HOUR},
    "quarterHourlyEnergy": {Grid.QUARTER_HOUR},
}


def slow_answer(headpoint: Headpoint, meters: Sequence[MeterSeries], fetched_at: datetime) -> bytes:
    """The bytes of the answer."""
    body: dict[str, Any] = {
        "$type": "metering-on-meter"
        if headpoint.meter_type is MeterType.DIGITAL
        else "metering-on-headpoint",
        "ean": headpoint.ean,
        "energyType": "E" if headpoint.energy_type is EnergyType.ELECTRICITY else "G",
    }
    physical, submeters = [], []
    for meter in meters:
        by_key = {
            key: slots
            for key, grids in _KEYS.items()
            for series in meter.series
            if series.grid in grids and (slots := _slots(series))
        }
        if meter.meter is None:
            body |= by_key
        elif by_key and isinstance(meter.meter, PhysicalMeter):
            physical.append({"seqNumber": meter.meter.seq_number, "meterID": meter.meter.meter_id} | by_key)
        elif by_key and isinstance(meter.meter, SubHeadpoint):
            submeters.append(_told(meter.meter) | by_key)
    if physical:
        body["physicalMeters"] = physical
    if submeters:
        body["subHeadpoints"] = submeters
    answer = {"data": {"headpoint": body}, "_meta": {"fetchTime": fetched_at.strftime("%Y-%m-%dT%H:%M:%SZ")}}
    text = json.dumps(answer, separators=(",", ":"))
    mark = json.dumps(_MARK)[1:-1]
    return text.replace(f'"{mark}', "").replace(f'{mark}"', "").encode()


def _told(submeter: SubHeadpoint) -> dict[str, Any]:
    told = {
        "$type": f"submetering-{submeter.direction.value}",
        "ean": submeter.ean,
        "seqNumber": submeter.seq_number,
        "vregId": submeter.vreg_id,
        "type": submeter.installation and submeter.installation.value,
    }
    return {name: value for name, value in told.items() if value is not None}


def _slots(series: Series) -> list[dict[str, Any]]:
    slots = []
    for column in range(len(series)):
        measurements = _measurements(series, column)
        if measurements:
            slot = series.first_slot + column
            slots.append(
                {
                    "start": _start(series.grid, slot),
                    "end": _start(series.grid, slot + 1),
                    "measurements": measurements,
                }
            )
    return slots


def _measurements(series: Series, column: int) -> list[dict[str, Any]]:
    items: list[dict[str, dict[str, Any]]] = []
    for row, register in enumerate(series.registers):
        direction, kind = register.direction.value, register.kind.value
        value = _value(register, int(series.values[row, column]), int(series.states[row, column]))
        for item in items:
            if kind not in item.setdefault(direction, {}):
                item[direction][kind] = value
                break
        else:
            items.append({direction: {kind: value}})
    return [kept for item in items if (kept := _without_nothing(item))]


def _without_nothing(item: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    present = {
        direction: {kind: value for kind, value in kinds.items() if value is not None}
        for direction, kinds in item.items()
    }
    return {direction: kinds for direction, kinds in present.items() if kinds}


def _value(register: Register, thousandths: int, state: int) -> dict[str, str] | None:
    factor, state = divmod(state, 8)
    if state not in {State.READ, State.EST, State.VAL, State.NVAL}:
        return None
    number = f"{Decimal(thousandths).scaleb(-3):f}"
    value = {
        "value": f"{_MARK}{number}{_MARK}",
        "unit": register.unit.value,
        "validationState": State(state).name,
    }
    return value | ({"gasConversionFactor": "-CDP"[factor]} if factor else {})


def _start(grid: Grid, slot: int) -> str:
    lengths = {Grid.QUARTER_HOUR: timedelta(minutes=15), Grid.HOUR: timedelta(hours=1)}
    if grid in lengths:
        start = datetime(1970, 1, 1, tzinfo=UTC) + slot * lengths[grid]
    else:
        hour = 6 if grid is Grid.GAS_DAY else 0
        start = datetime.combine(date(1970, 1, 1) + timedelta(days=slot), time(hour), BRUSSELS).astimezone(
            UTC
        )
    return start.strftime("%Y-%m-%dT%H:%M:%SZ")
