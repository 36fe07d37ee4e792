"""The languages of the documentation: English, as it stands beside the code, and Dutch by a table (C8)."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Final

__all__ = ["ENGLISH", "Language", "texts_in", "translated"]


@dataclass(frozen=True, slots=True)
class Language:
    """A language in which the documentation is read.

    Attributes:
        tag: of BCP 47.
        name: as its readers call it.
        suffix: in the names of its pages.
        texts: what each English text is in it; the text itself is the key, so that none can fall behind.
    """

    tag: str
    name: str
    suffix: str
    texts: Mapping[str, str]


ENGLISH: Final = Language("en", "English", "", {})

_FOR_PEOPLE: Final = {"description", "summary"}
# Below these stand names of our own, which may be any word.
_NAMES: Final = {"properties", "examples", "schemas", "headers", "responses", "paths", "$defs", "scopes"}
_VALUES: Final = {"example", "value", "enum", "default"}


def translated(document: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """A document in a language; what its table lacks stays in English."""
    copy = deepcopy(dict(document))
    for place, name in texts_in(copy):
        place[name] = language.texts.get(place[name], place[name])
    return copy


def texts_in(document: Any, below: str = "") -> Iterator[tuple[dict[str, Any], str]]:
    """Every text for people in a document: the mapping in which it stands, and under which name.

    Args:
        document: or a part of one.
        below: under which name the part stands.
    """
    if isinstance(document, list):
        for part in document:
            yield from texts_in(part)
    if not isinstance(document, dict):
        return
    for name, part in document.items():
        if isinstance(part, str):
            if below == "scopes" or (name in _FOR_PEOPLE and below not in _NAMES):
                yield document, name
        elif below in _NAMES or name not in _VALUES:
            yield from texts_in(part, "" if below in _NAMES else name)
