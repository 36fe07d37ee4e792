"""A bar on the terminal, for what takes long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeAlias

from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from kwartier.cli.console import Console

__all__ = ["bar_shown"]

Tell: TypeAlias = Callable[[str, int, int | None], None]
"""Is told what is being done, how far it is, and of how much, if that is known."""


@contextmanager
def bar_shown(what: str = "") -> Iterator[Tell]:
    """Show how far it is, beside what is printed; nothing where errors go to a file or a pipe.

    Args:
        what: is being done, at first.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeElapsedColumn(),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(escape(what), total=None, count="")

        def tell(what: str, done: int, total: int | None) -> None:
            count = f"{done:,}".replace(",", " ")
            bar.update(task, description=escape(what), completed=done, total=total, count=count)

        yield tell
