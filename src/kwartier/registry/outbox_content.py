"""What a message tells and to whom, as text that a column keeps."""

from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter

from kwartier.domain.messages import CONTENTS, Content, MessageKind, Recipient

__all__ = ["read_content", "read_recipient", "write_content", "write_recipient"]


_KEPT: Final = {kept.__name__: kept for kept in (*CONTENTS.values(), Recipient)}


def write_content(content: Content) -> str:
    """What a message tells, as JSON."""
    return _adapter(type(content).__name__).dump_json(content).decode()


def read_content(kind: MessageKind, text: str) -> Content:
    """What a message of a kind tells."""
    content: Content = _adapter(CONTENTS[kind].__name__).validate_json(text)
    return content


def write_recipient(recipient: Recipient) -> str:
    """To whom a message goes, as JSON."""
    return _adapter(Recipient.__name__).dump_json(recipient).decode()


def read_recipient(text: str) -> Recipient:
    """To whom a message goes."""
    recipient: Recipient = _adapter(Recipient.__name__).validate_json(text)
    return recipient


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    """Made when it is first needed: making one takes longer than using it."""
    return TypeAdapter(_KEPT[name])
