"""Tables of several answers as one (K2)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kwartier.client.decoding.columns import Vocabulary
from kwartier.client.table import EnergyTable, TextColumn

__all__ = ["joined"]

_OF_A_VALUE = ("validation_state", "gas_conversion_factor")
"""The columns that do not tell which value it is."""


def joined(tables: Sequence[EnergyTable], *, newest: bool = False) -> EnergyTable:
    """The rows of several tables, one after the other.

    Args:
        tables: at least one; of windows of the same question, oldest first.
        newest: whether the same interval may be in several: then the last counts.
    """
    first, last = tables[0], tables[-1]
    if len(tables) == 1:
        return first
    told = [table.energy_type for table in tables if table.energy_type is not None]
    fetched = [table.fetched_at for table in tables if table.fetched_at is not None]
    whole = EnergyTable(
        first.ean,
        told[-1] if told else None,
        fetched[-1] if fetched else last.fetched_at,
        {name: _texts([table[name] for table in tables]) for name in first.text_columns},
        np.concatenate([table.starts for table in tables]),
        np.concatenate([table.ends for table in tables]),
        np.concatenate([table.values for table in tables]),
        tuple(dict.fromkeys(notice for table in tables for notice in table.notices)),
    )
    return whole.chosen(_newest(whole)) if newest else whole


def _texts(columns: Sequence[TextColumn]) -> TextColumn:
    vocabulary = Vocabulary()
    codes = [
        np.array([vocabulary.code(text) for text in column.texts], np.int16)[column.codes]
        for column in columns
    ]
    return TextColumn(np.concatenate(codes), tuple(vocabulary.texts))


def _newest(table: EnergyTable) -> NDArray[np.int64]:
    """The rows that are the last of their register and interval, by register and time."""
    register = np.zeros(len(table), np.int64)
    for name, column in table.text_columns.items():
        if name not in _OF_A_VALUE:
            register = register * len(column.texts) + column.codes
    order = np.lexsort((table.starts, register))  # stable: of the same interval the last stays last
    ordered, starts = register[order], table.starts[order]
    superseded = (ordered[1:] == ordered[:-1]) & (starts[1:] == starts[:-1])
    kept: NDArray[np.int64] = order[np.append(~superseded, np.ones(min(len(table), 1), np.bool_))]
    return kept
