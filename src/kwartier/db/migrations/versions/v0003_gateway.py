"""What the gateway keeps: overlaps of renewed credentials, operators, certificates, rotation of keys, limits, the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the columns and tables."""
    op.add_column("credentials", sa.Column("previous_secret_hash", sa.LargeBinary))
    op.add_column("credentials", sa.Column("previous_coverage", sa.Text))
    op.add_column("credentials", sa.Column("previous_until", sa.BigInteger))
    op.add_column("signing_key", sa.Column("signs_from", sa.BigInteger))
    op.add_column("signing_key", sa.Column("verifies_until", sa.BigInteger))
    op.create_table(
        "operator",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("issued_at", sa.BigInteger, nullable=False),
        sa.Column("valid_until", sa.BigInteger, nullable=False),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("generation", sa.Integer, nullable=False),
    )
    op.create_table(
        "certificate",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("thumbprint", sa.LargeBinary, primary_key=True),
        sa.Column("x5t", sa.LargeBinary, nullable=False),
        sa.Column("pem", sa.Text, nullable=False),
        sa.Column("valid_from", sa.BigInteger, nullable=False),
        sa.Column("valid_until", sa.BigInteger, nullable=False),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "assertion_seen",
        sa.Column("client_id", sa.Text, primary_key=True),
        sa.Column("jti_hash", sa.LargeBinary, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
    )
    op.create_index("assertion_seen_by_end", "assertion_seen", ["until"])
    op.create_table(
        "rate_window",
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("ends", sa.BigInteger, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
    )
    op.create_index("rate_window_by_end", "rate_window", ["ends"])
    op.create_table(
        "audit",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, primary_key=True),
        sa.Column("entry_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("client_id", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("audit_by_organisation", "audit", ["organisation", "at"])
