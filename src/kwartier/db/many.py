"""Asking for what many numbers name as one parameter: a mark for each of thousands takes longer than finding them."""

import json
from collections.abc import Sequence

from sqlalchemy import ARRAY, BigInteger, Column, ColumnElement, Connection, any_, bindparam, func, select

__all__ = ["among"]


def among(connection: Connection, column: Column[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Whether a column has one of some numbers, any number of them; in the words of the connection's engine."""
    if connection.dialect.name == "postgresql":
        return column == any_(bindparam(None, numbers, ARRAY(BigInteger)))
    each = func.json_each(bindparam(None, json.dumps(numbers))).table_valued("value")
    return column.in_(select(each.c.value))
