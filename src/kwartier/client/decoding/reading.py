"""Reading many slots at once by what was learned from one of them."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.columns import NOTHING, Codes, Values, Vocabulary
from kwartier.client.decoding.learning import Known, Learned, Literal, Number, Place, Stamp, Step, Text
from kwartier.client.decoding.words import clock_seconds, digits, long_numbers, until, words_at

__all__ = ["Field", "Read", "Vocabularies", "read_slots"]

_QUOTE: Final = ord('"')
_DATE_LENGTH: Final = len("2024-09-18")
_TIME_AT: Final = len("2024-09-18T")
_STAMP_LENGTH: Final = len("2024-09-18T22:00:00")
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
    for place, step in enumerate(learned.steps):
        following = learned.steps[place + 1] if place + 1 < len(learned.steps) else None
        reader.read(step, following)
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
            case Literal(text):
                self._compare(text)
            case Stamp(name, suffix, offset):
                self.moments[name] = self._moments() - offset
                self._compare(suffix)
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

    def _compare(self, text: bytes) -> None:
        length = len(text)
        if length > len(self.content):
            self.right[:] = False
            return
        every = np.ndarray((len(self.content) - length + 1,), f"S{length}", self.content, strides=(1,))
        self.right &= every[self._with_room(length)] == text
        self.positions += length

    def _numbers(self, terminator: int) -> NDArray[np.float64]:
        lengths, words = until(words_at(self.content, self._with_room(8)), terminator)
        numbers, right = digits(words, lengths)
        others = np.flatnonzero(~right | (lengths == 8))
        if others.size:
            numbers[others], lengths[others], right[others] = long_numbers(
                self.content, self.positions[others], terminator
            )
        self.right &= right
        self.positions += lengths
        return numbers

    def _codes(self, name: str | None) -> Codes:
        """The codes of texts of at most seven bytes; of no interest without a name."""
        lengths, words = until(words_at(self.content, self._with_room(8)), _QUOTE)
        self.right &= lengths < 8
        self.positions += lengths
        codes = np.full(words.size, NOTHING, np.int16)
        left = self.right
        while left.any():
            word = words[left.argmax()]
            alike = words == word
            try:
                text = int(word).to_bytes(8, "little").rstrip(b"\0").decode()
            except UnicodeDecodeError:
                text = "\\"
            if "\\" in text:  # an escape, or half a character
                self.right &= ~alike
            elif name is not None:
                code = self._vocabularies.of(name).code(text)
                if alike.all():
                    codes.fill(code)
                    break
                codes[alike] = code
            left = left & ~alike
        return codes

    def _moments(self) -> NDArray[np.int64]:
        """Moments of local time in epoch seconds; consecutive slots mostly have the same date."""
        positions = self._with_room(_STAMP_LENGTH)
        every = np.ndarray((len(self.content) - _TIME_AT + 1,), f"S{_TIME_AT}", self.content, strides=(1,))
        dates = every[positions]
        changes = np.flatnonzero(np.concatenate(([True], dates[1:] != dates[:-1])))
        days, right = _days(dates[changes].tolist())
        counts = np.diff(np.append(changes, dates.size))
        seconds, are_times = clock_seconds(words_at(self.content, positions + _TIME_AT))
        self.right &= are_times & np.repeat(right, counts)
        self.positions += _STAMP_LENGTH
        moments: NDArray[np.int64] = np.repeat(days, counts) * _DAY_SECONDS + seconds
        return moments


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
