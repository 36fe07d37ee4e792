"""Reading many slots at once by what was learned from one of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import accumulate, groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.columns import NOTHING, Codes, Values, Vocabulary
from kwartier.client.decoding.learning import (
    STAMP_LENGTH,
    Known,
    Learned,
    Literal,
    Number,
    Place,
    Stamp,
    Step,
    Text,
)
from kwartier.client.decoding.tokens import numbers_at, text_of, texts_at
from kwartier.client.decoding.words import clock_seconds, digits, long_digits, until, words_at

__all__ = ["Field", "Read", "Vocabularies", "read_slots"]

_QUOTE: Final = ord('"')
_DATE_LENGTH: Final = len("2024-09-18")
_TIME_AT: Final = len("2024-09-18T")
_FIXED: Final = (Literal, Stamp)
"""What has the same width in all slots; a run of these is taken out of the content at once."""

_EPOCH: Final = date(1970, 1, 1).toordinal()
_DAY_SECONDS: Final = 86400


@dataclass(frozen=True, slots=True)
class Vocabularies:
    """The texts of the columns that differ from value to value."""

    units: Vocabulary = field(default_factory=Vocabulary)
    states: Vocabulary = field(default_factory=Vocabulary)
    factors: Vocabulary = field(default_factory=Vocabulary)

    def of(self, name: str) -> Vocabulary:
        """That of a field of the wire."""
        return {"unit": self.units, "validationState": self.states, "gasConversionFactor": self.factors}[name]


@dataclass(slots=True)
class Field:
    """What is read of a register: numbers and codes, each of shape (n,); None: it says nothing of it."""

    numbers: NDArray[np.float64] | None = None
    codes: dict[str, Codes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of some slots.

    Attributes:
        right: which of them look like what was learned, shape (n,).
        values: by register, for those alone.
    """

    right: NDArray[np.bool_]
    values: dict[Place, Values]


def read_slots(
    content: bytes,
    learned: Learned,
    rows: NDArray[np.int64],
    bounds: tuple[NDArray[np.int64], NDArray[np.int64]],
    vocabularies: Vocabularies,
) -> Read:
    """Read slots as far as they look like what was learned.

    Args:
        content: the answer.
        learned: what a slot looks like.
        rows: the numbers of the slots, shape (n,).
        bounds: where each begins and ends in the content, each of shape (n,).
        vocabularies: the texts that were met.
    """
    starts, ends = bounds
    reader = _Reader(content, starts.copy(), vocabularies)
    following = [*learned.steps[1:], None]
    pairs = zip(learned.steps, following, strict=True)
    for is_fixed, run in groupby(pairs, lambda pair: isinstance(pair[0], _FIXED)):
        steps = list(run)
        if is_fixed:
            reader.read_fixed([step for step, _ in steps if isinstance(step, _FIXED)])
        else:
            for step, after in steps:
                reader.read(step, after)
    right = reader.right & (reader.positions == ends)
    return Read(right, {place: _values(reader, place, rows, right) for place in learned.places})


def _values(reader: "_Reader", place: Place, rows: NDArray[np.int64], right: NDArray[np.bool_]) -> Values:
    told = reader.fields.get(place, Field())
    size = rows.size
    numbers = np.full(size, np.nan) if told.numbers is None else told.numbers
    units, states, factors = (
        told.codes[name] if name in told.codes else np.full(size, NOTHING, np.int16)
        for name in ("unit", "validationState", "gasConversionFactor")
    )
    moments = reader.moments
    found = Values(rows, moments["start"], moments["end"], numbers, units, states, factors)
    return found if right.all() else found.chosen(right)


class _Reader:
    """The slots, read up to a position each."""

    def __init__(self, content: bytes, positions: NDArray[np.int64], vocabularies: Vocabularies) -> None:
        self.content = content
        self.positions = positions
        self.right = np.ones(positions.size, np.bool_)
        self.moments: dict[str, NDArray[np.int64]] = {}
        self.fields: dict[Place, Field] = {}
        self._vocabularies = vocabularies

    def read(self, step: Step, following: Step | None) -> None:
        """Read the next piece of all slots."""
        match step:
            case Number(place):
                # A number is followed by something, for the slot ends with a brace.
                numbers = self._numbers(following.text[0] if isinstance(following, Literal) else 0)
                if place is not None:
                    self.fields.setdefault(place, Field()).numbers = numbers
            case Text(place, name):
                codes = self._codes(name if place is not None else None)
                if place is not None:
                    self.fields.setdefault(place, Field()).codes[name] = codes
            case Known(place, name, text):
                self.fields.setdefault(place, Field()).codes[name] = np.full(
                    self.right.size, self._vocabularies.of(name).code(text), np.int16
                )

    def _with_room(self, length: int) -> NDArray[np.int64]:
        """The positions, with so many bytes behind each: where there are not, the slot is not right."""
        last = len(self.content) - length
        self.right &= self.positions <= last
        return np.minimum(self.positions, last)

    def read_fixed(self, steps: Sequence[Literal | Stamp]) -> None:
        """Read pieces of fixed width."""
        offsets = list(accumulate((_width(step) for step in steps), initial=0))
        width = offsets.pop()
        if width > len(self.content):
            self.right[:] = False
            return
        every = np.ndarray((len(self.content) - width + 1,), f"V{width}", self.content, strides=(1,))
        taken = every[self._with_room(width)]
        for step, offset in zip(steps, offsets, strict=True):
            if isinstance(step, Literal):
                self.right &= _part(taken, offset, f"S{len(step.text)}") == step.text
            else:
                self.moments[step.name] = self._moments(taken, offset) - step.offset_seconds
                self.right &= _part(taken, offset + STAMP_LENGTH, f"S{len(step.suffix)}") == step.suffix
        self.positions += width

    def _numbers(self, terminator: int) -> NDArray[np.float64]:
        lengths, words = until(words_at(self.content, self._with_room(8)), terminator)
        numbers, right = digits(words, lengths)
        left = np.flatnonzero(self.right & (~right | (lengths == 8)))
        for read in (long_digits, numbers_at):  # the second is slow, and takes what the first does not
            if left.size:
                places = self.positions[left]
                numbers[left], lengths[left], right[left] = read(self.content, places, terminator)
                left = left[~right[left]]
        self.right &= right
        self.positions += lengths
        return numbers

    def _codes(self, name: str | None) -> Codes:
        """The codes of texts; of no interest without a name."""
        lengths, words = until(words_at(self.content, self._with_room(8)), _QUOTE)
        codes = np.full(words.size, NOTHING, np.int16)
        are_short = lengths < 8
        left = self.right & are_short
        while left.any():
            first = left.argmax()
            alike = (words == words[first]) & (lengths == lengths[first])
            raw = int(words[first]).to_bytes(8, "little")[: lengths[first]]
            # What looks like its end may be a quote that is escaped.
            code = None if b"\\" in raw else self._code(name, raw)
            if code is None:
                are_short &= ~alike
            elif alike.all():
                codes.fill(code)
                break
            else:
                codes[alike] = code
            left = left & ~alike
        others = np.flatnonzero(self.right & ~are_short)
        if others.size:
            texts = texts_at(self.content, self.positions[others])
            known = {text: self._code(name, text) for text in set(texts)}
            found = [known[text] for text in texts]
            lengths[others] = [len(text) for text in texts]
            self.right[others] = [code is not None for code in found]
            codes[others] = [code or NOTHING for code in found]
        self.positions += lengths
        return codes

    def _code(self, name: str | None, raw: bytes) -> int | None:
        """The code of a text as it is written; None: it is none."""
        text = text_of(raw)
        if text is None:
            return None
        return NOTHING if name is None else self._vocabularies.of(name).code(text)

    def _moments(self, taken: NDArray[np.void], offset: int) -> NDArray[np.int64]:
        """Moments of local time in epoch seconds; consecutive slots mostly have the same date."""
        dates = np.ascontiguousarray(_part(taken, offset, f"S{_TIME_AT}"))
        changes = np.flatnonzero(np.concatenate(([True], dates[1:] != dates[:-1])))
        days, right = _days(dates[changes].tolist())
        counts = np.diff(np.append(changes, dates.size))
        times = np.ascontiguousarray(_part(taken, offset + _TIME_AT, "V8"))
        seconds, are_times = clock_seconds(times.view("<u8"))
        self.right &= are_times & np.repeat(right, counts)
        moments: NDArray[np.int64] = np.repeat(days, counts) * _DAY_SECONDS + seconds
        return moments


def _width(step: Literal | Stamp) -> int:
    return len(step.text) if isinstance(step, Literal) else STAMP_LENGTH + len(step.suffix)


def _part(taken: NDArray[np.void], offset: int, form: str) -> NDArray[Any]:
    """The same part of every row."""
    part = np.dtype(
        {"names": ["part"], "formats": [form], "offsets": [offset], "itemsize": taken.dtype.itemsize}
    )
    return taken.view(part)["part"]


def _days(dates: list[bytes]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Dates, each with the T behind it, as days since the epoch, and which are such."""
    days = [_day(text) for text in dates]
    right = np.array([day is not None for day in days], np.bool_)
    return np.array([day or 0 for day in days], np.int64), right


@lru_cache(maxsize=2048)
def _day(text: bytes) -> int | None:
    try:
        return (
            date.fromisoformat(text[:_DATE_LENGTH].decode()).toordinal() - _EPOCH
            if text[10:] == b"T"
            else None
        )
    except ValueError:
        return None
