"""The wheel, as users install it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the built wheel holds."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=_ROOT, check=True, capture_output=True, timeout=240)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def test_the_wheel_holds_the_package_whole(unpacked: Path) -> None:
    """Every file of the package is in the wheel, typed, with its licence, and nothing else is."""
    expected, shipped = _files(_ROOT / "src" / "kwartier"), _files(unpacked / "kwartier")
    assert expected == shipped
    assert "py.typed" in shipped
    assert list(unpacked.glob("*.dist-info/licenses/LICENSE"))


def _files(folder: Path) -> set[str]:
    """What is in a folder, but for what Python itself leaves there."""
    return {
        str(file.relative_to(folder))
        for file in folder.rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }


def test_the_demo_runs_from_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    """What is shipped is enough to play the main job."""
    done = subprocess.run(
        [sys.executable, "-m", "kwartier", "demo"],
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert "GET energy" in done.stdout


def test_a_base_installation_says_what_is_missing(unpacked: Path, tmp_path: Path) -> None:
    """Without the server's packages the command says in one line how to get them, and the package still imports."""
    hide = "import sys; sys.modules['sqlalchemy'] = None; import kwartier, kwartier.wire.vocabulary; "
    done = subprocess.run(
        [sys.executable, "-c", hide + "from kwartier.__main__ import main; main()", "keys", "list"],
        env=os.environ | {"PYTHONPATH": str(unpacked)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 1
    assert done.stderr == "kwartier: sqlalchemy is missing: pip install 'kwartier[server]'\n"
