"""Reading what is asked: parameters of a query or fields of a body, all their faults at once (C6, C7)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

from kwartier.domain.errors import InvalidValueError
from kwartier.gateway.refusal import RefusalError
from kwartier.wire.json_text import read_json

__all__ = ["Asked", "Parameter", "whole_number"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """A parameter or field: how it is read, and what the documentation says of it.

    Attributes:
        name: as the guide writes it; matched without regard to case (C7).
        read: from text to value; raises InvalidValueError with what is allowed.
        allowed: the values of an enumeration.
        required: whether it must be there.
        many: whether several values may be given, repeated or separated by commas (C7).
        also_named: further names under which it is read.
        timestamp, whole: whether it is a moment, or a whole number.
        keys: all its names without regard to case.
    """

    name: str
    read: Callable[[str], T]
    description: str
    example: str
    allowed: tuple[str, ...] = ()
    required: bool = False
    many: bool = False
    also_named: tuple[str, ...] = ()
    timestamp: bool = False
    whole: bool = False
    keys: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = (self.name, *self.also_named)
        object.__setattr__(self, "keys", tuple(name.casefold() for name in names))


class Asked:
    """What a request asks, as texts by name; reads each parameter and gathers what is wrong.

    Args:
        given: names and texts, in order; a name may be repeated.
    """

    def __init__(self, given: Iterable[tuple[str, str]]) -> None:
        self._given: dict[str, list[str]] = {}
        for name, text in given:
            self._given.setdefault(name.casefold(), []).append(text)
        self._no_texts: set[str] = set()
        self._faults: list[str] = []

    @classmethod
    def in_query(cls, query_string: bytes) -> "Asked":
        """What a query string asks."""
        return cls(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True, errors="replace"))

    @classmethod
    def in_body(cls, body: bytes) -> "Asked":
        """What a JSON body asks; fields that are null count as left out.

        Raises:
            RefusalError: the body is no JSON object (400).
        """
        try:
            fields = read_json(body)
        except InvalidValueError:
            fields = None
        if not isinstance(fields, Mapping):
            raise RefusalError(HTTPStatus.BAD_REQUEST, _WRONG, ["the body must be a JSON object"])
        asked = cls((name, value) for name, value in fields.items() if isinstance(value, str))
        asked._no_texts = {
            name.casefold()
            for name, value in fields.items()
            if value is not None and not isinstance(value, str)
        }
        return asked

    def one(self, parameter: Parameter[T]) -> T | None:
        """The one value of a parameter; None if it is not given, or wrong."""
        if not self._given and not self._no_texts and not parameter.required:
            return None
        if parameter.keys[0] in self._no_texts:
            self.fault(parameter.name, "must be a text")
            return None
        texts = self._texts(parameter)
        if not texts:
            if parameter.required:
                self.fault(parameter.name, f"is required{_hint(parameter)}")
            return None
        if len(texts) > 1:
            self.fault(parameter.name, "is given more than once, and takes one value")
            return None
        return self._read(parameter, texts[0])

    def all(self, parameter: Parameter[T]) -> frozenset[T]:
        """The values of a parameter, repeated or separated by commas; doubles count once, blanks not at all (C7)."""
        if not self._given:
            return frozenset()
        parts = [part.strip() for text in self._texts(parameter) for part in text.split(",")]
        values = [self._read(parameter, part) for part in dict.fromkeys(parts) if part]
        return frozenset(value for value in values if value is not None)

    def fault(self, name: str, message: str) -> None:
        """Note what is wrong with a parameter."""
        self._faults.append(f"{name}: {message}")

    @property
    def is_faultless(self) -> bool:
        """Whether nothing was noted."""
        return not self._faults

    def refusal(self) -> RefusalError:
        """The refusal that names all that was noted (C6)."""
        return RefusalError(HTTPStatus.BAD_REQUEST, _WRONG, self._faults)

    def _texts(self, parameter: Parameter[Any]) -> list[str]:
        texts: list[str] = []
        for key in parameter.keys:
            texts += self._given.get(key, ())
        return texts

    def _read(self, parameter: Parameter[T], text: str) -> T | None:
        try:
            return parameter.read(text)
        except InvalidValueError as error:
            told = f"{text!r} is not one of them; {error}" if parameter.many else str(error)
            self.fault(parameter.name, told)
            return None


def whole_number(most: int) -> Callable[[str], int]:
    """How a whole number is read that is at most so large."""

    def read(text: str) -> int:
        # Zeros before it count for nothing; Python reads no number of thousands of digits.
        digits = text.lstrip("0") or text[:1]
        if not (text.isascii() and text.isdecimal()) or len(digits) > len(str(most)) or int(digits) > most:
            raise InvalidValueError(f"a whole number, at most {most}")
        return int(digits)

    return read


_WRONG = "The request is not correct: check dates, EAN and the other parameters."


def _hint(parameter: Parameter[Any]) -> str:
    return (
        f"; allowed: {', '.join(parameter.allowed)}"
        if parameter.allowed
        else f", for example {parameter.example}"
    )
