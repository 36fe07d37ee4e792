"""Organisations, the people who act for them, and their contracts (I1, I2, I6)."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from kwartier.db.schema.registry import metadata
from kwartier.db.types import Instant

__all__ = ["contract", "organisation", "person", "role"]

organisation = Table(
    "organisation",
    metadata,
    Column("number", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("email", Text),
    Column("address", Text),
    Column("registered_at", Instant, nullable=False),
)

person = Table(
    "person",
    metadata,
    Column("person_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("registered_at", Instant, nullable=False),
    Index("person_by_email", "email"),
)

role = Table(
    "role",
    metadata,
    Column("role_id", Text, primary_key=True),
    Column("person_id", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("title", Text),
    Column("since", Instant, nullable=False),
    Column("until", Instant),
    # The id of a person; null: the operator registered it.
    Column("granted_by", Text),
    Column("ended_by", Text),
    Index("role_of_person", "person_id"),
    Index("role_of_organisation", "organisation"),
)

contract = Table(
    "contract",
    metadata,
    Column("number", Text, primary_key=True),
    Column("organisation", Text, nullable=False),
    Column("fee_cents", BigInteger, nullable=False),
    # Each state is reached once at most, so that this is its history.
    Column("requested_at", Instant, nullable=False),
    Column("requested_by", Text),
    Column("signed_at", Instant),
    Column("signed_by", Text),
    Column("approved_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", Text),
    Index("contract_of_organisation", "organisation"),
)
