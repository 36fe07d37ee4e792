"""The schema of the registry file (DESIGN 8, 10, 12).

The EAN leads every key of mandates, and no foreign key crosses it, so that the same schema can be distributed by EAN.
"""

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, LargeBinary, MetaData, Table, Text

from kwartier.db.types import Instant

__all__ = [
    "assertion_seen",
    "audit",
    "certificate",
    "consent_item",
    "consent_request",
    "contract",
    "credentials",
    "grid_user_contact",
    "mandate",
    "mandate_fact",
    "mandate_phase",
    "market_scenario",
    "metadata",
    "noted",
    "operator",
    "organisation",
    "outbox_message",
    "person",
    "rate_window",
    "role",
    "sandbox_clock",
    "sandbox_contract",
    "sandbox_fault",
    "sandbox_journal",
    "sandbox_told",
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
    # Under whom it was given: of a later one's moves it is none (M5).
    Column("grid_user", Text),
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

market_scenario = Table(
    "market_scenario",
    metadata,
    Column("ean", BigInteger, primary_key=True, autoincrement=False),
    Column("effective", Instant, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("registered_at", Instant, nullable=False),
    Column("grid_user", Text),
    Column("grid_user_before", Text),
    # Of the operator who registered it; null: a command.
    Column("registered_by", Text),
    Index("market_scenario_by_registration", "registered_at"),
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

sandbox_clock = Table(
    "sandbox_clock",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("shown", Instant, nullable=False),
    Column("since", Instant),
)

sandbox_contract = Table(
    "sandbox_contract",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("contract", Text, nullable=False),
)

sandbox_told = Table(
    "sandbox_told",
    metadata,
    Column("client_id", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("ean", BigInteger, nullable=False),
    # By the client's own clock.
    Column("at", Instant, nullable=False),
    Column("grid_user", Text),
    # Of a market scenario; null: whose the EAN is, was said.
    Column("kind", Text),
    Column("effective", Instant),
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
