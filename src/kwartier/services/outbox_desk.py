"""The outbox as an operator looks at it, and decides about what is stuck."""

from collections.abc import Collection
from datetime import datetime

from kwartier.db.engine import Database
from kwartier.domain.messages import MessageState
from kwartier.registry import outbox_desk as registry
from kwartier.registry.outbox_desk import KeptMessage
from kwartier.services.errors import UnknownMessageError
from kwartier.services.outgoing.wording import Worded, Wording

__all__ = ["OPEN", "KeptMessage", "OutboxDesk"]

OPEN = (MessageState.WAITING, MessageState.SENDING, MessageState.DOUBTFUL, MessageState.FAILED)
"""The states of what has not come to an end by itself, or not to a good one."""


class OutboxDesk:
    """Shows messages, and changes what is stuck.

    Args:
        database: where they are.
        wording: puts them into words.
    """

    def __init__(self, database: Database, wording: Wording) -> None:
        self._database = database
        self._wording = wording

    def listed(self, states: Collection[MessageState], limit: int) -> list[KeptMessage]:
        """Messages in some states, the last put first."""
        with self._database.reading() as connection:
            return registry.listed(connection, states, limit)

    def find(self, message_id: str) -> KeptMessage:
        """The message of an id.

        Raises:
            UnknownMessageError: there is none.
        """
        with self._database.reading() as connection:
            found = registry.find(connection, message_id)
        if found is None:
            raise UnknownMessageError(
                f"there is no message {message_id}; `kwartier outbox list` shows those there are"
            )
        return found

    def worded(self, message: KeptMessage) -> Worded | None:
        """A message in words, with its link; None: it was wiped."""
        if message.content is None or message.recipient is None:
            return None
        return self._wording.worded(message.kind, message.content, message.recipient.language)

    def retry(self, message_id: str, moment: datetime) -> None:
        """Have a message sent after all.

        Raises:
            UnknownMessageError: there is none, or it neither failed nor is doubtful.
        """
        with self._database.writing() as connection:
            done = registry.retry(connection, message_id, moment)
        self._check(message_id, "only what failed or is doubtful can be sent again", done=done)

    def discard(self, message_id: str, moment: datetime) -> None:
        """Have a message never sent.

        Raises:
            UnknownMessageError: there is none, or it came to its end.
        """
        with self._database.writing() as connection:
            done = registry.discard(connection, message_id, moment)
        self._check(message_id, "only what waits, failed or is doubtful can be discarded", done=done)

    def _check(self, message_id: str, allowed: str, *, done: bool) -> None:
        if not done:
            state = self.find(message_id).state
            raise UnknownMessageError(f"message {message_id} is {state}: {allowed}")
