"""What an answer of GET energy tells, read the simplest way, and the same answer in other clothes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from kwartier import EnergyTable

__all__ = ["LAYOUTS", "Row", "every_row", "rows_of", "rows_told"]

Row = tuple[Any, ...]
_OF_VALUE: Final = -3  # before the value itself: what it is of
_FIELDS: Final = ("value", "unit", "validationState", "gasConversionFactor")
_GRANULARITY: Final = {
    "dailyEnergy": "daily",
    "hourlyEnergy": "hourly_quarterhourly",
    "quarterHourlyEnergy": "hourly_quarterhourly",
}


def rows_told(answer: Mapping[str, Any]) -> list[Row]:
    """The rows that a table of the answer has, in any order: of an interval told twice the last."""
    rows = {row[:_OF_VALUE]: row for row in every_row(answer)}
    return sorted(rows.values(), key=repr)


def every_row(answer: Mapping[str, Any]) -> Iterator[Row]:
    """A row for each value that the answer tells, in its order."""
    headpoint = answer.get("data", answer)["headpoint"]
    for labels, meter in _meters(headpoint):
        for key, granularity in _GRANULARITY.items():
            for slot in meter.get(key) or []:
                moments = (_moment(slot["start"]), _moment(slot["end"]))
                for direction, register, told in _values(slot):
                    value, unit, state, factor = (told.get(name) for name in _FIELDS)
                    which = (headpoint["ean"], *labels, granularity, *moments, direction, register, unit)
                    yield (*which, value, state, factor)


def _meters(headpoint: Mapping[str, Any]) -> Iterator[tuple[Row, Mapping[str, Any]]]:
    """The headpoint itself, its meters and submeters, with what the table says of them."""
    yield ("headpoint", None, None, None), headpoint
    for meter in headpoint.get("physicalMeters") or []:
        yield ("meter", meter.get("meterID") or str(meter.get("seqNumber")), None, None), meter
    for sub in headpoint.get("subHeadpoints") or []:
        yield ("sub-headpoint", None, sub["ean"], sub.get("type")), sub


def _values(slot: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for item in slot.get("measurements") or []:
        for direction, registers in item.items():
            if not isinstance(registers, Mapping):
                continue
            for register, told in registers.items():
                if isinstance(told, Mapping) and told.keys() & set(_FIELDS):
                    yield direction, register, told


def rows_of(table: EnergyTable) -> list[Row]:
    """The rows of a table in the same form and order."""
    rows = [
        (
            one.ean,
            one.source,
            one.meter,
            one.sub_headpoint,
            one.installation_type,
            one.granularity,
            one.start,
            one.end,
            one.direction,
            one.register,
            one.unit,
            one.value,
            one.validation_state,
            one.gas_conversion_factor,
        )
        for one in table
    ]
    return sorted(rows, key=repr)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _turned(told: Any) -> Any:
    """The same object with its keys the other way round."""
    if isinstance(told, dict):
        return {key: _turned(told[key]) for key in reversed(told)}
    return [_turned(one) for one in told] if isinstance(told, list) else told


def _with_more(told: Any) -> Any:
    """The same with a field in each object that nobody knows."""
    if isinstance(told, dict):
        return {key: _with_more(value) for key, value in told.items()} | {
            "note": 'an [odd] "{thing}"',
            "of": "one \\ the other",
            "no": 1.5,
        }
    return [_with_more(one) for one in told] if isinstance(told, list) else told


def _other_moments(told: Any) -> Any:
    """The same with moments in the other forms that are read."""
    text = json.dumps(told).replace(':00:00Z"', ':00:00.000Z"').replace(':15:00Z"', ':15:00+00:00"')
    return json.loads(text)


LAYOUTS: Final[dict[str, Callable[[Any], bytes]]] = {
    "our own": lambda told: json.dumps(told, separators=(",", ":")).encode(),
    "with blanks": lambda told: json.dumps(told).encode(),
    "indented": lambda told: json.dumps(told, indent="\t").encode(),
    "turned": lambda told: json.dumps(_turned(told)).encode(),
    "with more fields": lambda told: json.dumps(_with_more(told)).encode(),
    "without envelope": lambda told: json.dumps(told["data"]).encode(),
    "with a mark before": lambda told: b"\xef\xbb\xbf" + json.dumps(told).encode(),
    "other moments": lambda told: json.dumps(_other_moments(told)).encode(),
    "escaped": lambda told: (
        json.dumps(told)
        .replace("total", "to\\u0074al")
        .replace("READ", "R\\u0045AD")
        .replace('Z"', '\\u002B00:00"')
        .encode()
    ),
    "numbers as texts": lambda told: re.sub(
        r'"value": ([^,}n]+)', r'"value": "\1"', json.dumps(told)
    ).encode(),
}
"""Ways to write an answer that all say the same."""
