"""Slots read one by one, with the standard library: slow, and right where nothing else is."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from math import isfinite
from typing import Any, Final, TypeAlias

import numpy as np

from kwartier.client.decoding.columns import Register, Values
from kwartier.client.decoding.reading import Vocabularies
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.timestamps import read_timestamp

__all__ = ["BrokenAnswerError", "fetched_at", "parsed", "plain_values"]

_Row: TypeAlias = tuple[int | float, ...]
"""Number of the slot, start, end, value, and the codes of unit, state and factor."""

_FIELDS: Final = ("unit", "validationState", "gasConversionFactor")


class BrokenAnswerError(ValueError):
    """The answer is cut off, or is not what the guide says; the text says where."""


def parsed(text: bytes) -> Any:
    """JSON, strictly.

    Raises:
        BrokenAnswerError: it is none.
    """
    try:
        return json.loads(text, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise BrokenAnswerError(f"no JSON: {error}") from error


def fetched_at(told: Any) -> datetime | None:
    """The moment that an answer tells beside its data (C10); None: it tells none."""
    meta = told.get("_meta") if isinstance(told, Mapping) else None
    text = meta.get("fetchTime") if isinstance(meta, Mapping) else None
    try:
        return read_timestamp(text) if isinstance(text, str) else None
    except InvalidValueError:
        return None


def plain_values(slots: Iterable[tuple[int, Any]], vocabularies: Vocabularies) -> dict[Register, Values]:
    """The values of slots that were parsed, each with its number.

    Raises:
        BrokenAnswerError: one is no slot.
    """
    rows: dict[Register, list[_Row]] = {}
    for number, slot in slots:
        for register, row in _slot_rows(number, slot, vocabularies):
            rows.setdefault(register, []).append(row)
    return {register: _columns(some) for register, some in rows.items()}


def _slot_rows(number: int, slot: Any, vocabularies: Vocabularies) -> Iterator[tuple[Register, _Row]]:
    if not isinstance(slot, Mapping):
        raise BrokenAnswerError("a slot that is no object")
    start, end = _moment(slot, "start"), _moment(slot, "end")
    for item in _items(slot.get("measurements")):
        for direction, registers in item.items():
            if not isinstance(registers, Mapping):
                continue
            for register, told in registers.items():
                if isinstance(told, Mapping) and told.keys() & {"value", *_FIELDS}:
                    codes = [vocabularies.of(name).code(_text(told.get(name))) for name in _FIELDS]
                    row = (number, start, end, _number(told.get("value")), *codes)
                    yield Register(direction, register, codes[0]), row


def _columns(rows: Sequence[_Row]) -> Values:
    numbers, starts, ends, values, units, states, factors = zip(*rows, strict=True)
    return Values(
        np.array(numbers, np.int64),
        np.array(starts, np.int64),
        np.array(ends, np.int64),
        np.array(values, np.float64),
        np.array(units, np.int16),
        np.array(states, np.int16),
        np.array(factors, np.int16),
    )


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _items(measurements: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(measurements, list):
        yield from (item for item in measurements if isinstance(item, Mapping))
    elif measurements is not None:
        raise BrokenAnswerError("measurements that are no list")


def _moment(slot: Mapping[str, Any], name: str) -> int:
    try:
        moment: datetime = read_timestamp(str(slot.get(name)))
    except InvalidValueError as error:
        raise BrokenAnswerError(f"the {name} of a slot is {slot.get(name)!r}: {error}") from error
    return int(moment.timestamp())


def _text(told: Any) -> str | None:
    return None if told is None else str(told)


def _number(told: Any) -> float:
    """A number; JSON numbers may come as texts."""
    if told is None:
        return float("nan")
    try:
        number = float(told)
    except (TypeError, ValueError) as error:
        raise BrokenAnswerError(f"a value is {told!r}: no number") from error
    if not isfinite(number):
        raise BrokenAnswerError(f"a value is {told!r}: no number")
    return number
