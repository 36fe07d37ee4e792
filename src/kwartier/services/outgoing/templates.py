"""Templates of pages and messages, in which a name that is missing is an error."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["templates"]


@cache
def templates(
    package: str, folder: str, *, escaped: bool = True, put_in: Callable[[object], object] | None = None
) -> "Environment":
    """The templates in a folder of a package.

    Args:
        package: by name.
        folder: in it.
        escaped: whether what is put into HTML is escaped; plain text has nothing to escape.
        put_in: what is made of each value before it is put in, if anything.
    """
    # Two megabytes, which a worker does without that shows no page and sends no message.
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape  # noqa: PLC0415

    return Environment(
        loader=PackageLoader(package, folder),
        autoescape=select_autoescape() if escaped else False,  # noqa: S701 - said by whoever asks
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=put_in,
    )
