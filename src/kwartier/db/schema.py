"""The schema of the registry file (DESIGN 8, 10, 12).

The EAN leads every key of mandates, and no foreign key crosses it, so that the same schema can be distributed by EAN.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text

from kwartier.db.types import Instant

__all__ = [
    "assertion_seen",
    "audit",
    "certificate",
    "credentials",
    "mandate",
    "mandate_fact",
    "mandate_phase",
    "metadata",
    "noted",
    "operator",
    "outbox_message",
    "rate_window",
    "sandbox_clock",
    "sandbox_fault",
    "sandbox_journal",
    "signing_key",
]

metadata = MetaData()

credentials = Table(
    "credentials",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("environment", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("coverage", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("subscription_hash", LargeBinary, nullable=False, unique=True),
    Column("issued_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("generation", Integer, nullable=False),
    # What was renewed goes on beside it, if the organisation chose an overlap (C2).
    Column("previous_secret_hash", LargeBinary),
    Column("previous_coverage", Text),
    Column("previous_until", Instant),
)

operator = Table(
    "operator",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("generation", Integer, nullable=False),
)

certificate = Table(
    "certificate",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("thumbprint", LargeBinary, primary_key=True),
    Column("x5t", LargeBinary, nullable=False),
    Column("pem", Text, nullable=False),
    Column("valid_from", Instant, nullable=False),
    Column("valid_until", Instant, nullable=False),
    Column("registered_at", Instant, nullable=False),
)

assertion_seen = Table(
    "assertion_seen",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("jti_hash", LargeBinary, primary_key=True),
    Column("until", Instant, nullable=False),
    Index("assertion_seen_by_end", "until"),
)

signing_key = Table(
    "signing_key",
    metadata,
    Column("kid", Text, primary_key=True),
    Column("private_jwk", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("signs_from", Instant),
    Column("verifies_until", Instant),
)

rate_window = Table(
    "rate_window",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("ends", Instant, nullable=False),
    Column("taken", Integer, nullable=False),
    Index("rate_window_by_end", "ends"),
)

audit = Table(
    "audit",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Instant, primary_key=True),
    Column("entry_id", BigInteger, primary_key=True, autoincrement=False),
    Column("organisation", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("details", Text, nullable=False),
    Index("audit_by_organisation", "organisation", "at"),
    sqlite_with_rowid=False,  # the key is what it is found by
)

mandate = Table(
    "mandate",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("reference_number", Text),
    Column("energy_type", Text, nullable=False),
    Column("granularity", Text, nullable=False),
    Column("own", Boolean, nullable=False),
    Column("ean_named_by_grid_user", Boolean, nullable=False),
    Index("mandate_of_holder", "holder", "ean"),
)

mandate_fact = Table(
    "mandate_fact",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("details", Text, nullable=False),
)

mandate_phase = Table(
    "mandate_phase",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("mandate_id", Text, primary_key=True),
    Column("start", Instant, primary_key=True),
    Column("end", Instant),
    Column("holder", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("renewal_status", Text),
    Column("data_from", Instant, nullable=False),
    Column("data_to", Instant),
    Column("expiration", Instant),
    Index("mandate_phase_by_ean", "holder", "ean", "start"),
    Index("mandate_phase_by_status", "holder", "status", "start"),
    Index("mandate_phase_by_update", "holder", "start"),
)

noted = Table(
    "noted",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

outbox_message = Table(
    "outbox_message",
    metadata,
    Column("message_id", Text, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("about", Text, nullable=False),
    Column("kind", Text, nullable=False),
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

sandbox_clock = Table(
    "sandbox_clock",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("shown", Instant, nullable=False),
    Column("since", Instant),
)

sandbox_fault = Table(
    "sandbox_fault",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("endpoint", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("status", Integer),
    Column("retry_after_seconds", Integer),
    Column("delay_ms", Integer),
    Column("remaining", Integer),
    Column("probability", Float, nullable=False),
    Column("struck", Integer, nullable=False),
)

sandbox_journal = Table(
    "sandbox_journal",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("entry", Text, nullable=False),
)
