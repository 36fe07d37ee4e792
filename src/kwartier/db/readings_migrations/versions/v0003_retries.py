"""Whose rows a delivery brings in again, so that they count from when they came, and go with what brought them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Keep with each delivery the number of the one whose rows it brings in again; those that are there have none."""
    op.add_column("delivery", sa.Column("retries", sa.BigInteger))
