"""Mandates as facts and phases, and what market scenarios say of them (DESIGN 8).

The EAN leads every key, and no foreign key crosses it, so that the same schema can be distributed by EAN.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from kwartier.db.schema.registry import metadata
from kwartier.db.types import Instant

__all__ = ["mandate", "mandate_fact", "mandate_phase", "market_scenario"]

mandate = Table(
    "mandate",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("reference_number", Text),
    Column("energy_type", Text, nullable=False),
    Column("granularity", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("ean_named_by_grid_user", Boolean, nullable=False),
    # Under whom it was given: of a later one's moves it is none (M5).
    Column("grid_user", Text),
    Index("mandate_of_holder", "holder", "ean"),
)

mandate_fact = Table(
    "mandate_fact",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("details", Text, nullable=False),
)

mandate_phase = Table(
    "mandate_phase",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, primary_key=True),
    Column("start", Instant, primary_key=True),
    Column("end", Instant),
    Column("holder", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("renewal_status", Text),
    Column("data_from", Instant, nullable=False),
    Column("data_to", Instant),
    Column("expiration", Instant),
    Index("mandate_phase_by_ean", "holder", "ean", "start"),
    Index("mandate_phase_by_status", "holder", "status", "start"),
    Index("mandate_phase_by_update", "holder", "start"),
)

market_scenario = Table(
    "market_scenario",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("effective", Instant, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("registered_at", Instant, nullable=False),
    Column("grid_user", Text),
    Column("grid_user_before", Text),
    # Of the operator who registered it; null: a command.
    Column("registered_by", Text),
    Index("market_scenario_by_registration", "registered_at"),
)
