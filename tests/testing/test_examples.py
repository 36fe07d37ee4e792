"""The example of an integrator's suite, and the page that leads to it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # many commands, each a process of its own

_ROOT = Path(__file__).parent.parent.parent
_EXAMPLE = _ROOT / "examples" / "integrator"
_PAGE = (_ROOT / "docs" / "testing-your-client.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_NAMED = re.compile(r"# examples/integrator/(\S+)\n")
_RUNS = "# runs\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example in a folder of its own, as a newcomer has it."""
    return shutil.copytree(_EXAMPLE, tmp_path / "integrator")


def _pytest(folder: Path, *words: str) -> str:
    """What pytest prints there."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--tb=line", *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=240)
    assert not done.stderr, done.stderr
    return done.stdout


def test_the_page_shows_the_files() -> None:
    """Each file of the example is on the page, whole and as it is, in the order of the path."""
    blocks = [text for _, text in _BLOCK.findall(_PAGE)]
    shown = [(named[1], text[named.end() :]) for text in blocks if (named := _NAMED.match(text)) is not None]
    files = [path for path in _EXAMPLE.rglob("*.*") if path.suffix in {".py", ".ini"}]
    assert sorted(name for name, _ in shown) == sorted(str(path.relative_to(_EXAMPLE)) for path in files)
    for name, text in shown:
        assert text == (_EXAMPLE / name).read_text(encoding="utf-8"), name


def test_the_first_try_fails_as_the_page_says(folder: Path) -> None:
    """The naive client passes the first test, and fails that of trying again."""
    shutil.copyfile(folder / "first_try" / "metering.py", folder / "metering.py")
    told = _pytest(folder, "test_first.py")
    assert "1 failed, 1 passed" in told
    assert "FAILED test_first.py::test_it_fails_twice_and_then_succeeds" in told
    assert "503 Service Unavailable" in told


def test_the_whole_suite_passes(folder: Path) -> None:
    """S1: with the better client all of the example's tests pass, without a warning."""
    told = _pytest(folder)
    assert re.search(r"= 14 passed in ", told), told


def test_other_blocks_of_the_page_run(folder: Path) -> None:
    """The context manager in unittest, and the session's fixture with other settings, as they stand on the page."""
    under_unittest, conftest = [text for _, text in _BLOCK.findall(_PAGE) if text.startswith(_RUNS)]
    (folder / "test_unittest.py").write_text(under_unittest)
    (folder / "conftest.py").write_text(conftest)
    assert "3 passed" in _pytest(folder, "test_unittest.py", "test_first.py")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "unittest", "-q", "test_unittest"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert "OK" in done.stderr, done.stderr
