"""Signing keys are encrypted with the pepper. Those of before lay there as they are: whoever read them could sign."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Forget the keys: new ones are made, and clients whose tokens they signed ask for new ones."""
    op.drop_table("signing_key")
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("encrypted_jwk", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("signs_from", sa.BigInteger, nullable=False),
        sa.Column("verifies_until", sa.BigInteger),
    )
