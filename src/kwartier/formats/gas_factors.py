"""Gas conversion factors as an operator writes them: zone, month, factor, kind (E12, R2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.gas import CONSTANT_FACTOR, FACTOR_UNITS
from kwartier.domain.metering import GasFactor
from kwartier.domain.names import check_name
from kwartier.formats.plain_table import Cells, read_table
from kwartier.wire.energy import GAS_FACTOR

__all__ = [
    "COLUMNS",
    "FactorFile",
    "ZoneFactor",
    "factor_of",
    "read_factors",
    "write_factor",
    "write_month",
]

T = TypeVar("T")

COLUMNS: Final = ("zone", "month", "factor", "kind")
"""All of them are needed."""

_MONTH: Final = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_FACTOR: Final = re.compile(r"\d{1,3}(?:\.\d{1,4})?", re.ASCII)
_MONTHS: Final = 12
_FIRST_YEAR: Final = 1970


class ZoneFactor(NamedTuple):
    """The factor of a zone and gas month.

    Attributes:
        month: as `gas_month_of` has it.
        factor: ten-thousandths of a kWh/m3.
        kind: how sure it is.
    """

    zone: str
    month: int
    factor: int
    kind: GasFactor


@dataclass(slots=True)
class FactorFile:
    """What stands in a file: factors with their lines, and line and reason of rows that cannot be right."""

    factors: list[ZoneFactor] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)


def read_factors(file: Path) -> FactorFile:
    """Read a file of factors, CSV or Parquet.

    Raises:
        FormatError: it can't be read at all.
    """
    found = FactorFile()
    for line, cells in read_table(file, COLUMNS, COLUMNS):
        if isinstance(cells, str):
            found.wrong.append((line, cells))
            continue
        try:
            factor = factor_of(cells)
        except InvalidValueError as error:
            found.wrong.append((line, str(error)))
        else:
            found.factors.append(factor)
            found.lines.append(line)
    return found


def factor_of(cells: Cells) -> ZoneFactor:
    """The factor that a zone, a month YYYY-MM, a factor in kWh/m3 and a kind say.

    Raises:
        InvalidValueError: one of them is not as it is written, or C is another than the constant.
    """
    zone = cells.get("zone", "").strip()
    if not zone:
        raise InvalidValueError("the zone is empty")
    check_name("zone", zone)
    kind = _read("kind", GAS_FACTOR.read, cells)
    factor = _read("factor", _factor, cells)
    if kind is GasFactor.CONSTANT and factor != CONSTANT_FACTOR:
        raise InvalidValueError(f"the constant factor, C, is {write_factor(CONSTANT_FACTOR)} kWh/m3")
    return ZoneFactor(zone, _read("month", _month, cells), factor, kind)


def write_factor(factor: int) -> str:
    """A factor in kWh/m3, with four decimals."""
    return f"{factor // FACTOR_UNITS}.{factor % FACTOR_UNITS:04d}"


def write_month(month: int) -> str:
    """A gas month as YYYY-MM."""
    return f"{_FIRST_YEAR + month // _MONTHS}-{month % _MONTHS + 1:02d}"


def _read(name: str, read: Callable[[str], T], cells: Cells) -> T:
    try:
        return read(cells.get(name, "").strip())
    except InvalidValueError as error:
        raise InvalidValueError(f"{name} {cells.get(name, '')!r}: {error}") from error


def _month(text: str) -> int:
    match = _MONTH.fullmatch(text)
    if match is None or not 1 <= int(match[2]) <= _MONTHS or int(match[1]) < _FIRST_YEAR:
        raise InvalidValueError(f"a month is written YYYY-MM, from {_FIRST_YEAR} on")
    return (int(match[1]) - _FIRST_YEAR) * _MONTHS + int(match[2]) - 1


def _factor(text: str) -> int:
    if not _FACTOR.fullmatch(text) or not Decimal(text):
        raise InvalidValueError(
            "a factor is a number of kWh/m3 above 0 and below 1000, with a decimal point and at most 4 decimals"
        )
    return int(Decimal(text) * FACTOR_UNITS)
