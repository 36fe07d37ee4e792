"""What grid users are asked, and what is sent to anybody (M2)."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, Table, Text

from kwartier.db.schema.registry import metadata
from kwartier.db.types import Instant

__all__ = ["consent_item", "consent_request", "grid_user_contact", "outbox_message"]

grid_user_contact = Table(
    "grid_user_contact",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("who", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("email", Text),
    Column("address", Text),
)

consent_request = Table(
    "consent_request",
    metadata,
    Column("request_id", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    # The id of a person; null: the operator asked on the organisation's behalf.
    Column("asked_by", Text),
    Column("asked_at", Instant, nullable=False),
    Column("is_renewal", Boolean, nullable=False),
    # To whom it went: name, e-mail, address, language, as JSON.
    Column("recipient", Text, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("revoked_at", Instant),
    Index("consent_request_of_holder", "holder", "asked_at"),
)

consent_item = Table(
    "consent_item",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("request_id", Text, primary_key=True),
    Column("item", Integer, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, nullable=False),
    Column("energy_type", Text, nullable=False),
    Column("granularity", Text, nullable=False),
    # As it was asked: a move may cut the mandate's later.
    Column("data_from", Instant, nullable=False),
    Column("data_to", Instant),
    Column("answer", Boolean),
    Column("answered_at", Instant),
    Index("consent_item_of_request", "request_id", "item"),
    Index("consent_item_of_mandate", "mandate_id"),
)

outbox_message = Table(
    "outbox_message",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("about", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("way", Text, nullable=False),
    # Both are wiped when they are no longer needed: a link that opens something, a name and an address.
    Column("content", Text),
    Column("recipient", Text),
    Column("put_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("useless_from", Instant),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Who has it in hand, and until when others leave it to him.
    Column("claimed_by", Text),
    Column("claimed_until", Instant),
    Column("reason", Text),
    Column("ended_at", Instant),
    Index("outbox_message_by_state", "state", "due_at"),
    Index("outbox_message_by_about", "about"),
)
