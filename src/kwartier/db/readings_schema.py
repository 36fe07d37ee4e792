"""The schema of the readings: on SQLite a file of its own, so that an import never locks the gateway (DESIGN 2, 10).

The EAN of the headpoint leads the key of all that hangs on it, and no foreign key crosses it.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, Table, Text

from kwartier.db.types import Instant

__all__ = [
    "announcement",
    "delivery",
    "erasure",
    "gas_factor",
    "grid_user",
    "headpoint",
    "metadata",
    "physical_meter",
    "quarantine",
    "run",
    "series",
    "sub_headpoint",
]

metadata = MetaData()

headpoint = Table(
    "headpoint",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("energy_type", Text, nullable=False),
    Column("meter_type", Text, nullable=False),
    Column("direction", Text),
    Column("gas_zone", Text),
    Column("registered_at", Instant, nullable=False),
)

grid_user = Table(
    "grid_user",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("since", Instant, primary_key=True),
    Column("until", Instant),
    Column("who", Text, nullable=False),
    Index("grid_user_by_who", "who"),
)

physical_meter = Table(
    "physical_meter",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("seq_number", Text, primary_key=True),
    Column("meter_id", Text, nullable=False),
    Column("since", Instant),
    Column("until", Instant),
)

sub_headpoint = Table(
    "sub_headpoint",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("sub_ean", BigInteger, primary_key=True, autoincrement=False),
    Column("seq_number", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("vreg_id", Text),
    Column("installation", Text),
    Index("sub_headpoint_by_sub_ean", "sub_ean"),
)

series = Table(
    "series",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("no", Integer, primary_key=True, autoincrement=False),
    # Of a physical meter its number, of a sub-headpoint its EAN; neither: the headpoint itself.
    Column("meter", Text),
    Column("sub_ean", BigInteger),
    Column("direction", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("grid", Integer, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("delivery_id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("touched_at", Instant, nullable=False),
    Column("published_at", Instant),
    Column("withdraws", BigInteger),
    Column("counts", Text, nullable=False),
    Column("digest", Text),
    Column("retries", BigInteger),
    Index("delivery_by_state", "state"),
    Index("delivery_by_publication", "published_at"),
)

announcement = Table(
    "announcement",
    metadata,
    Column("delivery", BigInteger, primary_key=True, autoincrement=False),
    Column("published_at", Instant, nullable=False),
    Column("lease_until", Instant, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("grid", Integer, primary_key=True, autoincrement=False),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("delivery", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    # By which a delivery is withdrawn, or swept.
    Index("run_by_delivery", "delivery"),
    sqlite_with_rowid=False,
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("delivery", BigInteger, primary_key=True, autoincrement=False),
    Column("no", Integer, primary_key=True, autoincrement=False),
    Column("ean", BigInteger),
    Column("line", BigInteger),
    Column("reason", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("state", Text, nullable=False),
    Index("quarantine_by_ean", "ean"),
)

gas_factor = Table(
    "gas_factor",
    metadata,
    Column("zone", Text, primary_key=True),
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("delivery", BigInteger, primary_key=True, autoincrement=False),
    Column("factor", Integer, nullable=False),
    Column("kind", Integer, nullable=False),
)

erasure = Table(
    "erasure",
    metadata,
    Column("erasure_id", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("ean", BigInteger),
    Column("before", Instant),
    Column("why", Text, nullable=False),
    Column("counts", Text, nullable=False),
)
