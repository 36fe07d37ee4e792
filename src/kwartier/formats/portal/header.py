"""The first line of a portal report, and what its name tells (R4)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from kwartier.formats.errors import FormatError
from kwartier.formats.portal.words import BASE_COLUMNS, COLUMNS, Column, Language, read_column
from kwartier.formats.text import cut

__all__ = ["Layout", "NotAReportError", "Subject", "ean_of_name", "read_header", "subject_of_name"]

_EAN_IN_TEXT: Final = re.compile(r"(?<!\d)\d{18}(?!\d)", re.ASCII)
_SUBMETERS: Final = re.compile(r"submet(er)?ing", re.IGNORECASE)
_HEADPOINTS: Final = re.compile(r"afname|injectie|offtake|injection|verbruik|consumption", re.IGNORECASE)


class NotAReportError(FormatError):
    """What was given is no report of the portal. Its text names what was found and what is allowed."""


class Subject(Enum):
    """What the rows of a file are about, as its name tells."""

    HEADPOINT = "headpoint"
    SUBMETERS = "submeters"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the lines of a report are to be read.

    Attributes:
        places: where each column stands.
        width: how many there are.
        language: that of the header.
    """

    places: Mapping[Column, int]
    width: int
    language: Language


def read_header(line: str) -> Layout:
    """Read the first line of a report: any of the four generations, columns in any order, capitals as they come.

    Semicolons after the last column are passed over.

    Raises:
        NotAReportError: a column is unknown, missing, or there twice.
    """
    plain = line.rstrip("; \t\r")
    names = [name.strip() for name in _cut(plain)]
    columns = [read_column(name) for name in names]
    faults = ["it has NUL characters, as UTF-16 has; allowed: UTF-8"] if "\0" in line else []
    faults += [
        f"unknown column {name[:60]!r}" for name, column in zip(names, columns, strict=True) if column is None
    ]
    found = [column for column in columns if column is not None]
    faults += [f"column {COLUMNS[one][0]!r} stands there twice" for one in Column if found.count(one) > 1]
    faults += [f"column {' / '.join(COLUMNS[one])!r} is missing" for one in BASE_COLUMNS if one not in found]
    if faults:
        raise NotAReportError(
            f"this is no report of the portal; its first line is {line[:200]!r}: {'; '.join(faults)}. {_allowed()}"
        )
    dutch = names[columns.index(Column.FROM_DATE)].casefold().startswith("van")
    places = {column: place for place, column in enumerate(columns) if column is not None}
    return Layout(places, len(columns), Language.DUTCH if dutch else Language.ENGLISH)


def _cut(line: str) -> list[str]:
    fields = cut(line, ";")
    if isinstance(fields, str):
        raise NotAReportError(f"this is no report of the portal; its first line is {line[:200]!r}: {fields}")
    return fields


def _allowed() -> str:
    written = " or ".join(
        repr(";".join(COLUMNS[column][place] for column in Column)) for place, _ in enumerate(Language)
    )
    optional = " and ".join(repr(COLUMNS[column][0]) for column in Column if column not in BASE_COLUMNS)
    return f"Allowed: {written}, or their older names, separated by semicolons; {optional} may be left out"


def ean_of_name(name: str) -> str | None:
    """The EAN in the name of a file; None: there is none, or more than one."""
    eans = set(_EAN_IN_TEXT.findall(name))
    return eans.pop() if len(eans) == 1 else None


def subject_of_name(name: str) -> Subject:
    """What a file is about: AMR has a file of its own for submeters, whose rows look like those of the headpoint."""
    if _SUBMETERS.search(name):
        return Subject.SUBMETERS
    return Subject.HEADPOINT if _HEADPOINTS.search(name) else Subject.UNTOLD
