"""What the platform tells people: the messages, to whom they go, and how often sending one is tried.

A message says what happened, not how that is worded: wording is done when it is sent, in the recipient's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.metering import EnergyType, Granularity
from kwartier.domain.period import Period

__all__ = [
    "CONTENTS",
    "MAX_ATTEMPTS",
    "AccessEnded",
    "AskedAccess",
    "ConsentAsked",
    "Content",
    "ContractApproved",
    "CredentialsExpiring",
    "ExpiringAccess",
    "Language",
    "MandatesExpiring",
    "Message",
    "MessageKind",
    "MessageState",
    "Recipient",
    "Way",
    "next_attempt_after",
]

MAX_ATTEMPTS: Final = 20
"""How often sending is tried, over about three days, before it is given up."""

_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)


class Language(StrEnum):
    """The languages in which people are written to."""

    DUTCH = "nl"
    ENGLISH = "en"


class MessageKind(StrEnum):
    """What a message is about."""

    CONSENT_ASKED = "consent-asked"
    CONSENT_REMINDER = "consent-reminder"
    CONTRACT_APPROVED = "contract-approved"
    CREDENTIALS_EXPIRING = "credentials-expiring"
    MANDATES_EXPIRING = "mandates-expiring"
    ACCESS_ENDED = "access-ended"


class Way(StrEnum):
    """How a message reaches somebody."""

    MAIL = "mail"
    LETTER = "letter"


class MessageState(StrEnum):
    """Where a message stands.

    `SENDING`: it is being handed over, and may have arrived. `DOUBTFUL`: who handed it over did not live to tell; it is
    never sent again by itself. `FAILED`: given up, with a reason. `DROPPED`: it was no longer needed.
    """

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    DOUBTFUL = "doubtful"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to: by e-mail, or by letter who has no e-mail address.

    Attributes:
        name: as it stands on a letter.
        language: in which.
        email: the address, if there is one.
        address: the lines below the name on a letter: street, postal code and town.

    Raises:
        InvalidValueError: neither an e-mail address nor a postal one, or one with a line break in it.
    """

    name: str
    language: Language
    email: str | None = None
    address: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.email and not self.address:
            raise InvalidValueError("who is written to has an e-mail address or a postal address")
        lines = [line for line in (self.name, self.email, *self.address) if line]
        if any(line.splitlines() != [line] for line in lines):
            raise InvalidValueError("a name or an address has no line breaks")

    @property
    def way(self) -> Way:
        """How the recipient is written to."""
        return Way.MAIL if self.email else Way.LETTER


@dataclass(frozen=True, slots=True)
class AskedAccess:
    """One EAN of which data is asked, or was given."""

    ean: str
    energy_type: EnergyType
    granularity: Granularity
    data_period: Period


@dataclass(frozen=True, slots=True)
class ConsentAsked:
    """An organisation asks a grid user for access (M2), or for its renewal (M3); also as a reminder.

    Attributes:
        asker: the name of the organisation.
        asker_number: its enterprise number.
        asked: what it asks for.
        answer_before: from then on the question is closed.
        token: opens the page on which it is answered. It is kept in a message only until that was sent.
        renewal: whether access that was given before is to go on.
    """

    asker: str
    asker_number: str
    asked: tuple[AskedAccess, ...]
    answer_before: datetime
    token: str = field(repr=False)
    renewal: bool = False


@dataclass(frozen=True, slots=True)
class ContractApproved:
    """A data access contract was approved: the credentials must now be renewed (I5, I6)."""

    organisation: str
    contract_number: str


@dataclass(frozen=True, slots=True)
class CredentialsExpiring:
    """Credentials of an organisation are about to expire (I4)."""

    organisation: str
    environment: str
    client_id: str
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class ExpiringAccess:
    """A mandate that is about to expire."""

    ean: str
    energy_type: EnergyType
    granularity: Granularity
    expiration: datetime


@dataclass(frozen=True, slots=True)
class MandatesExpiring:
    """Mandates of an organisation are about to expire, and can be renewed from now on (M3).

    Attributes:
        first: some of them, those that expire first; the others are only counted.
        number: how many there are.
    """

    organisation: str
    first: tuple[ExpiringAccess, ...]
    number: int


@dataclass(frozen=True, slots=True)
class AccessEnded:
    """A grid user ended an organisation's access; told to both."""

    asker: str
    asker_number: str
    ended: tuple[AskedAccess, ...]
    ended_at: datetime


Content: TypeAlias = ConsentAsked | ContractApproved | CredentialsExpiring | MandatesExpiring | AccessEnded

CONTENTS: Final[Mapping[MessageKind, type[Content]]] = {
    MessageKind.CONSENT_ASKED: ConsentAsked,
    MessageKind.CONSENT_REMINDER: ConsentAsked,
    MessageKind.CONTRACT_APPROVED: ContractApproved,
    MessageKind.CREDENTIALS_EXPIRING: CredentialsExpiring,
    MessageKind.MANDATES_EXPIRING: MandatesExpiring,
    MessageKind.ACCESS_ENDED: AccessEnded,
}
"""What each kind of message tells."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent.

    Attributes:
        key: two messages of one key are the same message: the second is not put.
        about: what it belongs to, for dropping what is no longer needed: `consent 17`.
        due_at: from when on it may be sent.
        useless_from: from then on it is dropped instead.

    Raises:
        InvalidValueError: content that is not of the kind.
    """

    kind: MessageKind
    key: str
    about: str
    recipient: Recipient
    content: Content
    due_at: datetime
    useless_from: datetime | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.content, CONTENTS[self.kind]):
            raise InvalidValueError(f"a message of kind {self.kind} tells {CONTENTS[self.kind].__name__}")


def next_attempt_after(attempts: int) -> timedelta | None:
    """How long to wait after so many failed attempts; None: give up."""
    if attempts >= MAX_ATTEMPTS:
        return None
    doublings: int = 1 << (attempts - 1)
    return min(_FIRST_WAIT * doublings, _LONGEST_WAIT)
