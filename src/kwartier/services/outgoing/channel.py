"""A channel: what takes messages and brings them to people."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

from kwartier.domain.messages import Recipient
from kwartier.services.outgoing.wording import Worded

__all__ = ["BeforeHandingOver", "Channel", "Parcel"]

BeforeHandingOver: TypeAlias = Callable[[], None]
"""To be called at the last moment at which a message is certainly not sent yet.

Raises:
    WithdrawnError: it is not to be sent.
"""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message, ready to be handed over.

    Attributes:
        message_id: the same at every attempt, so that doubles can be known.
        moment: now.
    """

    message_id: str
    recipient: Recipient
    worded: Worded
    moment: datetime


class Channel(Protocol):
    """Takes messages.

    Attributes:
        keeps_content: whether a message must stay readable after it was sent, because that is how it is read.
    """

    keeps_content: bool

    def deliver(self, parcel: Parcel, before: BeforeHandingOver) -> None:
        """Hand a message over, or fail in a way that says what is known.

        Raises:
            SendingError: one of its kinds.
        """
