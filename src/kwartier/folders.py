"""Folders and files that are a process's own: they go with it, and the next process removes what a killed one left."""

import fcntl
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

__all__ = ["locked_file", "own_folder"]

_LOCK: Final = ".lock"


@contextmanager
def own_folder(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder, removed at the end; those of the same prefix whose process is gone are removed too.

    Args:
        parent: where it is made. Others may write there: what is not this user's is left alone.
        prefix: of its name.

    Raises:
        OSError: it can't be made.
    """
    _sweep(parent, prefix)
    folder = Path(mkdtemp(prefix=prefix, dir=parent))
    # The lock stands beside the folder: it can be taken before there is anything to lose, and removed after.
    with locked_file(folder.with_name(folder.name + _LOCK)):
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked_file(path: Path) -> Iterator[bool]:
    """Hold a file, made for it and removed afterwards; whether it was free."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever held it before may have removed it meanwhile: then it is not the one that others find.
            free = os.path.samestat(os.fstat(descriptor), path.stat())
        except OSError:
            free = False
        try:
            yield free
        finally:
            if free:
                path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _sweep(parent: Path, prefix: str) -> None:
    """Remove what dead processes left: a folder without a lock is just being made, unless its lock was left too."""
    for lock in parent.glob(f"{prefix}*{_LOCK}"):
        with suppress(OSError):
            if not _is_ours(lock):
                continue
            with locked_file(lock) as free:
                if free:
                    shutil.rmtree(lock.with_name(lock.name.removesuffix(_LOCK)), ignore_errors=True)


def _is_ours(file: Path) -> bool:
    found = file.lstat()
    return stat.S_ISREG(found.st_mode) and found.st_uid == os.geteuid()
