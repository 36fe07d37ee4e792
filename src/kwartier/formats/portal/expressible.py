"""Which rows a report of the portal has a form for (E8, E9, R4)."""

from typing import Final

import polars as pl

from kwartier.domain.days import Grid
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import FACTOR_SHIFT, STATE_BITS, Direction, RegisterKind, State, Unit
from kwartier.formats.rows import DIRECTIONS, KINDS, UNITS

__all__ = ["check_expressible"]

_SERIES_AND_SLOT: Final = ["ean", "sub_ean", "meter_id", "direction", "kind", "unit", "grid", "slot"]
_REACTIVE: Final = ((RegisterKind.INDUCTIVE, Unit.KVARH), (RegisterKind.CAPACITIVE, Unit.KVARH))
_GAS: Final = ((RegisterKind.TOTAL, Unit.KWH), (RegisterKind.TOTAL, Unit.M3))
_REGISTERS: Final = {
    Grid.QUARTER_HOUR: ((RegisterKind.TOTAL, Unit.KWH), *_REACTIVE),
    Grid.DAY: ((RegisterKind.DAY, Unit.KWH), (RegisterKind.NIGHT, Unit.KWH), *_REACTIVE),
    Grid.HOUR: _GAS,
    Grid.GAS_DAY: _GAS,
}
_LARGEST: Final = 10**18


def check_expressible(rows: pl.DataFrame) -> None:
    """See whether a report can say all that rows say.

    Raises:
        InvalidValueError: it cannot; the message names the first row, and what is allowed.
    """
    for fault, allowed in _faults():
        wrong = rows.filter(fault.fill_null(value=True))
        if wrong.height:
            raise InvalidValueError(
                f"a report of the portal has no form for {wrong.row(0, named=True)}: {allowed}"
            )


def _faults() -> list[tuple[pl.Expr, str]]:
    state = pl.col("state") % (STATE_BITS + 1)
    factor = pl.col("state") // 2**FACTOR_SHIFT
    digital, submeter = pl.col("meter_id") != "", pl.col("sub_ean") != 0
    direction = pl.col("direction")
    injection, *below = (
        DIRECTIONS.index(one) for one in (Direction.INJECTION, Direction.PRODUCTION, Direction.AUXILIARY)
    )
    energy_of_gas = pl.col("grid").is_in([Grid.HOUR, Grid.GAS_DAY]) & (
        pl.col("unit") == UNITS.index(Unit.KWH)
    )
    silent = state == State.WITHDRAWN.value
    return [
        (~_register_fits(), "its register, unit and grid do not go together"),
        (
            ~pl.when(digital)
            .then(state.is_in([State.WITHDRAWN, State.READ, State.EST]))
            .otherwise(state.is_in([State.WITHDRAWN, State.VAL, State.NVAL])),
            "with a meter named it is READ, EST or withdrawn, without one VAL, NVAL or withdrawn",
        ),
        ((factor > 0) & (~energy_of_gas | silent), "a conversion factor is of energy from gas"),
        (
            submeter & (digital | (direction == injection)),
            "a submeter lies below an AMR headpoint, and injects nothing",
        ),
        (
            (direction.is_in(below) & ~submeter) | (submeter & (pl.col("sub_ean") == pl.col("ean"))),
            "production and auxiliary consumption are of a submeter, which has an EAN of its own",
        ),
        (
            (pl.col("meter_id") != pl.col("meter_id").str.strip_chars())
            | pl.col("meter_id").str.contains(r"[\r\n]"),
            "the name of a meter has no space around it and no line break in it",
        ),
        (
            (pl.col("value") < 0) | (pl.col("value") >= _LARGEST) | (silent & (pl.col("value") != 0)),
            f"a value is from 0 up to {_LARGEST} thousandths, and 0 where there is none",
        ),
        (pl.struct(_SERIES_AND_SLOT).is_duplicated(), "a slot of a series is there once"),
    ]


def _register_fits() -> pl.Expr:
    fitting = [
        (pl.col("grid") == grid.value)
        & (pl.col("kind") == KINDS.index(kind))
        & (pl.col("unit") == UNITS.index(unit))
        for grid, registers in _REGISTERS.items()
        for kind, unit in registers
    ]
    return pl.any_horizontal(fitting)
