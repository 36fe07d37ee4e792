"""A whole answer of GET energy: what is told of meters, and the arrays of slots that lie among it (E8, E9, C10)."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kwartier.client.decoding.arrays import SlotArray, UnsplittableError, read_array
from kwartier.client.decoding.columns import Labels, Register, Values
from kwartier.client.decoding.plain import BrokenAnswerError, fetched_at, parsed, plain_values
from kwartier.client.decoding.reading import Vocabularies
from kwartier.domain.days import Grid
from kwartier.domain.metering import Granularity
from kwartier.wire.energy import SERIES
from kwartier.wire.frame import Source
from kwartier.wire.vocabulary import GRANULARITY

__all__ = ["Answer", "Part", "read_answer"]

_MARK: Final = "\0slots {}"
_ARRAY: Final = re.compile(
    rb'"(?:' + "|".join(sorted(set(SERIES.values()))).encode() + rb')"[ \t\n\r]*:[ \t\n\r]*\['
)
_GRANULARITY: Final = {
    name: GRANULARITY.write(
        Granularity.DAILY if grid in {Grid.DAY, Grid.GAS_DAY} else Granularity.QUARTER_HOURLY
    )
    for grid, name in SERIES.items()
}


@dataclass(frozen=True, slots=True)
class Part:
    """The values of one register of one series, and what they have in common."""

    labels: Labels
    register: Register
    values: Values


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer holds.

    Attributes:
        ean: of the headpoint.
        energy_type: as it is told; None: it is not.
        fetched_at: the moment that the answer tells, if any.
        parts: the values.
        vocabularies: the texts of their codes.
    """

    ean: str
    energy_type: str | None
    fetched_at: datetime | None
    parts: tuple[Part, ...]
    vocabularies: Vocabularies


def read_answer(content: bytes) -> Answer:
    """Read an answer, with its envelope or without (C10).

    Raises:
        BrokenAnswerError: it is cut off, or is not what the guide says.
    """
    vocabularies = Vocabularies()
    try:
        text, arrays = _skeleton(content, vocabularies)
    except UnsplittableError:
        text, arrays = content, []
    return _answer(parsed(text), arrays, vocabularies)


def _skeleton(content: bytes, vocabularies: Vocabularies) -> tuple[bytes, list[SlotArray]]:
    """The answer with a mark and a number in place of each array of slots, and the arrays."""
    pieces: list[bytes] = []
    arrays: list[SlotArray] = []
    position = 0
    while (opening := _ARRAY.search(content, position)) is not None:
        array = read_array(content, opening.end(), vocabularies)
        pieces += (content[position : opening.end() - 1], json.dumps(_MARK.format(len(arrays))).encode())
        arrays.append(array)
        position = array.closed
    return b"".join((*pieces, content[position:])), arrays


def _answer(told: Any, arrays: list[SlotArray], vocabularies: Vocabularies) -> Answer:
    if not isinstance(told, Mapping):
        raise BrokenAnswerError("no object")
    data = told.get("data", told)
    headpoint = data.get("headpoint", data) if isinstance(data, Mapping) else None
    if not isinstance(headpoint, Mapping) or not isinstance(headpoint.get("ean"), str):
        raise BrokenAnswerError("there is no headpoint with an EAN in it")
    parts = [
        Part(labels, register, values)
        for labels, slots in _series(headpoint)
        for register, values in _values(slots, arrays, vocabularies).items()
    ]
    return Answer(
        headpoint["ean"],
        _optional(headpoint, "energyType"),
        fetched_at(told),
        tuple(parts),
        vocabularies,
    )


def _series(headpoint: Mapping[str, Any]) -> Iterator[tuple[Labels, Any]]:
    """What lies under the keys of series, of the headpoint itself, its meters and its submeters."""
    yield from _series_of(headpoint, Source.HEADPOINT, (None, None, None))
    for meter in _objects(headpoint, "physicalMeters"):
        name = _optional(meter, "meterID") or _optional(meter, "seqNumber")
        yield from _series_of(meter, Source.METER, (name, None, None))
    for sub in _objects(headpoint, "subHeadpoints"):
        ean = _optional(sub, "ean") or _optional(sub, "seqNumber")
        yield from _series_of(sub, Source.SUB_HEADPOINT, (None, ean, _optional(sub, "type")))


def _series_of(
    meter: Mapping[str, Any], source: Source, names: tuple[str | None, str | None, str | None]
) -> Iterator[tuple[Labels, Any]]:
    for key, granularity in _GRANULARITY.items():
        if meter.get(key) is not None:
            yield Labels(source.value, *names, granularity), meter[key]


def _objects(headpoint: Mapping[str, Any], key: str) -> Iterator[Mapping[str, Any]]:
    """A list of objects, or one alone."""
    told = headpoint.get(key)
    several = told if isinstance(told, list) else [told]
    yield from (one for one in several if isinstance(one, Mapping))


def _optional(told: Mapping[str, Any], key: str) -> str | None:
    """A text, or a number as text: `seqNumber` comes as either."""
    found = told.get(key)
    return None if found is None else str(found)


def _values(slots: Any, arrays: list[SlotArray], vocabularies: Vocabularies) -> dict[Register, Values]:
    if isinstance(slots, str) and slots in (marks := [_MARK.format(place) for place in range(len(arrays))]):
        return arrays[marks.index(slots)].values
    if not isinstance(slots, list):
        raise BrokenAnswerError("a series that is no list")
    return plain_values(enumerate(slots), vocabularies)
