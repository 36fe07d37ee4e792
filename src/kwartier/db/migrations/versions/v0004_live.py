"""The live environment: organisations, people, contracts, consent, market scenarios; under whom a mandate was given."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column and the tables."""
    op.add_column("mandate", sa.Column("grid_user", sa.Text))
    op.create_table(
        "organisation",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
    )
    op.create_index("person_by_email", "person", ["email"])
    op.create_table(
        "role",
        sa.Column("role_id", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, nullable=False),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger),
        sa.Column("granted_by", sa.Text),
        sa.Column("ended_by", sa.Text),
    )
    op.create_index("role_of_person", "role", ["person_id"])
    op.create_index("role_of_organisation", "role", ["organisation"])
    op.create_table(
        "contract",
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("organisation", sa.Text, nullable=False),
        sa.Column("fee_cents", sa.BigInteger, nullable=False),
        sa.Column("requested_at", sa.BigInteger, nullable=False),
        sa.Column("requested_by", sa.Text),
        sa.Column("signed_at", sa.BigInteger),
        sa.Column("signed_by", sa.Text),
        sa.Column("approved_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("ended_by", sa.Text),
    )
    op.create_index("contract_of_organisation", "contract", ["organisation"])
    op.create_table(
        "grid_user_contact",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("who", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("address", sa.Text),
    )
    op.create_table(
        "consent_request",
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("is_renewal", sa.Boolean, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_index("consent_request_of_holder", "consent_request", ["holder", "asked_at"])
    op.create_table(
        "consent_item",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("request_id", sa.Text, primary_key=True),
        sa.Column("item", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("mandate_id", sa.Text, nullable=False),
        sa.Column("energy_type", sa.Text, nullable=False),
        sa.Column("granularity", sa.Text, nullable=False),
        sa.Column("data_from", sa.BigInteger, nullable=False),
        sa.Column("data_to", sa.BigInteger),
        sa.Column("answer", sa.Boolean),
        sa.Column("answered_at", sa.BigInteger),
    )
    op.create_index("consent_item_of_request", "consent_item", ["request_id", "item"])
    op.create_index("consent_item_of_mandate", "consent_item", ["mandate_id"])
    op.create_table(
        "market_scenario",
        sa.Column("ean", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("effective", sa.BigInteger, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("registered_at", sa.BigInteger, nullable=False),
        sa.Column("grid_user", sa.Text),
        sa.Column("grid_user_before", sa.Text),
        sa.Column("registered_by", sa.Text),
    )
    op.create_index("market_scenario_by_registration", "market_scenario", ["registered_at"])
