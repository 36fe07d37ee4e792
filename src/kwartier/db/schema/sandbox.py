"""What each client of the sandbox set for itself."""

from sqlalchemy import BigInteger, Column, Float, Integer, Table, Text

from kwartier.db.schema.registry import metadata
from kwartier.db.types import Instant

__all__ = ["sandbox_clock", "sandbox_contract", "sandbox_fault", "sandbox_journal", "sandbox_told"]

sandbox_clock = Table(
    "sandbox_clock",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("shown", Instant, nullable=False),
    Column("since", Instant),
)

sandbox_contract = Table(
    "sandbox_contract",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("contract", Text, nullable=False),
)

sandbox_told = Table(
    "sandbox_told",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("ean", BigInteger, nullable=False),
    # By the client's own clock.
    Column("at", Instant, nullable=False),
    Column("grid_user", Text),
    # Of a market scenario; null: whose the EAN is, was said.
    Column("kind", Text),
    Column("effective", Instant),
)

sandbox_fault = Table(
    "sandbox_fault",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("endpoint", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Integer),
    Column("retry_after_seconds", Integer),
    Column("delay_ms", Integer),
    Column("remaining", Integer),
    Column("probability", Float, nullable=False),
    Column("struck", Integer, nullable=False),
)

sandbox_journal = Table(
    "sandbox_journal",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("entry", Text, nullable=False),
)
