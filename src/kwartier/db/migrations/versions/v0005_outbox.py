"""What is to be sent to people."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "outbox_message",
        sa.Column("message_id", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("way", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("recipient", sa.Text),
        sa.Column("put_at", sa.BigInteger, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("useless_from", sa.BigInteger),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", sa.BigInteger),
        sa.Column("reason", sa.Text),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("outbox_message_by_state", "outbox_message", ["state", "due_at"])
    op.create_index("outbox_message_by_about", "outbox_message", ["about"])
