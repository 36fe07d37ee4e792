"""Credentials, signing keys, mandates as facts and phases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the registry."""
    op.create_table(
        "credentials",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("coverage", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("subscription_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("valid_until", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("generation", sa.Integer, nullable=False),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("private_jwk", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "mandate",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("mandate_id", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("reference_number", sa.Text),
        sa.Column("energy_type", sa.Text, nullable=False),
        sa.Column("granularity", sa.Text, nullable=False),
        sa.Column("own", sa.Boolean, nullable=False),
        sa.Column("ean_named_by_grid_user", sa.Boolean, nullable=False),
    )
    op.create_index("mandate_of_holder", "mandate", ["holder", "ean"])
    op.create_table(
        "mandate_fact",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("mandate_id", sa.Text, primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
    )
    op.create_table(
        "mandate_phase",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("mandate_id", sa.Text, primary_key=True),
        sa.Column("start", sa.BigInteger, primary_key=True),
        sa.Column("end", sa.BigInteger),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("renewal_status", sa.Text),
        sa.Column("data_from", sa.BigInteger, nullable=False),
        sa.Column("data_to", sa.BigInteger),
        sa.Column("expiration", sa.BigInteger),
    )
    op.create_index("mandate_phase_by_ean", "mandate_phase", ["holder", "ean", "start"])
    op.create_index("mandate_phase_by_status", "mandate_phase", ["holder", "status", "start"])
    op.create_index("mandate_phase_by_update", "mandate_phase", ["holder", "start"])
