"""What a delivery was made of, so that another under the same id is told from the same once more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Keep a digest with each delivery; those that are there have none."""
    op.add_column("delivery", sa.Column("digest", sa.Text))
