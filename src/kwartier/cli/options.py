"""Options that several commands share."""

from typing import Annotated, TypeAlias

import typer

__all__ = ["DatabaseOption", "JsonOption"]

DatabaseOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--database",
        metavar="URL",
        help="Where it is kept: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        show_default=False,
    ),
]
JsonOption: TypeAlias = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
