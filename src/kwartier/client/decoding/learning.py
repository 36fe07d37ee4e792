"""Learning the text of a slot: what is always there, and what lies between (E10)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeAlias

from kwartier.client.decoding.tokens import NUMBER, TEXT, text_of

__all__ = [
    "STAMP_LENGTH",
    "Known",
    "Learned",
    "Literal",
    "Number",
    "Place",
    "Stamp",
    "Step",
    "Text",
    "UnlearnableError",
    "learn",
]

_TOKEN: Final = re.compile(
    rb"""[ \t\n\r]*(?:
    (?P<mark>[{}\[\],:])
    | "(?P<text>%b)"
    | (?P<number>%b)
    | (?P<word>true|false|null)
    )"""
    % (TEXT, NUMBER),
    re.VERBOSE,
)
_STAMP: Final = re.compile(
    rb"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.0+)?(?:[Zz]|(?P<sign>[+-])(?P<hours>\d{2}):(?P<minutes>\d{2}))"
)
STAMP_LENGTH: Final = len("2024-09-18T22:00:00")
"""Of a moment up to its seconds; what follows is its suffix."""

_FIELDS: Final = frozenset({"unit", "validationState", "gasConversionFactor"})
_VALUE_DEPTH: Final = 5  # measurements, item, direction, register, field


class UnlearnableError(Exception):
    """The slot is not of a kind that can be learned; it may well be right."""


class Place(NamedTuple):
    """Where a register's value lies: in which item of `measurements`, direction and register."""

    item: int
    direction: str
    register: str


@dataclass(frozen=True, slots=True)
class Literal:
    """Bytes that are the same in all slots."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment, `start` or `end`, without its quotes.

    Attributes:
        name: which.
        suffix: what follows the seconds.
        offset_seconds: of local time from UTC, as the suffix tells it.
    """

    name: str
    suffix: bytes
    offset_seconds: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number, of a register or of no interest."""

    place: Place | None


@dataclass(frozen=True, slots=True)
class Text:
    """A text up to its closing quote: a field of a register, or of no interest."""

    place: Place | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A field of a register that is the same in all slots: its text is in the literal before or behind."""

    place: Place
    name: str
    text: str


Step: TypeAlias = Literal | Stamp | Number | Text | Known
_Path: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """What a slot looks like.

    Attributes:
        steps: its pieces in order.
        places: where it has values: registers that say anything.
        end: where the slot ended that it was learned from.
    """

    steps: tuple[Step, ...]
    places: tuple[Place, ...]
    end: int


def learn(content: bytes, start: int) -> Learned:
    """Learn the slot that begins at a place of the content.

    Raises:
        UnlearnableError: it is broken, or holds what is not read in columns.
    """
    learner = _Learner(content, start)
    learner.read_value(())
    return learner.learned()


@dataclass(slots=True)
class _Learner:
    """A walk through the tokens of one slot."""

    content: bytes
    position: int
    literal: bytearray = field(default_factory=bytearray)
    steps: list[Step] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    places: dict[Place, None] = field(default_factory=dict)
    seen: set[_Path] = field(default_factory=set)

    def learned(self) -> Learned:
        self._flush()
        if not {("start",), ("end",)} <= self.seen:
            raise UnlearnableError
        return Learned((*self.steps, *self.known), tuple(self.places), self.position)

    def read_value(self, path: _Path) -> None:
        """Read a value, whatever it is."""
        token = self._next()
        if path in self.seen:
            raise UnlearnableError
        self.seen.add(path)
        match token.lastgroup:
            case "mark" if token["mark"] == b"{":
                self._take(token)
                self._read_object(path)
            case "mark" if token["mark"] == b"[":
                self._take(token)
                self._read_array(path)
            case "number":
                self._put(token, "number", Number(self._place(path, frozenset({"value"}))))
            case "text":
                self._read_text(path, token)
            case "word":
                if path in {("start",), ("end",)}:
                    raise UnlearnableError
                self._place(path, _FIELDS | {"value"})
                self._take(token)
            case _:
                raise UnlearnableError

    def _read_text(self, path: _Path, token: re.Match[bytes]) -> None:
        if path in {("start",), ("end",)}:
            self._put(token, "text", _stamp(str(path[0]), token["text"]))
            return
        value = self._place(path, frozenset({"value"}))
        if value is not None:  # a number as a text; what is none is seen when it is read
            self._put(token, "text", Number(value))
            return
        place = self._place(path, _FIELDS)
        if place is not None and path[-1] == "unit":  # of a register there is one, so that this saves a step
            self.known.append(Known(place, "unit", _decoded(token["text"])))
            self._take(token)
            return
        self._put(token, "text", Text(place, str(path[-1]) if place is not None else ""))

    def _place(self, path: _Path, fields: frozenset[str]) -> Place | None:
        """The place of a value's field, if it is one."""
        if len(path) != _VALUE_DEPTH or path[0] != "measurements" or path[4] not in fields:
            return None
        _, item, direction, register, _ = path
        if not (isinstance(item, int) and isinstance(direction, str) and isinstance(register, str)):
            return None
        place = Place(item, direction, register)
        self.places[place] = None
        return place

    def _read_object(self, path: _Path) -> None:
        for _ in self._members(b"}"):
            key = self._next()
            if key.lastgroup != "text":
                raise UnlearnableError
            self._take(key)
            self._take(self._mark(b":"))
            self.read_value((*path, _decoded(key["text"])))

    def _read_array(self, path: _Path) -> None:
        for place in self._members(b"]"):
            self.read_value((*path, place))

    def _members(self, closing: bytes) -> Iterator[int]:
        """Once for each member of an object or array, up to and with what closes it."""
        token = self._next()
        if token["mark"] == closing:
            self._take(token)
            return
        place = 0
        while True:
            yield place
            place += 1
            token = self._next()
            self._take(token)
            if token["mark"] == closing:
                return
            if token["mark"] != b",":
                raise UnlearnableError

    def _next(self) -> re.Match[bytes]:
        token = _TOKEN.match(self.content, self.position)
        if token is None:
            raise UnlearnableError
        return token

    def _mark(self, mark: bytes) -> re.Match[bytes]:
        token = self._next()
        if token["mark"] != mark:
            raise UnlearnableError
        return token

    def _take(self, token: re.Match[bytes]) -> None:
        self.literal += token[0]
        self.position = token.end()

    def _put(self, token: re.Match[bytes], group: str, step: Step) -> None:
        """Add a step for what a token holds, with what is around it as literals."""
        self.literal += self.content[token.start() : token.start(group)]
        self._flush()
        self.steps.append(step)
        self.literal += self.content[token.end(group) : token.end()]
        self.position = token.end()

    def _flush(self) -> None:
        if self.literal:
            self.steps.append(Literal(bytes(self.literal)))
            self.literal.clear()


def _decoded(raw: bytes) -> str:
    text = text_of(raw)
    if text is None:
        raise UnlearnableError
    return text


def _stamp(name: str, raw: bytes) -> Stamp:
    """What is learned of a moment; some write the plus before its offset as an escape."""
    suffix = raw[STAMP_LENGTH:]
    found = _STAMP.fullmatch(raw[:STAMP_LENGTH] + _decoded(suffix).encode())
    if found is None:
        raise UnlearnableError
    offset = 0
    if found["sign"]:
        offset = int(found["hours"]) * 3600 + int(found["minutes"]) * 60
        offset = -offset if found["sign"] == b"-" else offset
    return Stamp(name, suffix, offset)
