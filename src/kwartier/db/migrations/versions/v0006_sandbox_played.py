"""What a sandbox plays: whose an EAN is, market scenarios, a contract. Mock mandates are on own EANs unless said otherwise."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the tables, and let mock mandates be on own EANs."""
    op.create_table(
        "sandbox_contract",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("contract", sa.Text, nullable=False),
    )
    op.create_table(
        "sandbox_told",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("ean", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("grid_user", sa.Text),
        sa.Column("kind", sa.Text),
        sa.Column("effective", sa.BigInteger),
    )
    mandate = sa.table("mandate", sa.column("holder", sa.Text), sa.column("own", sa.Boolean))
    op.execute(mandate.update().where(mandate.c.holder.like("sandbox:%")).values(own=True))
