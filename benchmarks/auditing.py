"""The audit when it is large: questions by EAN and by organisation among millions of rows (A1)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from sqlalchemy import text

from benchmarks.report import Figure
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.domain.ean import Ean
from kwartier.domain.enterprise import EnterpriseNumber
from kwartier.services.audit import Audit, AuditFilter

__all__ = ["measure"]

_EANS: Final = 100_000
_ORGANISATIONS: Final = 97
_FIRST_EAN: Final = 541_448_800_000_000_000
_BUDGET_MS: Final = 20
_DETAILS: Final = (
    '{"period":["readTime",1750000000000000,1751000000000000],"granularities":[],"kinds":[],'
    '"reference":null,"mandates":["0123456789abcdef0123456789abcdef"],"correlation":"0123456789abcdef"}'
)
# Accesses come in order of time, to EANs here and there.
_FILL: Final = text(
    """
    with recursive n(i) as (select 0 union all select i + 1 from n where i + 1 < :rows)
    insert into audit
    select :first + i * 7919 % :eans, 1700000000000000 + i * 3000000, i, printf('%010d', i % :organisations),
        '3f9d2c1e-5a44-4c0e-8f67-0b6a2f5d9c10', 'granted', :details
    from n
    """
)


def measure(folder: Path, random: Random, rows: int, rounds: int) -> Iterator[Figure]:
    """Milliseconds of a question for the newest hundred, on SQLite."""
    with TemporaryDirectory(dir=folder) as name:
        database = Database(f"sqlite:///{Path(name) / 'audit.db'}")
        migrate(database)
        with database.writing() as connection:
            connection.exec_driver_sql("pragma cache_size = -1000000")
            connection.execute(
                _FILL,
                {
                    "rows": rows,
                    "first": _FIRST_EAN,
                    "eans": _EANS,
                    "organisations": _ORGANISATIONS,
                    "details": _DETAILS,
                },
            )
        audit = Audit(database)
        asked: dict[str, Callable[[], AuditFilter]] = {
            "EAN": lambda: AuditFilter(ean=Ean(str(_FIRST_EAN + random.randrange(_EANS)))),
            "organisation": lambda: AuditFilter(
                organisation=EnterpriseNumber(f"{random.randrange(_ORGANISATIONS):010}")
            ),
        }
        for by, narrowed in asked.items():
            taken = []
            for _ in range(rounds):
                begun = perf_counter()
                found = audit.find(narrowed())
                taken.append(perf_counter() - begun)
                assert found
            yield Figure(
                f"audit of {rows:,} rows, the newest 100 by {by}",
                "ms",
                median(taken) * 1e3,
                at_most=_BUDGET_MS,
            )
        database.close()
