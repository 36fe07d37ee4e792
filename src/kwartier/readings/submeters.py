"""Where sub-headpoints hang, many at once (E6, E9)."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from kwartier.db.readings_schema import sub_headpoint as table

__all__ = ["headpoints_of_submeters"]

_CHUNK: Final = 10_000


def headpoints_of_submeters(connection: Connection, eans: Sequence[int]) -> dict[int, frozenset[int]]:
    """The headpoints on which sub-headpoints hang, of those EANs that are of a sub-headpoint."""
    found: defaultdict[int, set[int]] = defaultdict(set)
    for start in range(0, len(eans), _CHUNK):
        query = select(table.c.sub_ean, table.c.ean).where(table.c.sub_ean.in_(eans[start : start + _CHUNK]))
        for sub_ean, ean in connection.execute(query):
            found[sub_ean].add(ean)
    return {sub_ean: frozenset(above) for sub_ean, above in found.items()}
