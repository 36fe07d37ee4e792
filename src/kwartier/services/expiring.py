"""What comes due by time alone: credentials and mandates that are about to expire are told of, each once (I4, M3)."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.credentials import EXPIRES_SOON, Credentials
from kwartier.domain.messages import Content, CredentialsExpiring, MandateExpiring, Message, MessageKind
from kwartier.registry import credentials, expiring, notes, organisations, outbox
from kwartier.services.environment import LIVE_HOLDERS, organisation_of
from kwartier.services.people import who_is_told

__all__ = ["tell_what_expires"]

_EVERY: Final = timedelta(hours=1)
_TOLD_UP_TO: Final = "expiring told up to"
_FIRST: Final = timedelta(days=92)
"""How far back the first look goes: as long as a mandate is to be renewed before it expires."""


def tell_what_expires(database: Database, moment: datetime) -> int:
    """Put a message for all that is to expire soon and was not told of; how many that were.

    It looks once an hour, whichever process does: each looks on from where the last one did.
    """
    with database.reading() as connection:
        told = _told_up_to(connection)
    if told is not None and moment < told + _EVERY:
        return 0
    with database.writing(_TOLD_UP_TO) as connection:
        told = _told_up_to(connection)
        if told is not None and moment < told + _EVERY:
            return 0
        put = _credentials(connection, moment) + _mandates(connection, told or moment - _FIRST, moment)
        notes.note(connection, _TOLD_UP_TO, moment.isoformat())
    return put


def _told_up_to(connection: Connection) -> datetime | None:
    noted = notes.read(connection, _TOLD_UP_TO)
    return None if noted is None else datetime.fromisoformat(noted)


def _credentials(connection: Connection, moment: datetime) -> int:
    ending = [one for one in credentials.list_all(connection) if _ends_soon(one, moment)]
    put = 0
    for one in ending:
        content = CredentialsExpiring(
            _name(connection, one.organisation), one.environment.value, one.client_id, one.valid_until
        )
        about = f"credentials {one.client_id}"
        key = f"{MessageKind.CREDENTIALS_EXPIRING} {one.client_id} {one.generation}"
        put += _tell(connection, one.organisation, content, (about, key), moment, one.valid_until)
    return put


def _ends_soon(one: Credentials, moment: datetime) -> bool:
    return one.fault(moment) is None and one.valid_until - moment <= EXPIRES_SOON


def _mandates(connection: Connection, after: datetime, moment: datetime) -> int:
    put = 0
    for one in expiring.to_be_renewed(connection, LIVE_HOLDERS, after, moment):
        number = organisation_of(one.holder)
        content = MandateExpiring(_name(connection, number), one.ean, one.granularity, one.expiration)
        about = f"mandate {one.mandate_id}"
        key = f"{MessageKind.MANDATE_EXPIRING} {one.mandate_id} {one.expiration.isoformat()}"
        put += _tell(connection, number, content, (about, key), moment, one.expiration)
    return put


def _tell(
    connection: Connection,
    number: str,
    content: CredentialsExpiring | MandateExpiring,
    names: tuple[str, str],
    moment: datetime,
    useless_from: datetime,
) -> int:
    """Tell everyone who may act for an organisation; how many that are."""
    about, key = names
    kind = _kind(content)
    put = 0
    for recipient in who_is_told(connection, number, moment):
        to = recipient.email or " ".join(recipient.address)
        message = Message(kind, f"{key} {to}", about, recipient, content, moment, useless_from)
        put += outbox.put(connection, message, moment) is not None
    return put


def _kind(content: Content) -> MessageKind:
    is_mandate = isinstance(content, MandateExpiring)
    return MessageKind.MANDATE_EXPIRING if is_mandate else MessageKind.CREDENTIALS_EXPIRING


def _name(connection: Connection, number: str) -> str:
    known = organisations.find(connection, number)
    return number if known is None else known.name
