"""Slots read one by one, with the standard library: slow, and right where nothing else is."""

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kwartier.client.decoding.columns import Values
from kwartier.client.decoding.reading import Vocabularies
from kwartier.domain.errors import InvalidValueError
from kwartier.wire.timestamps import read_timestamp

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["BrokenAnswerError", "parsed", "plain_slot", "told_slot"]

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


def plain_slot(text: bytes, row: int, vocabularies: Vocabularies) -> Iterator[tuple[str, str, Values]]:
    """The values of a slot, with direction and register.

    Raises:
        BrokenAnswerError: it is no slot.
    """
    yield from told_slot(parsed(text), row, vocabularies)


def told_slot(slot: Any, row: int, vocabularies: Vocabularies) -> Iterator[tuple[str, str, Values]]:
    """As `plain_slot`, of what was parsed already."""
    if not isinstance(slot, Mapping):
        raise BrokenAnswerError("a slot that is no object")
    start, end = _moment(slot, "start"), _moment(slot, "end")
    for item in _items(slot.get("measurements")):
        for direction, registers in item.items():
            if not isinstance(registers, Mapping):
                continue
            for register, told in registers.items():
                if isinstance(told, Mapping) and told.keys() & {"value", *_FIELDS}:
                    yield direction, register, _values(row, (start, end), told, vocabularies)


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


def _values(row: int, period: tuple[int, int], told: Mapping[str, Any], vocabularies: Vocabularies) -> Values:
    units, states, factors = (
        np.array([vocabularies.of(name).code(_text(told.get(name)))], np.int16) for name in _FIELDS
    )
    start, end = period
    return Values(
        np.array([row]),
        np.array([start]),
        np.array([end]),
        np.array([_number(told.get("value"))]),
        units,
        states,
        factors,
    )


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
