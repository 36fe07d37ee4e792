"""Market scenarios in a table: CSV or Parquet, a row for each (M5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kwartier.domain.ean import Ean
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.scenario import ScenarioKind, Told
from kwartier.formats.headpoints_words import read_moment, read_who
from kwartier.formats.plain_table import Cells, read_table
from kwartier.wire.vocabulary import Names

__all__ = ["SCENARIO", "ScenarioFile", "read_scenarios"]

SCENARIO: Final[Names[ScenarioKind]] = Names({kind: kind.value for kind in ScenarioKind})

_NEEDED: Final = ("ean", "scenario", "effective")
_COLUMNS: Final = (*_NEEDED, "grid_user")


@dataclass(frozen=True, slots=True)
class ScenarioFile:
    """What a table says.

    Attributes:
        told: the scenarios, each with the line where it stands.
        wrong: the lines that can't be read, and why.
    """

    told: Sequence[tuple[int, Told]]
    wrong: Sequence[tuple[int, str]]


def read_scenarios(file: Path) -> ScenarioFile:
    """Read a table of market scenarios.

    Raises:
        InvalidValueError: its columns are others, or it is damaged.
        OSError: it can't be read.
    """
    told: list[tuple[int, Told]] = []
    wrong: list[tuple[int, str]] = []
    for line, cells in read_table(file, _COLUMNS, _NEEDED):
        if isinstance(cells, str):
            wrong.append((line, cells))
            continue
        try:
            told.append((line, _told(cells)))
        except InvalidValueError as error:
            wrong.append((line, str(error)))
    return ScenarioFile(told, wrong)


def _told(cells: Cells) -> Told:
    missing = [name for name in _NEEDED if name not in cells]
    if missing:
        raise InvalidValueError(f"{missing[0]} is missing")
    try:
        kind = SCENARIO.read(cells["scenario"])
    except InvalidValueError as error:
        raise InvalidValueError(f"scenario {cells['scenario']!r}: {error}") from None
    who = cells.get("grid_user")
    return Told(
        Ean.parse(cells["ean"]),
        kind,
        read_moment(cells["effective"]),
        None if who is None else read_who(who),
    )
