"""Who gets in, how often, and what he looked at (C1-C4, A1)."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from kwartier.db.schema.registry import metadata
from kwartier.db.types import Instant

__all__ = [
    "assertion_seen",
    "audit",
    "certificate",
    "credentials",
    "operator",
    "rate_window",
    "signing_key",
]

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
    Column("encrypted_jwk", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("signs_from", Instant, nullable=False),
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
