"""Folders for spools: each is its process's own, and goes with it (R3)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from kwartier.readings.spool import SpoolError
from kwartier.services.ingest.claim import locked_file

__all__ = ["own_folder"]

_PREFIX: Final = "kwartier-spool-"
_LOCK: Final = ".lock"


@contextmanager
def own_folder(parent: Path) -> Iterator[Path]:
    """A folder for one spool, removed at the end; those whose process is gone are removed too.

    Args:
        parent: where it is made, with room for the rows of a delivery: up to about 40 bytes each.

    Raises:
        SpoolError: it can't be made.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
        _sweep(parent)
        folder = Path(mkdtemp(prefix=_PREFIX, dir=parent))
    except OSError as error:
        raise SpoolError(f"spool in {parent}: {error.strerror}") from error
    # The lock stands beside the folder: it can be taken before there is anything to lose, and removed after.
    with locked_file(folder.with_name(folder.name + _LOCK)):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    """Remove what dead processes left: a folder without a lock is just being made, unless its lock was left too."""
    for lock in parent.glob(f"{_PREFIX}*{_LOCK}"):
        with locked_file(lock) as free:
            if free:
                shutil.rmtree(lock.with_name(lock.name.removesuffix(_LOCK)), ignore_errors=True)
