"""Folders and files that go with their process."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from kwartier.folders import locked_file, own_folder

PREFIX: Final = "kwartier-test-"
_KILLED: Final = """
import os, signal, sys
from pathlib import Path
from kwartier.folders import own_folder
with own_folder(Path(sys.argv[1]), sys.argv[2]) as folder:
    (folder / "content").touch()
    os.kill(os.getpid(), signal.SIGKILL)
"""


def left_by_a_killed_process(parent: Path) -> list[Path]:
    """What a process leaves that is killed while it has a folder."""
    subprocess.run([sys.executable, "-c", _KILLED, str(parent), PREFIX], check=False)
    left = sorted(parent.iterdir())
    assert [path.suffix for path in left] == ["", ".lock"]
    return left


def test_a_folder_goes_at_the_end(tmp_path: Path) -> None:
    """Nothing is left of a folder, whatever was in it, also when something failed."""

    def fail() -> None:
        with own_folder(tmp_path, PREFIX) as folder:
            (folder / "a").mkdir()
            (folder / "a" / "b").touch()
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    """The next process of the same kind removes it, and nothing that somebody has still, or of another kind."""
    left = left_by_a_killed_process(tmp_path)
    (tmp_path / "kwartier-other-1.lock").touch()
    (tmp_path / "kwartier-other-1").mkdir()
    with own_folder(tmp_path, PREFIX) as one, own_folder(tmp_path, PREFIX) as other:
        assert one.is_dir()
        assert other.is_dir()
        assert not any(path.exists() for path in left)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kwartier-other-1", "kwartier-other-1.lock"]


def test_what_is_not_ours_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that all may write holds what others put there: links, and locks of theirs."""
    left = left_by_a_killed_process(tmp_path)
    target = tmp_path / "elsewhere"
    target.mkdir()
    link = tmp_path / f"{PREFIX}link.lock"
    link.symlink_to(tmp_path / "made")
    (tmp_path / f"{PREFIX}link").symlink_to(target)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with own_folder(tmp_path, PREFIX):
        pass
    assert all(path.exists() for path in left)
    monkeypatch.undo()
    with own_folder(tmp_path, PREFIX):
        pass
    assert not any(path.exists() for path in left)
    assert link.is_symlink()
    assert not (tmp_path / "made").exists()
    assert target.is_dir()


def test_a_link_is_no_lock(tmp_path: Path) -> None:
    """A file is not locked through a link that somebody made in its place."""
    (tmp_path / "claim").symlink_to(tmp_path / "made")
    with pytest.raises(OSError, match="symbolic links"), locked_file(tmp_path / "claim"):
        pass
    assert not (tmp_path / "made").exists()


def test_a_file_that_was_removed_is_no_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: whoever locks a file that its last holder removed has a lock that nobody else will ask for."""
    path, flock = tmp_path / "claim", fcntl.flock

    def late(*arguments: int) -> None:
        path.unlink()
        path.touch()
        flock(*arguments)

    with locked_file(path) as free:
        assert free
    monkeypatch.setattr(fcntl, "flock", late)
    with locked_file(path) as free:
        assert not free
    assert path.exists()
