"""Facts about mandates, as text that a column keeps: the name of the fact, and its details as JSON."""

import json
from dataclasses import fields
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Final, get_args

from kwartier.domain.mandate import Fact, RenewalStatus, Status
from kwartier.domain.period import EPOCH, Period, epoch_microseconds
from kwartier.domain.scenario import ScenarioKind

__all__ = ["read_fact", "write_fact"]

_KINDS: Final = {kind.__name__: kind for kind in get_args(Fact)}


def write_fact(fact: Fact) -> tuple[str, str]:
    """The kind of a fact, and everything about it but its moment, as JSON."""
    details = {field.name: _write(getattr(fact, field.name)) for field in fields(fact) if field.name != "at"}
    return type(fact).__name__, json.dumps(details, separators=(",", ":"))


def read_fact(kind: str, at: datetime, details: str) -> Fact:
    """The fact of which a row tells.

    Raises:
        KeyError: no such kind.
    """
    read = {name: _READ.get(name, _same)(value) for name, value in json.loads(details).items()}
    fact: Fact = _KINDS[kind](at=at, **read)
    return fact


def _write(value: object) -> object:
    match value:
        case Enum():
            return value.value
        case datetime():
            return epoch_microseconds(value)
        case Period(start, end):
            return [_write(start), _write(end)]
        case _:
            return value


def _moment(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _same(value: Any) -> Any:
    return value


_READ: Final[dict[str, Any]] = {
    "data_period": lambda bounds: Period(
        _moment(bounds[0]), None if bounds[1] is None else _moment(bounds[1])
    ),
    "expiration": _moment,
    "effective": _moment,
    "kind": ScenarioKind,
    "status": Status,
    "renewal_status": lambda value: None if value is None else RenewalStatus(value),
}
