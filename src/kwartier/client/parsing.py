"""From an answer of GET energy, fetched now or long ago, to the table; fetching is another function."""

import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.answer import Answer, Part, read_answer
from kwartier.client.decoding.columns import Labels, Values, Vocabulary
from kwartier.client.decoding.plain import BrokenAnswerError
from kwartier.client.errors import UnreadableError
from kwartier.client.table import EnergyTable, TextColumn
from kwartier.wire.energy import DIRECTION, GAS_FACTOR, REGISTER_KIND, UNIT, VALIDATION_STATE

__all__ = ["UnknownNameWarning", "read_energy", "table_of"]

_KNOWN: Final = {
    "direction": DIRECTION.names,
    "register": REGISTER_KIND.names,
    "unit": UNIT.names,
    "validation_state": VALIDATION_STATE.names,
    "gas_conversion_factor": GAS_FACTOR.names,
}
_MICROSECONDS: Final = 1_000_000


class UnknownNameWarning(UserWarning):
    """An answer has a name that the guide does not know; it is kept as it is."""


def read_energy(source: bytes | str | Path) -> EnergyTable:
    """Read an answer of GET energy that was saved.

    Args:
        source: the answer as bytes, or the file in which it is.

    Raises:
        UnreadableError: it is cut off, or is not what the guide says.
        OSError: the file can't be read.
    """
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        return table_of(content)
    except BrokenAnswerError as error:
        raise UnreadableError(f"this is no answer of GET energy: {error}") from error


def table_of(content: bytes) -> EnergyTable:
    """The table of an answer.

    Raises:
        BrokenAnswerError: it is cut off, or is not what the guide says.
    """
    answer = read_answer(content)
    parts, notices = _without_doubles(answer.parts)
    columns = _text_columns(answer, parts)
    for name, known in _KNOWN.items():
        unknown = [text for text in columns[name].texts if text is not None and text not in known]
        if unknown:
            notices.append(f"{name} has what the guide does not know: {', '.join(unknown)}")
            warnings.warn(notices[-1], UnknownNameWarning, stacklevel=2)
    starts, ends, values = _numbers(part.values for part in parts)
    return EnergyTable(
        answer.ean, answer.energy_type, answer.fetched_at, columns, starts, ends, values, tuple(notices)
    )


def _numbers(
    values: Iterable[Values],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    several = list(values)
    return (
        np.concatenate([np.zeros(0, np.int64), *(one.starts for one in several)]) * _MICROSECONDS,
        np.concatenate([np.zeros(0, np.int64), *(one.ends for one in several)]) * _MICROSECONDS,
        np.concatenate([np.zeros(0), *(one.numbers for one in several)]),
    )


def _text_columns(answer: Answer, parts: Sequence[Part]) -> dict[str, TextColumn]:
    counts = [part.values.rows.size for part in parts]
    constants: dict[str, list[str | None]] = {"ean": [answer.ean] * len(parts)}
    for name in Labels._fields:
        constants[name] = [getattr(part.labels, name) for part in parts]
    for name in ("direction", "register"):
        constants[name] = [getattr(part.register, name) for part in parts]
    columns = {name: _constant(texts, counts) for name, texts in constants.items()}
    told = answer.vocabularies
    columns["unit"] = _coded(told.units, [part.values.units for part in parts])
    columns["validation_state"] = _coded(told.states, [part.values.states for part in parts])
    columns["gas_conversion_factor"] = _coded(told.factors, [part.values.factors for part in parts])
    return columns


def _constant(texts: Sequence[str | None], counts: Sequence[int]) -> TextColumn:
    """A column that has the same text in all rows of a part."""
    vocabulary = Vocabulary()
    codes = np.array([vocabulary.code(text) for text in texts], np.int16)
    return TextColumn(np.repeat(codes, counts), tuple(vocabulary.texts))


def _coded(vocabulary: Vocabulary, codes: Sequence[NDArray[np.int16]]) -> TextColumn:
    return TextColumn(np.concatenate([np.zeros(0, np.int16), *codes]), tuple(vocabulary.texts))


def _without_doubles(parts: Sequence[Part]) -> tuple[list[Part], list[str]]:
    """The parts in order of time, each interval once; the last that is told of it counts."""
    kept: list[Part] = []
    doubles = differing = 0
    for part in parts:
        values = part.values
        if not (values.starts[1:] > values.starts[:-1]).all():
            values = values.chosen(np.argsort(values.starts, kind="stable"))
            again = values.starts[1:] == values.starts[:-1]
            doubles += int(again.sum())
            same = (values.numbers[1:] == values.numbers[:-1]) | np.isnan(values.numbers[1:])
            differing += int((again & ~same).sum())
            values = values.chosen(np.append(~again, True))
        kept.append(Part(part.labels, part.register, values))
    notices = []
    if doubles:
        notices.append(
            f"{doubles} values came twice, {differing} of them with another number; the last counts"
        )
    return kept, notices
