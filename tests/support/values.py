"""Every value of an answer by what it is of, and any EANs, windows and moments to ask about."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final, NamedTuple

import httpx
from hypothesis import strategies as st

from kwartier.domain.days import BRUSSELS
from kwartier.sandbox.eans import PREFIXES
from kwartier.wire.timestamps import read_timestamp, write_timestamp
from support.platform import Client, Json

__all__ = ["Key", "Said", "Values", "Window", "ask", "at", "eans", "local", "moments", "numbers", "windows"]


class Key(NamedTuple):
    """What a value is of.

    Attributes:
        meter: empty for the headpoint; of a submeter kind and sequence number, which its EANs share.
    """

    meter: str
    start: str
    end: str
    direction: str
    register: str
    unit: str


class Said(NamedTuple):
    """What is said of it."""

    value: Decimal
    state: str
    factor: str | None


Values = dict[Key, Said]


@dataclass(frozen=True)
class Window:
    """From when to when."""

    start: datetime
    end: datetime

    def split(self, *parts: float) -> list["Window"]:
        """The windows, in order, into which these parts of the whole cut it, at whole seconds."""
        length = self.end - self.start
        cuts = sorted((self.start + length * part).replace(microsecond=0) for part in parts)
        borders = [self.start, *(cut for cut in cuts if self.start < cut), self.end]
        return [Window(*two) for two in pairwise(borders) if two[0] < two[1]]


def at(client: Client, moment: datetime) -> None:
    """Set the clock."""
    client.at(write_timestamp(moment))


def ask(client: Client, ean: str, window: Window, period_type: str = "readTime", **params: str) -> Values:
    """Everything that is answered, each value once and the slots of each series in order."""
    start, end = write_timestamp(window.start), write_timestamp(window.end)
    answer = client.ask_energy(ean, start, end, periodType=period_type, **params)
    return _values(answer.raise_for_status())


def local(moment: str) -> datetime:
    """A moment of an answer on the clocks of Brussels."""
    return read_timestamp(moment).astimezone(BRUSSELS)


def _values(answer: httpx.Response) -> Values:
    headpoint = json.loads(answer.content, parse_float=Decimal, parse_int=Decimal)["data"]["headpoint"]
    meters = {"": headpoint}
    meters |= {f"{one['seqNumber']}/{one['meterID']}": one for one in headpoint.get("physicalMeters", [])}
    below = headpoint.get("subHeadpoints", [])
    meters |= {f"{one['$type']}/{one['seqNumber']}": one for one in below}
    found: Values = {}
    for name, meter in meters.items():
        for series in (value for field, value in meter.items() if field.endswith("Energy")):
            borders = [(slot["start"], slot["end"]) for slot in series]
            assert borders == sorted(set(borders))
            for slot in series:
                _add(found, name, slot)
    return found


def _add(found: Values, meter: str, slot: Json) -> None:
    for measured in slot["measurements"]:
        for direction, registers in measured.items():
            for register, reading in registers.items():
                key = Key(meter, slot["start"], slot["end"], direction, register, reading["unit"])
                assert key not in found
                found[key] = Said(
                    reading["value"], reading["validationState"], reading.get("gasConversionFactor")
                )


_CHANGES_OF_CLOCK: Final = [
    datetime(2023, 10, 29, 1, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
    datetime(2024, 10, 27, 1, tzinfo=UTC),
    datetime(2025, 3, 30, 1, tzinfo=UTC),
]
_LONGEST_MINUTES: Final = 12 * 1440

# Half of them show something special.
numbers = st.one_of(
    st.integers(0, 999),
    st.builds(lambda hundred, two: 100 * hundred + two, st.integers(0, 9), st.integers(80, 99)),
)
eans = st.builds(
    lambda prefix, number: f"{prefix}000000{number:03d}", st.sampled_from(sorted(PREFIXES)), numbers
)

_starts = st.one_of(
    st.builds(
        lambda change, minutes: change + timedelta(minutes=minutes),
        st.sampled_from(_CHANGES_OF_CLOCK),
        st.integers(-4 * 1440, 1440),
    ),
    st.datetimes(datetime(2022, 10, 1), datetime(2025, 9, 15), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis wants naive bounds
)
_lengths = st.one_of(
    st.integers(1, _LONGEST_MINUTES),
    st.integers(1, _LONGEST_MINUTES // 15).map(lambda quarters: 15 * quarters),
    st.integers(1, _LONGEST_MINUTES // 1440).map(lambda days: 1440 * days),
)

windows = st.builds(
    lambda start, minutes, seconds: Window(
        start.replace(microsecond=0, second=0) + timedelta(seconds=seconds),
        start.replace(microsecond=0, second=0) + timedelta(minutes=minutes),
    ),
    _starts,
    _lengths,
    st.sampled_from([0, 0, 1, 59]),
)
"""Up to twelve days, all of them known at `NOW`; many of them around a change of clock, most ends off the grid."""

moments = st.one_of(
    st.builds(
        lambda change, hours: change + timedelta(hours=hours),
        st.sampled_from(_CHANGES_OF_CLOCK),
        st.integers(-30, 240),
    ),
    st.datetimes(datetime(2023, 1, 1), datetime(2025, 9, 20), timezones=st.just(UTC)).map(  # noqa: DTZ001 - as above
        lambda moment: moment.replace(microsecond=0)
    ),
)
"""Moments at which a clock stands, often in the ten days after a change of clock."""
