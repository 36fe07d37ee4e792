"""The terminal: what is printed there stands there as it is."""

from typing import Any

from rich.console import Console as RichConsole  # noqa: TID251 - here it is made safe

__all__ = ["Console", "say", "warn"]


class Console(RichConsole):
    """A console without pictures: in what users name, as in `1:A: …`, it would take a letter between colons for one.

    Args:
        options: those of Rich.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(emoji=False, **options)


def say(words: str) -> None:
    """Print a line of the result."""
    Console(soft_wrap=True).print(words, highlight=False, markup=False)


def warn(words: str) -> None:
    """Print a line beside the result, on the standard error."""
    Console(stderr=True, soft_wrap=True).print(f"kwartier: {words}", highlight=False, markup=False)
