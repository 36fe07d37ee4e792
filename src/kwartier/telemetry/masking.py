"""The last line of defence of the log: what looks like a secret or an EAN is masked, wherever it came from (A2).

No code of ours hands such a thing to the log. But a library may, and an exception's text says what it likes. The patterns
take time in proportion to a text, whatever it is: an exception may quote what a client sent.
"""

import re
from typing import Final

__all__ = ["MASK", "mask", "mask_field", "mask_line"]

MASK: Final = "***"

_WORDS: Final = (
    r"secret|password|passwd|token|assertion|authorization|cookie|pepper|subscription.?key|api.?key"
)
_SHAPES: Final = re.compile(
    # A JWT, whole or cut: its first part is the base64 of an object, which begins with a brace.
    r"(?<![0-9A-Za-z])e[wy][0-9A-Za-z_-]{14,}(?:\.[0-9A-Za-z_-]*)*"
    # Our secrets and keys are 64 hexadecimal digits: a large part of one is masked too.
    r"|[0-9A-Fa-f]{40,}"
    # EANs, also written one after the other.
    r"|[0-9]{18,}"
    # User and password of an address, as a database's may have.
    r"|(?<=://)[^\s/@:]*:[^\s/@]+(?=@)"
    # The address of a client, as a socket is printed.
    r"|(?<=raddr=)\([^)]*\)?",
    re.ASCII,
)
_SCHEMES: Final = re.compile(r"\b(bearer|basic)([\s:]{1,4})[0-9A-Za-z._~+/=-]{6,}", re.IGNORECASE | re.ASCII)
_NAMED: Final = re.compile(
    rf"""((?:{_WORDS})[\w.-]{{0,40}}[\\"']{{0,8}}\s{{0,8}}[:=]\s{{0,8}})"""
    r"""([bru]?\\*"(?:[^"\\]|\\.)*"?|[bru]?\\*'(?:[^'\\]|\\.)*'?|(?:(?:bearer|basic)\s+)?[^\s&,;)}\]]+)""",
    re.IGNORECASE | re.ASCII,
)
_SECRET_NAME: Final = re.compile(_WORDS, re.IGNORECASE | re.ASCII)


def mask(text: str) -> str:
    """A text without what looks like a secret, a token, an EAN, or the value of something with a secret's name."""
    text = _SHAPES.sub(MASK, text)
    # Most texts of the log have none of these words, and one search is cheaper than two replacements.
    if _SECRET_NAME.search(text):
        text = _NAMED.sub(rf"\g<1>{MASK}", text)
    return _SCHEMES.sub(rf"\g<1>\g<2>{MASK}", text)


def mask_line(text: str) -> str:
    """The same of a text that is one line: it can't pretend to be several, or move a terminal's cursor (C6)."""
    masked = mask(text)
    return masked if masked.isprintable() else masked.encode("unicode_escape").decode("ascii")


def mask_field(name: str, value: object) -> object:
    """The value of a field of an event as it may be logged: a number, a truth, or a masked text."""
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        return MASK if abs(value) >= 10**17 else value
    return MASK if _SECRET_NAME.search(name) else mask_line(str(value))
