"""Writing the portal's newest reports, in Dutch and in English, from rows (R4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from kwartier.domain.days import Grid, slot_starts, tariff_is_day
from kwartier.domain.metering import FACTOR_SHIFT, STATE_BITS, Direction, GasFactor, RegisterKind, State
from kwartier.formats.portal.clock import wall_times
from kwartier.formats.portal.expressible import check_expressible
from kwartier.formats.portal.words import (
    BASE_COLUMNS,
    COLUMNS,
    FACTORS,
    PASS_WORDS,
    STATES_OF_AMR,
    STATES_OF_DIGITAL,
    UNITS_WRITTEN,
    Column,
    Language,
    register_words,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS

__all__ = ["Report", "write_reports"]

_ROWS_AT_ONCE: Final = 100_000
_GAS: Final = (Grid.HOUR.value, Grid.GAS_DAY.value)
_TOTAL: Final = KINDS.index(RegisterKind.TOTAL)
_DAY: Final = KINDS.index(RegisterKind.DAY)
_NIGHT: Final = KINDS.index(RegisterKind.NIGHT)
_SERIES: Final = ["sub_ean", "meter_id", "direction", "kind", "unit"]
_DATES: Final = {Language.DUTCH: "%d-%m-%Y", Language.ENGLISH: "%d/%m/%Y"}
_METER_TYPES: Final = {
    Language.DUTCH: ("Digitale meter", "AMR-meter"),
    Language.ENGLISH: ("Digital meter", "AMR meter"),
}
_SUBMETER: Final = {Language.DUTCH: "Submeting", Language.ENGLISH: "Submeter"}

_DIGITAL, _OFFTAKE, _INJECTION, _SUBMETERS = range(4)
"""What a file is about; AMR has one for each direction, and one for what lies below it."""

_NAMES: Final = {
    Language.DUTCH: (
        "Verbruikshistoriek_{energy}",
        "Historiek_afname_{energy}",
        "Historiek_injectie_{energy}",
        "Historiek_submeting_{energy}",
    ),
    Language.ENGLISH: (
        "Consumption_history_{energy}",
        "Offtake_history_{energy}",
        "Injection_history_{energy}",
        "Submetering_history_{energy}",
    ),
}
_ENERGIES: Final = {Language.DUTCH: ("elektriciteit", "gas"), Language.ENGLISH: ("electricity", "gas")}
_TOTALS: Final = {
    Language.DUTCH: {
        Grid.QUARTER_HOUR: "kwartiertotalen",
        Grid.HOUR: "uurtotalen",
        Grid.DAY: "dagtotalen",
        Grid.GAS_DAY: "dagtotalen",
    },
    Language.ENGLISH: {
        Grid.QUARTER_HOUR: "15 minute totals",
        Grid.HOUR: "hourly totals",
        Grid.DAY: "daily totals",
        Grid.GAS_DAY: "daily totals",
    },
}


@dataclass(frozen=True, slots=True)
class Report:
    """A file in the form of the portal.

    Attributes:
        name: by the portal's conventions; the days in it are the first and the last.
        content: its bytes, part by part.
    """

    name: str
    content: Iterator[bytes]


def write_reports(rows: pl.DataFrame, language: Language) -> Iterator[Report]:
    """Write rows as the portal would: a file per headpoint and grid, and on AMR per direction.

    Read again, they give the same rows. Where a series has but one pass of a quarter-hour that comes twice, nothing in
    the portal's form could tell which: there the description says it.

    Args:
        rows: by the schema `ROWS`, in any order.
        language: Dutch is the third generation of header, English the fourth.

    Raises:
        InvalidValueError: a report has no form for a row; the message names it.
    """
    check_expressible(rows)
    subject = (
        pl.when(pl.col("meter_id") != "")
        .then(_DIGITAL)
        .when(pl.col("sub_ean") != 0)
        .then(_SUBMETERS)
        .when(pl.col("direction") == DIRECTIONS.index(Direction.INJECTION))
        .then(_INJECTION)
        .otherwise(_OFFTAKE)
    )
    keys = ["ean", "grid", "subject"]
    files = rows.with_columns(subject.alias("subject")).sort(*keys).partition_by(keys, maintain_order=True)
    for frame in files:
        ean, grid, about = frame.select(keys).row(0)
        yield _report(frame, f"{ean:018d}", Grid(grid), about, language)


def _report(frame: pl.DataFrame, ean: str, grid: Grid, about: int, language: Language) -> Report:
    frame = _with_labels(frame, grid)
    first, last = (f"{day:%Y%m%d}" for day in frame.select("first", "last").row(0))
    energy = _ENERGIES[language][grid.value in _GAS]
    history = _NAMES[language][about].format(energy=energy)
    return Report(
        f"{history}_{ean}_{first}_{last}_{_TOTALS[language][grid]}.csv", _content(frame, grid, language)
    )


def _with_labels(frame: pl.DataFrame, grid: Grid) -> pl.DataFrame:
    """What the clocks show at both borders, in the order of the portal: by label, and the first pass before the second."""
    slots = frame.get_column("slot").to_numpy()
    start, end = wall_times(slot_starts(grid, slots)), wall_times(slot_starts(grid, slots + 1))
    frame = frame.with_columns(
        from_day=start.get_column("day").cast(pl.Int32).cast(pl.Date),
        from_time=_time(start),
        to_day=end.get_column("day").cast(pl.Int32).cast(pl.Date),
        to_time=_time(end),
        **{"pass": start.get_column("pass")},
        both_twice=start.get_column("pass").is_not_null()
        & end.get_column("pass").is_not_null()
        & (end.get_column("second") > start.get_column("second")),
    )
    if grid is Grid.QUARTER_HOUR:
        frame = frame.with_columns(on_day_tariff=pl.Series(tariff_is_day(slots)))
    label = ["from_day", "from_time"]
    alone = pl.col("both_twice") & (pl.len().over([*_SERIES, *label]) == 1)
    return frame.with_columns(
        pl.when(alone).then("pass").alias("told"),
        pl.col("from_day").min().alias("first"),
        pl.col("from_day").max().alias("last"),
    ).sort(*label, "slot", *_SERIES)


def _time(wall: pl.DataFrame) -> pl.Series:
    return (wall.get_column("second") * 1_000_000_000).cast(pl.Time)


def _content(frame: pl.DataFrame, grid: Grid, language: Language) -> Iterator[bytes]:
    columns = [*BASE_COLUMNS, *([Column.FACTOR] if grid.value in _GAS else []), Column.DESCRIPTION]
    place = tuple(Language).index(language)
    header = ";".join(COLUMNS[column][place] for column in columns)
    yield b"\xef\xbb\xbf" + header.encode() + b"\n"
    fields = _fields(grid, language)
    for part in frame.iter_slices(_ROWS_AT_ONCE):
        lines = part.select(pl.concat_str([fields[column] for column in columns], separator=";"))
        yield ("\n".join(lines.to_series()) + "\n").encode()


def _fields(grid: Grid, language: Language) -> dict[Column, pl.Expr]:
    """How each column is written."""
    digital, amr = _METER_TYPES[language]
    is_amr = pl.col("meter_id") == ""
    milli = pl.col("value").cast(pl.String).str.zfill(4)
    meter = pl.col("meter_id")
    return {
        Column.FROM_DATE: pl.col("from_day").dt.strftime(_DATES[language]),
        Column.FROM_TIME: pl.col("from_time").dt.strftime("%H:%M:%S"),
        Column.TO_DATE: pl.col("to_day").dt.strftime(_DATES[language]),
        Column.TO_TIME: pl.col("to_time").dt.strftime("%H:%M:%S"),
        Column.EAN: pl.format('="{}"', pl.col("ean").cast(pl.String).str.zfill(18)),
        Column.METER: pl.when(meter.str.contains('[;"]'))
        .then(pl.format('"{}"', meter.str.replace_all('"', '""', literal=True)))
        .otherwise(meter),
        Column.METER_TYPE: pl.when(is_amr).then(pl.lit(amr)).otherwise(pl.lit(digital)),
        Column.REGISTER: _register(grid, language),
        Column.VOLUME: pl.when(_state() == State.WITHDRAWN.value)
        .then(pl.lit(""))
        .otherwise(milli.str.head(-3) + "," + milli.str.tail(3)),
        Column.UNIT: pl.col("unit").replace_strict(
            {code: UNITS_WRITTEN[unit] for code, unit in enumerate(UNITS)}, return_dtype=pl.String
        ),
        Column.STATE: _state_words(language),
        Column.FACTOR: _words(
            pl.col("state") // 2**FACTOR_SHIFT, {GasFactor.NONE: ("", "")} | FACTORS, language
        ),
        Column.DESCRIPTION: _description(language),
    }


def _state() -> pl.Expr:
    return pl.col("state") % (STATE_BITS + 1)


def _state_words(language: Language) -> pl.Expr:
    return (
        pl.when(pl.col("meter_id") == "")
        .then(_words(_state(), STATES_OF_AMR, language))
        .otherwise(_words(_state(), STATES_OF_DIGITAL, language))
    )


def _words(
    code: pl.Expr, words: dict[State, tuple[str, str]] | dict[GasFactor, tuple[str, str]], language: Language
) -> pl.Expr:
    place = tuple(Language).index(language)
    return code.replace_strict(
        {member.value: both[place] for member, both in words.items()}, default="", return_dtype=pl.String
    )


def _register(grid: Grid, language: Language) -> pl.Expr:
    """The register's name; quarter-hours of a digital meter are of the tariff in force."""
    kind = pl.col("kind")
    if grid is Grid.QUARTER_HOUR:
        of_tariff = (pl.col("meter_id") != "") & (kind == _TOTAL)
        in_force = pl.when("on_day_tariff").then(_DAY).otherwise(_NIGHT)
        kind = pl.when(of_tariff).then(in_force).otherwise(kind)
    names = {
        direction * len(KINDS) + code: register_words(one, of_kind, language, gas=grid.value in _GAS)
        for direction, one in enumerate(DIRECTIONS)
        for code, of_kind in enumerate(KINDS)
    }
    key = pl.col("direction").cast(pl.Int64) * len(KINDS) + kind
    return key.replace_strict(names, return_dtype=pl.String)


def _description(language: Language) -> pl.Expr:
    """The submeter, and the pass of the hour that comes twice where nothing else tells it."""
    submeter = pl.when(pl.col("sub_ean") != 0).then(
        pl.format(_SUBMETER[language] + " {}", pl.col("sub_ean").cast(pl.String).str.zfill(18))
    )
    place = tuple(Language).index(language)
    words = {number: f"({both[place]})" for number, both in enumerate(PASS_WORDS)}
    told = pl.col("told").replace_strict(words, default=None, return_dtype=pl.String)
    return pl.concat_str(submeter, told, separator=" ", ignore_nulls=True)
