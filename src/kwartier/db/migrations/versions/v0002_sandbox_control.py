"""What integrators control of their sandboxes: clocks, faults, journals; and where the platform was last reached."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "noted",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "sandbox_clock",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("shown", sa.BigInteger, nullable=False),
        sa.Column("since", sa.BigInteger),
    )
    op.create_table(
        "sandbox_fault",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("retry_after_seconds", sa.Integer),
        sa.Column("delay_ms", sa.Integer),
        sa.Column("remaining", sa.Integer),
        sa.Column("probability", sa.Float, nullable=False),
        sa.Column("struck", sa.Integer, nullable=False),
    )
    op.create_table(
        "sandbox_journal",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("entry", sa.Text, nullable=False),
    )
