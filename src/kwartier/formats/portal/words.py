"""The words of the portal's reports, in Dutch and in English: columns, registers, units, states, factors (R4).

Each table says how a thing is written, and beside it which other words are read. Capitals never matter.
"""

from collections.abc import Mapping
from enum import Enum
from itertools import product
from typing import Final, TypeVar

from kwartier.domain.metering import Direction, GasFactor, RegisterKind, State, Unit

__all__ = [
    "BASE_COLUMNS",
    "COLUMNS",
    "FACTORS",
    "PASS_WORDS",
    "STATES_OF_AMR",
    "STATES_OF_DIGITAL",
    "UNITS_READ",
    "UNITS_WRITTEN",
    "Column",
    "Language",
    "read_column",
    "read_factor",
    "read_pass",
    "read_register",
    "read_state",
    "register_words",
]

E = TypeVar("E", bound=Enum)


class Language(Enum):
    """The languages of the portal."""

    DUTCH = "nl"
    ENGLISH = "en"


class Column(Enum):
    """What a column of a report holds."""

    FROM_DATE = "from_date"
    FROM_TIME = "from_time"
    TO_DATE = "to_date"
    TO_TIME = "to_time"
    EAN = "ean_code"
    METER = "meter"
    METER_TYPE = "meter_type"
    REGISTER = "register"
    VOLUME = "volume"
    UNIT = "unit"
    STATE = "state"
    FACTOR = "factor"
    DESCRIPTION = "description"


BASE_COLUMNS: Final = tuple(Column)[:11]
"""What every report has. The factor is of gas alone, and the first generations had no description."""

COLUMNS: Final[Mapping[Column, tuple[str, str]]] = {
    Column.FROM_DATE: ("Van (datum)", "From (date)"),
    Column.FROM_TIME: ("Van (tijdstip)", "From (time)"),
    Column.TO_DATE: ("Tot (datum)", "Until (date)"),
    Column.TO_TIME: ("Tot (tijdstip)", "Until (time)"),
    Column.EAN: ("EAN-code", "EAN code"),
    Column.METER: ("Meter", "Meter"),
    Column.METER_TYPE: ("Metertype", "Meter type"),
    Column.REGISTER: ("Register", "Register"),
    Column.VOLUME: ("Volume", "Volume"),
    Column.UNIT: ("Eenheid", "Unit"),
    Column.STATE: ("Validatiestatus", "Validation status"),
    Column.FACTOR: ("Calorische Bovenwaarde", "Caloric upper value"),
    Column.DESCRIPTION: ("Omschrijving", "Description"),
}
"""How the newest reports name their columns, Dutch and English."""

_OLDER_COLUMNS: Final = {
    "Van datum": Column.FROM_DATE,
    "Van tijdstip": Column.FROM_TIME,
    "Tot datum": Column.TO_DATE,
    "Tot tijdstip": Column.TO_TIME,
    "EAN": Column.EAN,
}

_DIRECTIONS: Final = {
    Direction.OFFTAKE: ("Afname", "Offtake"),
    Direction.INJECTION: ("Injectie", "Injection"),
    Direction.PRODUCTION: ("Productie", "Production"),
    Direction.AUXILIARY: ("Hulpverbruik", "Auxiliary"),
}
_OTHER_DIRECTIONS: Final = {"Auxiliary consumption": Direction.AUXILIARY}

_KINDS: Final = {
    RegisterKind.TOTAL: ("Actief", "Active"),
    RegisterKind.DAY: ("Dag", "Day"),
    RegisterKind.NIGHT: ("Nacht", "Night"),
    RegisterKind.INDUCTIVE: ("Inductief", "Inductive"),
    RegisterKind.CAPACITIVE: ("Capacitief", "Capacitive"),
}
# Gas has one register per direction, which is called by the direction alone.
_OTHER_KINDS: Final = {
    "": RegisterKind.TOTAL,
    "Actief Dag": RegisterKind.DAY,
    "Active Day": RegisterKind.DAY,
    "Actief Nacht": RegisterKind.NIGHT,
    "Active Night": RegisterKind.NIGHT,
}

UNITS_WRITTEN: Final = {Unit.KWH: "kWh", Unit.KVARH: "kVArh", Unit.M3: "m³"}
UNITS_READ: Final = {word.casefold(): unit for unit, word in UNITS_WRITTEN.items()} | {"m3": Unit.M3}

STATES_OF_DIGITAL: Final = {
    State.READ: ("Uitgelezen", "Read"),
    State.EST: ("Geschat", "Estimated"),
    State.WITHDRAWN: ("Geen verbruik", "No consumption"),
}
STATES_OF_AMR: Final = {
    State.VAL: ("Gevalideerd", "Validated"),
    State.NVAL: ("Ongevalideerd", "Unvalidated"),
    State.WITHDRAWN: ("Geen gegevens", "No data"),
}
_OTHER_STATES_OF_DIGITAL: Final = {
    "Gevalideerd": State.READ,
    "Validated": State.READ,
    "Geen gegevens": State.WITHDRAWN,
    "No data": State.WITHDRAWN,
}
_OTHER_STATES_OF_AMR: Final = {
    "Geschat": State.NVAL,
    "Estimated": State.NVAL,
    "Not validated": State.NVAL,
    "Geen verbruik": State.WITHDRAWN,
    "No consumption": State.WITHDRAWN,
}

FACTORS: Final = {
    GasFactor.PROVISIONAL: ("Voorlopig", "Provisional"),
    GasFactor.DEFINITIVE: ("Definitief", "Definitive"),
    GasFactor.CONSTANT: ("Constant", "Constant"),
}
_OTHER_FACTORS: Final = {"": GasFactor.NONE, "Constante": GasFactor.CONSTANT, "Final": GasFactor.DEFINITIVE}

PASS_WORDS: Final = (("zomertijd", "summer time"), ("wintertijd", "winter time"))
"""How a description tells, in brackets at its end, which pass of the hour that comes twice a row is of."""


def register_words(direction: Direction, kind: RegisterKind, language: Language, *, gas: bool = False) -> str:
    """How a register is written; that of gas by its direction alone."""
    place = tuple(Language).index(language)
    return _DIRECTIONS[direction][place] + ("" if gas else f" {_KINDS[kind][place]}")


def _reading(words: Mapping[E, tuple[str, str]], others: Mapping[str, E]) -> Mapping[str, E]:
    """Every word that is read, by its casefolded spelling."""
    read = {word.casefold(): member for member, both in words.items() for word in both}
    return read | {word.casefold(): member for word, member in others.items()}


_COLUMNS_READ: Final = _reading(COLUMNS, _OLDER_COLUMNS)
_FACTORS_READ: Final = _reading(FACTORS, _OTHER_FACTORS)
_STATES_READ: Final = {
    False: _reading(STATES_OF_DIGITAL, _OTHER_STATES_OF_DIGITAL),
    True: _reading(STATES_OF_AMR, _OTHER_STATES_OF_AMR),
}
_REGISTERS_READ: Final = {
    f"{direction_word} {kind_word}".strip(): (direction, kind)
    for (direction_word, direction), (kind_word, kind) in product(
        _reading(_DIRECTIONS, _OTHER_DIRECTIONS).items(), _reading(_KINDS, _OTHER_KINDS).items()
    )
}


def _plain(text: str) -> str:
    """A word without regard to capitals and spaces around and between."""
    return " ".join(text.split()).casefold()


def read_column(text: str) -> Column | None:
    """What a column of this name holds; None: no such name."""
    return _COLUMNS_READ.get(_plain(text))


def read_register(text: str) -> tuple[Direction, RegisterKind] | None:
    """What a register counts; None: no such register."""
    return _REGISTERS_READ.get(_plain(text))


def read_state(text: str, *, amr: bool) -> State | None:
    """What a state means on an AMR or a digital meter (E8); None: it has no such state."""
    return _STATES_READ[amr].get(_plain(text))


def read_factor(text: str) -> GasFactor | None:
    """Which conversion factor is meant (E12); None: no such factor."""
    return _FACTORS_READ.get(_plain(text))


def read_pass(description: str) -> int | None:
    """Which pass of the hour that comes twice a description tells; None: it tells none."""
    plain = _plain(description)
    for place, words in enumerate(PASS_WORDS):
        if plain.endswith(tuple(f"({word})" for word in words)):
            return place
    return None
