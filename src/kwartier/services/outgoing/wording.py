"""Messages in words: one text per kind and language, from which mail (plain and HTML) and letter are made alike.

A text has a subject, then paragraphs with blank lines between them. One whose lines begin with `- ` is a list; one that
begins with `> ` is the link, with its label. Every line of a text begins with words of our own, and what is put in has
no line breaks: so nobody's name becomes a link or a paragraph.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from kwartier.domain.messages import ConsentAsked, Content, Language, MessageKind
from kwartier.services.outgoing.phrases import PHRASES
from kwartier.services.outgoing.templates import templates
from kwartier.wire.paths import CONSENT

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["Block", "Items", "Link", "Paragraph", "Worded", "Wording", "plain"]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    text: str


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """The link of the message, which opens something: it is not shown where messages are looked at by others."""

    label: str
    address: str = field(repr=False)


Block: TypeAlias = Paragraph | Items | Link


@dataclass(frozen=True, slots=True)
class Worded:
    """A message in words.

    Attributes:
        sender: the operator's name, as the signature.
    """

    language: Language
    subject: str
    blocks: tuple[Block, ...]
    sender: str


class Wording:
    """Puts messages into words.

    Args:
        address: under which people reach the platform, without a slash at the end.
        operator: the operator's name.
    """

    def __init__(self, address: str, operator: str) -> None:
        self._address = address
        self._operator = operator

    def worded(self, kind: MessageKind, content: Content, language: Language) -> Worded:
        """A message in words."""
        text = (
            _templates(escaped=False)
            .get_template(f"{language}/{_TEXT_OF.get(kind, kind)}.txt")
            .render(
                told=content,
                phrases=PHRASES[language],
                operator=self._operator,
                reminder=kind is MessageKind.CONSENT_REMINDER,
            )
        )
        subject, *blocks = (block for block in text.split("\n\n") if block.strip())
        link = self._link(content)
        return Worded(
            language, _joined(subject), tuple(_block(one.strip(), link) for one in blocks), self._operator
        )

    def html(self, worded: Worded) -> str:
        """A message as a page."""
        return (
            _templates(escaped=True)
            .get_template("mail.html")
            .render(worded=worded, kinds=[type(block).__name__ for block in worded.blocks])
        )

    def _link(self, content: Content) -> str | None:
        if isinstance(content, ConsentAsked):
            return f"{self._address}{CONSENT}/{content.token}"
        return None


def plain(worded: Worded) -> str:
    """A message as plain text."""
    return "\n\n".join([*map(_plain, worded.blocks), f"{worded.sender}\n"])


_TEXT_OF: Final = {MessageKind.CONSENT_REMINDER: MessageKind.CONSENT_ASKED}


def _templates(*, escaped: bool) -> "Environment":
    return templates("kwartier.services.outgoing", "texts", escaped=escaped, put_in=_line)


def _line(value: object) -> object:
    """What is put into a text, on one line."""
    return _joined(value) if isinstance(value, str) else value


def _block(text: str, link: str | None) -> Block:
    if text.startswith("> "):
        if link is None:
            raise ValueError("a text has a link, and its message none")
        return Link(_joined(text[2:]), link)
    if text.startswith("- "):
        return Items(tuple(_joined(item) for item in text[2:].split("\n- ")))
    return Paragraph(_joined(text))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _plain(block: Block) -> str:
    match block:
        case Paragraph(text):
            return text
        case Items(texts):
            return "\n".join(f"- {text}" for text in texts)
        case Link(label, address):
            return f"{label}:\n{address}"
