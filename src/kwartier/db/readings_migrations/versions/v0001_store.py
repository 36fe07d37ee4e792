"""The store: headpoints and their series, runs, deliveries, what was set aside."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the store."""
    op.create_table(
        "headpoint",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("energy_type", sa.Text, nullable=False),
        sa.Column("meter_type", sa.Text, nullable=False),
        sa.Column("direction", sa.Text),
        sa.Column("gas_zone", sa.Text),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "grid_user",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("since", sa.BigInteger, primary_key=True),
        sa.Column("until", sa.BigInteger),
        sa.Column("who", sa.Text, nullable=False),
    )
    op.create_index("grid_user_by_who", "grid_user", ["who"])
    op.create_table(
        "physical_meter",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seq_number", sa.Text, primary_key=True),
        sa.Column("meter_id", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger),
        sa.Column("until", sa.BigInteger),
    )
    op.create_table(
        "sub_headpoint",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("sub_ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seq_number", sa.Text, nullable=False),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("vreg_id", sa.Text),
        sa.Column("installation", sa.Text),
    )
    op.create_index("sub_headpoint_by_sub_ean", "sub_headpoint", ["sub_ean"])
    op.create_table(
        "series",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("meter", sa.Text),
        sa.Column("sub_ean", sa.BigInteger),
        sa.Column("direction", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("unit", sa.Text, nullable=False),
        sa.Column("grid", sa.Integer, nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("delivery_id", sa.Text, nullable=False, unique=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("received_at", sa.BigInteger, nullable=False),
        sa.Column("touched_at", sa.BigInteger, nullable=False),
        sa.Column("published_at", sa.BigInteger),
        sa.Column("withdraws", sa.BigInteger),
        sa.Column("counts", sa.Text, nullable=False),
    )
    op.create_index("delivery_by_state", "delivery", ["state"])
    op.create_index("delivery_by_publication", "delivery", ["published_at"])
    op.create_table(
        "announcement",
        sa.Column("delivery", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("published_at", sa.BigInteger, nullable=False),
        sa.Column("lease_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("grid", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("start", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("delivery", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("run_by_delivery", "run", ["delivery"])
    op.create_table(
        "quarantine",
        sa.Column("delivery", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ean", sa.BigInteger),
        sa.Column("line", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
    )
    op.create_index("quarantine_by_ean", "quarantine", ["ean"])
    op.create_table(
        "gas_factor",
        sa.Column("zone", sa.Text, primary_key=True),
        sa.Column("month", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("delivery", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("factor", sa.Integer, nullable=False),
        sa.Column("kind", sa.Integer, nullable=False),
    )
    op.create_table(
        "erasure",
        sa.Column("erasure_id", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("ean", sa.BigInteger),
        sa.Column("before", sa.BigInteger),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
    )
