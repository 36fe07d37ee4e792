"""What can be wrong with a row of a report, in words: what it is, and what is allowed (R3)."""

from collections.abc import Callable
from typing import Final, NamedTuple

import polars as pl

from kwartier.domain.days import Grid
from kwartier.domain.metering import Direction, RegisterKind, State, Unit
from kwartier.domain.names import UNSHOWABLE
from kwartier.formats.portal.clock import DAYS_ALLOWED
from kwartier.formats.portal.header import Layout
from kwartier.formats.portal.words import (
    FACTORS,
    STATES_OF_AMR,
    STATES_OF_DIGITAL,
    UNITS_WRITTEN,
    Language,
    register_words,
)
from kwartier.formats.rows import DIRECTIONS, KINDS, REJECTED, ROWS, UNITS, Batch

__all__ = ["settled"]

_ELECTRICITY: Final = (Grid.QUARTER_HOUR.value, Grid.DAY.value)
_GAS: Final = (Grid.HOUR.value, Grid.GAS_DAY.value)
_TARIFFS: Final = tuple(KINDS.index(kind) for kind in (RegisterKind.DAY, RegisterKind.NIGHT))
_REACTIVE: Final = tuple(KINDS.index(kind) for kind in (RegisterKind.INDUCTIVE, RegisterKind.CAPACITIVE))
_TOTAL: Final = KINDS.index(RegisterKind.TOTAL)
_INJECTION: Final = DIRECTIONS.index(Direction.INJECTION)
_SUBMETERED: Final = tuple(DIRECTIONS.index(one) for one in (Direction.PRODUCTION, Direction.AUXILIARY))
_KWH, _KVARH, _M3 = (UNITS.index(unit) for unit in (Unit.KWH, Unit.KVARH, Unit.M3))


class _Check(NamedTuple):
    """A fault, and what is said of it."""

    fault: pl.Expr
    reason: pl.Expr


def settled(frame: pl.DataFrame, layout: Layout) -> Batch:
    """Part rows from what must be rejected.

    Args:
        frame: rows with their meaning, slot, `total` and `contradicts`.
        layout: how the report tells them, which is how they are told back.
    """
    checks = [check for make in _CHECKS for check in make(layout.language)]
    faults = [check.fault.fill_null(value=False) for check in checks]
    bad = frame.select(pl.any_horizontal(faults)).to_series()
    rejected = frame.filter(bad).with_columns(
        pl.concat_str(
            [pl.when(fault).then(check.reason) for fault, check in zip(faults, checks, strict=True)],
            separator="; ",
            ignore_nulls=True,
        ).alias("reason"),
        pl.col("row_ean").fill_null(0).alias("ean"),
        pl.coalesce(
            "content",
            pl.concat_str(
                [pl.col(column.value) for column in sorted(layout.places, key=layout.places.__getitem__)],
                separator=";",
            ),
        ).alias("content"),
    )
    good = frame if not bad.any() else frame.filter(~bad)
    return Batch(_rows(good), rejected.select(REJECTED.names()).cast(REJECTED))


def _rows(good: pl.DataFrame) -> pl.DataFrame:
    withdrawn = pl.col("state_code") == State.WITHDRAWN.value
    energy_of_gas = (pl.col("unit_code") == _KWH) & pl.col("grid").is_in(_GAS) & ~withdrawn
    factor = pl.when(energy_of_gas).then(pl.col("factor_code")).otherwise(0)
    return good.select(
        "ean",
        "sub_ean",
        "meter_id",
        "direction",
        pl.col("total").alias("kind"),
        pl.col("unit_code").alias("unit"),
        "grid",
        "slot",
        pl.when(withdrawn).then(0).otherwise("milli").alias("value"),
        (pl.col("state_code") + factor * 8).cast(pl.UInt8).alias("state"),
        "line",
    ).cast(ROWS)


def _says(text: str, *columns: str) -> pl.Expr:
    return pl.format(text, *(pl.col(column).str.strip_chars().str.slice(0, 60) for column in columns))


def _identity(language: Language) -> list[_Check]:
    registers = ", ".join(
        register_words(direction, kind, language) for direction in DIRECTIONS for kind in RegisterKind
    )
    return [
        _Check(pl.col("row_ean").is_null(), _says("'{}' is no EAN, which has exactly 18 digits", "ean_code")),
        _Check(pl.col("meter_id").is_null(), pl.lit(f"the number of the meter {UNSHOWABLE}")),
        _Check(
            pl.col("direction").is_null(),
            _says(
                f"unknown register '{{}}'; allowed: {registers}, and for gas the direction alone", "register"
            ),
        ),
        _Check(
            pl.col("submeter") & (pl.col("direction") == _INJECTION),
            pl.lit("a submeter has offtake, production or auxiliary consumption, and no injection"),
        ),
        _Check(
            pl.col("submeter") & ~pl.col("amr"),
            pl.lit("a submeter lies below an AMR headpoint, whose rows leave the meter empty"),
        ),
    ]


def _time(_language: Language) -> list[_Check]:
    first, last = (f"{day:%d-%m-%Y}" for day in DAYS_ALLOWED)
    dates = f"is no date; allowed: dd-mm-yyyy or dd/mm/yyyy, from {first} to {last}"
    readable = pl.all_horizontal(
        pl.col(f"{border}_{part}").is_not_null() for border in ("from", "to") for part in ("day", "second")
    ) & ~pl.col("skipped")
    interval = ("from_date", "from_time", "to_date", "to_time")
    return [
        *(
            _Check(pl.col(f"{border}_day").is_null(), _says(f"'{{}}' {dates}", f"{border}_date"))
            for border in ("from", "to")
        ),
        *(
            _Check(
                pl.col(f"{border}_second").is_null(),
                _says("'{}' is no time; allowed: HH:MM:SS or HH:MM", f"{border}_time"),
            )
            for border in ("from", "to")
        ),
        _Check(
            pl.col("skipped"),
            _says(
                "'{} {} - {} {}' has a time that does not exist: the clocks went forward; the quarter-hour before is"
                " written 01:45 - 03:00",
                *interval,
            ),
        ),
        _Check(
            readable & pl.col("grid").is_null(),
            _says(
                "'{} {} - {} {}' is off the grid; allowed: a quarter-hour, a whole hour, a day from 00:00 to 00:00, a gas"
                " day from 06:00 to 06:00, Brussels time",
                *interval,
            ),
        ),
        _Check(
            readable & pl.col("grid").is_not_null() & pl.col("slot").is_null(),
            _says(
                "'{} {}' comes twice, for the clocks went back, and it cannot be told which is meant; allowed: both, the"
                " first pass before the second, once each for a register",
                "from_date",
                "from_time",
            ),
        ),
    ]


def _register(_language: Language) -> list[_Check]:
    kind, unit, grid = pl.col("kind"), pl.col("unit_code"), pl.col("grid")
    allowed = ", ".join(UNITS_WRITTEN.values())
    wrong_unit = (kind.is_in(_REACTIVE) & (unit != _KVARH)) | (kind.is_in(_TARIFFS) & (unit != _KWH))
    wrong_unit |= (kind == _TOTAL) & (unit == _KVARH)
    gas_alone = (unit == _M3) & grid.is_in(_ELECTRICITY)
    electricity_alone = (kind.is_in(_TARIFFS) | kind.is_in(_REACTIVE)) & grid.is_in(_GAS)
    whole_day = (kind == _TOTAL) & (unit == _KWH) & (grid == Grid.DAY.value)
    return [
        _Check(unit.is_null(), _says(f"unknown unit '{{}}'; allowed: {allowed}", "unit")),
        _Check(
            wrong_unit,
            _says(
                "'{}' is no unit of register '{}'; allowed: kVArh of reactive energy, kWh of active energy, m³ of gas",
                "unit",
                "register",
            ),
        ),
        _Check(gas_alone, pl.lit("off the grid: gas has hours, and gas days from 06:00 to 06:00")),
        _Check(
            electricity_alone & ~wrong_unit,
            _says("off the grid: '{}' is electricity, which has quarter-hours and days", "register"),
        ),
        _Check(
            whole_day,
            _says(
                "'{}' is not of a day, which has a day and a night register; gas days run from 06:00",
                "register",
            ),
        ),
        _Check(
            pl.col("contradicts"),
            pl.lit(
                "the quarter-hour has a value on the day tariff and one on the night tariff; one is in force"
            ),
        ),
    ]


def _value(language: Language) -> list[_Check]:
    place = tuple(Language).index(language)
    digital, amr = (
        ", ".join(words[place] for words in states.values()) for states in (STATES_OF_DIGITAL, STATES_OF_AMR)
    )
    factors = ", ".join(words[place] for words in FACTORS.values())
    volume, state, factor = pl.col("number"), pl.col("state_code"), pl.col("factor_code")
    silent = state == State.WITHDRAWN.value
    energy_of_gas = (pl.col("unit_code") == _KWH) & pl.col("grid").is_in(_ELECTRICITY)
    return [
        _Check(
            state.is_null(),
            pl.format(
                "unknown state '{}'; allowed: {}",
                pl.col("state").str.strip_chars().str.slice(0, 60),
                pl.when("amr").then(pl.lit(f"{amr}, for no meter is named (AMR)")).otherwise(pl.lit(digital)),
            ),
        ),
        _Check(
            (volume == "") & (state >= State.READ.value) & pl.col("milli").is_null(),
            _says("no volume, though the state is '{}'", "state"),
        ),
        _Check(
            (volume != "") & silent, _says("a volume ('{}'), though the state is '{}'", "volume", "state")
        ),
        _no_number(volume),
        _Check(
            factor.is_null(),
            _says(f"unknown conversion factor '{{}}'; allowed: {factors}, or none", "factor"),
        ),
        _Check(
            (factor > 0) & energy_of_gas,
            _says("a conversion factor ('{}') is of gas, which has hours and gas days", "factor"),
        ),
    ]


_ODD_NUMBERS: Final = (
    # Where several fit, the first says most.
    (r"^-[0-9.,]+$", "negative volume '{}'; allowed: 0,000 and more"),
    (
        r"^[0-9]+(\.[0-9]+)+(,[0-9]*)?$",
        "'{}' has a decimal point; allowed: a decimal comma, and nothing between thousands",
    ),
    (r"^[0-9]+,[0-9]{4,}$", "'{}' has more than three decimals; allowed: at most three"),
    (r"^[0-9]{16,}(,[0-9]{1,3})?$", "'{}' is too large; allowed: at most fifteen digits before the comma"),
    ("", "'{}' is not a number; allowed: digits with a decimal comma"),
)


def _no_number(volume: pl.Expr) -> _Check:
    reasons = [pl.when(volume.str.contains(form)).then(_says(text, "volume")) for form, text in _ODD_NUMBERS]
    return _Check((volume != "") & pl.col("milli").is_null(), pl.coalesce(reasons))


_CHECKS: Final[tuple[Callable[[Language], list[_Check]], ...]] = (_identity, _time, _register, _value)
