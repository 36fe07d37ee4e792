"""The schema of the registry file, by what its tables are about (DESIGN 8, 10, 12)."""

from kwartier.db.schema.consent import consent_item, consent_request, grid_user_contact, outbox_message
from kwartier.db.schema.getting_in import (
    assertion_seen,
    audit,
    certificate,
    credentials,
    operator,
    rate_window,
    signing_key,
)
from kwartier.db.schema.mandates import mandate, mandate_fact, mandate_phase, market_scenario
from kwartier.db.schema.parties import contract, organisation, person, role
from kwartier.db.schema.registry import metadata, noted
from kwartier.db.schema.sandbox import (
    sandbox_clock,
    sandbox_contract,
    sandbox_fault,
    sandbox_journal,
    sandbox_told,
)

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
