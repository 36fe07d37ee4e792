"""The words of the long form: its columns, and what may stand in them (E8, E9, E12, R4)."""

import re
from collections.abc import Callable, Mapping
from enum import Enum, StrEnum
from typing import Final

from kwartier.domain.metering import Direction, GasFactor, RegisterKind, State, Unit
from kwartier.domain.names import can_be_shown
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS

__all__ = [
    "FACTORS",
    "OPTIONAL",
    "RESOLUTIONS",
    "ROW_COLUMNS",
    "RUN_COLUMNS",
    "STATES",
    "WORDS",
    "Column",
    "Resolution",
    "allowed",
    "read_ean",
    "read_meter_id",
    "read_sub_ean",
    "reader_of",
]


class Column(StrEnum):
    """The columns of the long form; the last three are lists, one item for each slot of a run."""

    EAN = "ean"
    SUB_EAN = "sub_ean"
    METER_ID = "meter_id"
    DIRECTION = "direction"
    REGISTER = "register"
    UNIT = "unit"
    START = "start"
    RESOLUTION = "resolution"
    VALUE = "value"
    STATE = "state"
    FACTOR = "factor"
    VALUES = "values"
    STATES = "states"
    FACTORS = "factors"


_SERIES: Final = (
    Column.EAN,
    Column.SUB_EAN,
    Column.METER_ID,
    Column.DIRECTION,
    Column.REGISTER,
    Column.UNIT,
    Column.START,
    Column.RESOLUTION,
)
ROW_COLUMNS: Final = (*_SERIES, Column.VALUE, Column.STATE, Column.FACTOR)
RUN_COLUMNS: Final = (*_SERIES, Column.VALUES, Column.STATES, Column.FACTORS)
OPTIONAL: Final = frozenset({Column.SUB_EAN, Column.METER_ID, Column.FACTOR, Column.FACTORS})


class Resolution(Enum):
    """How long a slot is. A P1D slot is a Brussels day or a gas day, as its start tells."""

    PT15M = "PT15M"
    PT1H = "PT1H"
    P1D = "P1D"


RESOLUTIONS: Final = tuple(Resolution)
STATES: Final = tuple(state for state in State if state is not State.SILENT)
FACTORS: Final = {GasFactor.PROVISIONAL: "P", GasFactor.DEFINITIVE: "D", GasFactor.CONSTANT: "C"}

WORDS: Final[Mapping[Column, Mapping[str, int]]] = {
    Column.DIRECTION: {direction.value: DIRECTIONS.index(direction) for direction in Direction},
    Column.REGISTER: {kind.value: KINDS.index(kind) for kind in RegisterKind},
    Column.UNIT: {unit.value: UNITS.index(unit) for unit in Unit},
    Column.RESOLUTION: {resolution.value: place for place, resolution in enumerate(RESOLUTIONS)},
    Column.STATE: {state.name: state.value for state in STATES},
    Column.FACTOR: {letter: factor.value for factor, letter in FACTORS.items()},
}
"""Every word of the columns that take some words alone, and its code."""

_NOTHING: Final = {Column.STATE: State.SILENT.value, Column.FACTOR: GasFactor.NONE.value}
_EIGHTEEN_DIGITS: Final = re.compile(r"\d{18}", re.ASCII)
_EANS: Final = range(10**18)


def allowed(column: Column) -> str:
    """The words of a column, as they are written."""
    return ", ".join(WORDS[column])


def reader_of(column: Column) -> Callable[[object], int | None]:
    """How the words of a column are read: to a code, or None for what is no such word. Capitals do not matter."""
    codes = {word.casefold(): code for word, code in WORDS[column].items()}
    nothing = _NOTHING.get(column)

    def read(word: object) -> int | None:
        plain = "" if word is None else str(word).strip().casefold()
        return codes.get(plain) if plain else nothing

    return read


def read_ean(word: object) -> int | None:
    """An EAN as text or as a whole number; None: it has not exactly 18 digits (E1)."""
    if isinstance(word, int):
        return word if word in _EANS else None
    plain = str(word).strip()
    return int(plain) if _EIGHTEEN_DIGITS.fullmatch(plain) else None


def read_sub_ean(word: object) -> int | None:
    """The EAN of a sub-headpoint; 0 where there is none."""
    return 0 if word is None or (isinstance(word, str) and not word.strip()) else read_ean(word)


def read_meter_id(word: object) -> str | None:
    """A meter's number, "" where there is none; None: it has a character that cannot be shown."""
    plain = "" if word is None else str(word).strip()
    return plain if can_be_shown(plain) else None
