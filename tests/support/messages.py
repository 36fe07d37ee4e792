"""Messages for tests."""

from datetime import UTC, datetime
from typing import Final

from kwartier.domain.messages import (
    AccessEnded,
    AskedAccess,
    ConsentAsked,
    Content,
    ContractApproved,
    CredentialsExpiring,
    ExpiringAccess,
    Language,
    MandatesExpiring,
    Message,
    MessageKind,
    Recipient,
)
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period

__all__ = ["ASKED", "CONTENTS", "EMAIL", "NOW", "TOKEN", "asked_access", "message"]

NOW: Final = datetime(2025, 9, 20, 10, tzinfo=UTC)
TOKEN: Final = "5ec7e7" * 10 + "abcd"

EMAIL: Final = Recipient("Zoë Peeters", Language.DUTCH, "zoe@example.org")


def asked_access(
    ean: str = "541440110000000007",
    energy_type: EnergyType = EnergyType.ELECTRICITY,
    granularity: Granularity = Granularity.QUARTER_HOURLY,
) -> AskedAccess:
    """One EAN that is asked for, of three years back and without end."""
    return AskedAccess(ean, energy_type, granularity, Period(datetime(2022, 9, 19, 22, tzinfo=UTC)))


ASKED: Final = ConsentAsked(
    "Bakkerij Zoet & Zout",
    "0999.999.922",
    (asked_access(), asked_access("541441010000000005", EnergyType.GAS, Granularity.DAILY)),
    datetime(2025, 10, 20, 10, tzinfo=UTC),
    TOKEN,
)

CONTENTS: Final[dict[MessageKind, Content]] = {
    MessageKind.CONSENT_ASKED: ASKED,
    MessageKind.CONSENT_REMINDER: ASKED,
    MessageKind.CONTRACT_APPROVED: ContractApproved("Bakkerij Zoet & Zout", "DAC-000012"),
    MessageKind.CREDENTIALS_EXPIRING: CredentialsExpiring(
        "Bakkerij Zoet & Zout",
        "live",
        "6d2f6f2e-3f0c-4a52-8a0b-8f4be21c54f1",
        datetime(2025, 10, 20, 10, tzinfo=UTC),
    ),
    MessageKind.MANDATES_EXPIRING: MandatesExpiring(
        "Bakkerij Zoet & Zout",
        (
            ExpiringAccess(
                "541440110000000007",
                EnergyType.ELECTRICITY,
                Granularity.QUARTER_HOURLY,
                datetime(2025, 12, 19, 23, tzinfo=UTC),
            ),
        ),
        3,
    ),
    MessageKind.ACCESS_ENDED: AccessEnded("Bakkerij Zoet & Zout", "0999.999.922", (asked_access(),), NOW),
}


def message(
    key: str = "consent 1",
    kind: MessageKind = MessageKind.CONSENT_ASKED,
    recipient: Recipient = EMAIL,
    due_at: datetime = NOW,
    useless_from: datetime | None = None,
) -> Message:
    """A message that is due now; about what it is, is its key up to the slash."""
    return Message(kind, key, key.partition("/")[0], recipient, CONTENTS[kind], due_at, useless_from)
