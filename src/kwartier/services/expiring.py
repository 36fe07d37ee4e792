"""Once a day organisations are told which of their credentials and mandates are about to expire, each once (I4, M3).

A day's sweep looks at what came to that point since the sweep before, and notes in the same transaction how far it came:
so nothing is told twice, by however many senders, and nothing is left out when nobody swept for a while.
"""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from kwartier.db.engine import Database
from kwartier.domain.credentials import EXPIRES_VERY_SOON, Credentials
from kwartier.domain.messages import (
    Content,
    CredentialsExpiring,
    MandatesExpiring,
    Message,
    MessageKind,
)
from kwartier.domain.organisation import Organisation
from kwartier.domain.period import EPOCH
from kwartier.registry import credentials, notes, organisations, outbox
from kwartier.registry.expiring import Window, became_renewable
from kwartier.services.environment import LIVE_HOLDERS
from kwartier.services.people import who_is_told
from kwartier.wire.timestamps import read_timestamp, write_timestamp

__all__ = ["Expiring"]

_NOTE: Final = "expiring told until"
_EVERY: Final = timedelta(days=1)
_SHOWN: Final = 20
"""How many mandates are named in one message."""


class Expiring:
    """Tells what is about to expire.

    Args:
        database: the registry.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def sweep(self, moment: datetime) -> int:
        """Put what came to be told since the last sweep, if that is a day ago; how many messages that were."""
        with self._database.reading() as connection:
            if not _is_time(connection, moment):
                return 0
        with self._database.writing(_NOTE) as connection:
            if not _is_time(connection, moment):
                return 0
            # To the second, as it is noted: what comes later in this one belongs to the next sweep.
            until = moment.replace(microsecond=0)
            told = _tell(connection, _told_until(connection), until, moment)
            notes.note(connection, _NOTE, write_timestamp(until))
        return told


def _is_time(connection: Connection, moment: datetime) -> bool:
    last = _told_until(connection)
    return last is None or moment >= last + _EVERY


def _told_until(connection: Connection) -> datetime | None:
    noted = notes.read(connection, _NOTE)
    return None if noted is None else read_timestamp(noted)


def _tell(connection: Connection, last: datetime | None, until: datetime, moment: datetime) -> int:
    """Put the messages about what came to the point between two moments."""
    ending = [one for one in credentials.list_all(connection) if _is_ending(one, last, until)]
    window = Window(last or EPOCH, until)
    told = 0
    for organisation in organisations.list_all(connection):
        for one in ending:
            if one.organisation == organisation.number:
                told += _put(connection, organisation, _about_credentials(organisation, one), moment)
        mandates = list(became_renewable(connection, LIVE_HOLDERS + organisation.number, window))
        if mandates:
            content = MandatesExpiring(organisation.name, tuple(mandates[:_SHOWN]), len(mandates))
            about = f"mandates of {organisation.number} renewable by {write_timestamp(until)}"
            told += _put(connection, organisation, (MessageKind.MANDATES_EXPIRING, about, content), moment)
    return told


def _is_ending(one: Credentials, last: datetime | None, until: datetime) -> bool:
    warned_at = one.valid_until - EXPIRES_VERY_SOON
    return warned_at <= until and one.fault(until) is None and (last is None or warned_at > last)


def _about_credentials(organisation: Organisation, one: Credentials) -> tuple[MessageKind, str, Content]:
    content = CredentialsExpiring(organisation.name, one.environment.value, one.client_id, one.valid_until)
    return (
        MessageKind.CREDENTIALS_EXPIRING,
        f"credentials {one.client_id} generation {one.generation}",
        content,
    )


def _put(
    connection: Connection,
    organisation: Organisation,
    told: tuple[MessageKind, str, Content],
    moment: datetime,
) -> int:
    """Put one message to everybody who is told; how many that were."""
    kind, about, content = told
    put = 0
    for recipient in who_is_told(connection, organisation.number, moment):
        key = f"{kind}: {about} to {recipient.email or recipient.name}"
        message = Message(kind, key, about, recipient, content, moment)
        put += outbox.put(connection, message, moment) is not None
    return put
