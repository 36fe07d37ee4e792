"""The sender of the settings, for `kwartier serve` and `kwartier work`."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.domain.messages import Way
from kwartier.services.expiring import Expiring
from kwartier.services.outbox import Sender
from kwartier.services.outbox_loop import sending_beside
from kwartier.services.outgoing.channel import Channel
from kwartier.services.outgoing.development import DevelopmentChannel
from kwartier.services.outgoing.letters import LetterChannel
from kwartier.services.outgoing.smtp import SmtpChannel, SmtpServer
from kwartier.services.outgoing.wording import Wording
from kwartier.settings import Settings, SettingsError
from kwartier.telemetry.events import Log

__all__ = ["channels_of", "sender_of", "sending", "wording_of"]

_LOG: Final = Log("kwartier.outbox")


def wording_of(settings: Settings, address: str) -> Wording:
    """What puts messages into words.

    Args:
        settings: name the operator.
        address: under which people reach the platform.
    """
    return Wording(address, settings.operator_name)


def channels_of(settings: Settings, wording: Wording) -> dict[Way, Channel]:
    """What takes messages, by way.

    Raises:
        SettingsError: settings that do not fit together.
    """
    channels: dict[Way, Channel] = {}
    if settings.messages_stay_here:
        channels = dict.fromkeys(Way, DevelopmentChannel())
    if settings.smtp_url is not None:
        if settings.smtp_from is None:
            raise SettingsError("setting smtp_from: needed with smtp_url, to say from whom mail comes")
        server = SmtpServer.parse(settings.smtp_url.get_secret_value())
        channels[Way.MAIL] = SmtpChannel(server, settings.smtp_from, wording)
    if settings.letters_folder is not None:
        lines = (line.strip() for line in settings.operator_address.split(","))
        channels[Way.LETTER] = LetterChannel(settings.letters_folder, tuple(filter(None, lines)))
    return channels


def sender_of(settings: Settings, database: Database, address: str) -> Sender:
    """The sender of these settings.

    Raises:
        SettingsError: settings that do not fit together.
    """
    wording = wording_of(settings, address)
    channels = channels_of(settings, wording)
    for way in Way:
        if way not in channels:
            _LOG.warning("outbox_no_channel", way=way.value)
    if settings.messages_stay_here:
        _LOG.warning("outbox_for_development")
    return Sender(database, channels, wording, system_clock, (Expiring(database).sweep,))


@contextmanager
def sending(settings: Settings) -> Iterator[Callable[[], None]]:
    """Send in a thread of this process as long as the context lasts, or until what it gives is called.

    Raises:
        SettingsError: settings that do not fit together.
    """
    with (
        closing(Database(settings.database, may_be_new=False)) as database,
        sending_beside(sender_of(settings, database, settings.public_address)) as end,
    ):
        yield end
