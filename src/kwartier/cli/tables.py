"""Tables on the terminal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import typer
from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from kwartier.cli.console import Console

__all__ = ["aligned", "print_rows", "print_table", "print_wide", "shown"]

_WIDTH: Final = 140
_ANY_WIDTH: Final = 10_000
_DRAWN: Final = 200
"""So many rows are drawn with colours, two milliseconds each."""


def print_wide(table: Table) -> None:
    """Print a table in at least this width, also where the terminal has less."""
    _print(table, max(Console().width, _WIDTH))


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print rows of which nothing is cut off: what can't be copied is of no use. Many are printed plainly, in no time.

    Args:
        head: the names of the columns.
        rows: their cells, with markup.
    """
    rows = list(rows)
    if len(rows) > _DRAWN:
        cells = ([Text.from_markup(cell, emoji=False).plain for cell in row] for row in rows)
        typer.echo(b"".join(aligned(head, list(zip(*cells, strict=True)))), nl=False)
        return
    table = Table(box=None, pad_edge=False)
    for name in head:
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*row)
    console = Console()
    needed = console.measure(table, options=console.options.update(max_width=_ANY_WIDTH)).maximum
    _print(table, max(console.width, needed))


def _print(table: Table, width: int) -> None:
    """Print a table without the blanks behind its lines: on a narrow terminal they would be lines of their own."""
    console = Console(soft_wrap=True)
    for line in console.render_lines(table, console.options.update(width=width), pad=False):
        text = Text.assemble(*((segment.text, segment.style or "") for segment in line))
        text.rstrip()
        console.print(text)


def print_rows(rows: Sequence[Mapping[str, object]], nothing: str) -> None:
    """Print rows with the names of their values above them, or that there are none."""
    if not rows:
        Console(soft_wrap=True).print(nothing, highlight=False)
        return
    cells = [[escape(shown(value)) for value in row.values()] for row in rows]
    print_table([name.replace("_", " ") for name in rows[0]], cells)


def shown(value: object) -> str:
    """A value as people read it: nothing where there is none, and yes or no."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def aligned(head: Sequence[str], columns: Sequence[Sequence[str]]) -> Iterator[bytes]:
    """The lines of a table of any length, each column as wide as its widest cell.

    Args:
        head: the names of the columns.
        columns: their cells; all have as many.
    """
    widths = [
        max(map(len if all(map(str.isascii, cells)) else cell_len, (name, *cells)))
        for name, cells in zip(head, columns, strict=True)
    ]
    for row in (head, *zip(*columns, strict=True)):
        line = "  ".join(
            cell.ljust(width) if cell.isascii() else cell + " " * (width - cell_len(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        yield f"{line.rstrip()}\n".encode()
