"""Commands that are loaded when they are used: the others cost no time, and may lack the packages that they need."""

from collections.abc import Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import Any, Final, NamedTuple

import typer
from rich.markup import escape
from typer.core import TyperGroup
from typer.main import get_group

from kwartier.cli.errors import FailureError, extra_of

__all__ = ["Place", "lazy_group"]


class Place(NamedTuple):
    """Where a command is made.

    Attributes:
        module: of `kwartier.cli`.
        name: a function of it, or a `typer.Typer` for a group.
        panel: under which heading the help shows it.
    """

    module: str
    name: str
    panel: str


def lazy_group(places: Mapping[str, Place]) -> type[TyperGroup]:
    """The class of a group with commands that are loaded when they are used.

    Args:
        places: of the commands, by their names, in the order of the help.
    """

    class Group(TyperGroup):
        """A group that knows the names of its commands, and loads those that are asked for."""

        def __init__(self, **attributes: Any) -> None:
            super().__init__(**attributes | {"commands": None})
            self.commands = _Loaded(places)

        def list_commands(self, ctx: Any) -> list[str]:
            """The names of the commands."""
            del ctx
            return list(places)

    return Group


class _Loaded(MutableMapping[str, Any]):
    """Commands by their names; one is loaded when it is looked up first."""

    def __init__(self, places: Mapping[str, Place]) -> None:
        self._places = dict(places)
        self._commands: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._commands:
            self._commands[name] = _load(name, self._places[name])
        return self._commands[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        del self._places[name]
        self._commands.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_ANYTHING: Final = {"allow_extra_args": True, "ignore_unknown_options": True}


def _load(name: str, place: Place) -> Any:
    """The command of a place; one that lacks a package says so when it is run, and in the help."""
    around = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    try:
        made = getattr(import_module(f"kwartier.cli.{place.module}"), place.name)
    except ModuleNotFoundError as error:
        extra = extra_of(error)
        if extra is None:
            raise
        around.command(name, rich_help_panel=place.panel, context_settings=_ANYTHING)(_wanting(error, extra))
    else:
        if isinstance(made, typer.Typer):
            around.add_typer(made, name=name, rich_help_panel=place.panel)
        else:
            around.command(name, rich_help_panel=place.panel)(made)
    return get_group(around).commands[name]


def _wanting(error: ModuleNotFoundError, extra: str) -> Any:
    def say() -> None:
        raise FailureError(f"{error.name} is missing: pip install 'kwartier[{extra}]'")

    say.__doc__ = escape(f"Needs pip install 'kwartier[{extra}]'.")
    return say
