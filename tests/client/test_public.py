"""What users of the package rely on: names, types, and how little is loaded."""

import json
import subprocess
import sys
from typing import Final

import pytest

import kwartier

_SERVER: Final = {
    "alembic",
    "fastapi",
    "isal",
    "joserfc",
    "pandas",
    "polars",
    "psycopg",
    "pyarrow",
    "pydantic",
    "sqlalchemy",
    "starlette",
    "structlog",
    "uvicorn",
}
_ROOMS: Final = {
    "api",
    "app",
    "cli",
    "db",
    "readings",
    "registry",
    "sandbox",
    "services",
    "serving",
    "settings",
    "testing",
}

NAMES: Final = """
    AnswerError ApiError Asked Assertion AsyncClient Client ConfigurationError ConnectionDetails ContractError Credentials
    EnergyTable EnergyValue Environment Gap GeographyError KwartierError Mandate MonthPeak NetworkError
    NothingGrantedError OPERATOR_LIVE OPERATOR_SANDBOX Quota QuotaError Retrying SecretError ServerError Settings
    TextColumn TokenError UnknownNameWarning UnreadableError Why WrongRequestError __version__ mean_peak_kw read_energy
"""


def test_the_public_names_are_these() -> None:
    """A name that goes, or a new one, is a decision."""
    assert sorted(kwartier.__all__) == sorted(NAMES.split())
    assert set(kwartier.__all__) <= set(dir(kwartier))
    assert all(getattr(kwartier, name) is not None for name in kwartier.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Klient'"):
        kwartier.Klient  # noqa: B018 - it is looked for


def test_the_tree_of_errors_is_drawn() -> None:
    """The docstring of the room draws every exception, below the one that it is a kind of."""
    from kwartier import client  # noqa: PLC0415 - its docstring

    drawn = [line.lstrip("│├└─ ") for line in (client.__doc__ or "").splitlines() if "──" in line]
    depths = [line.index("─") for line in (client.__doc__ or "").splitlines() if "──" in line]
    parents: list[str] = []
    names = set()
    for told, depth in zip(drawn, depths, strict=True):
        name, level = told.split()[0], depth // 4
        parents = [*parents[:level], name]
        names.add(name)
        base = getattr(kwartier, name).__mro__[1]
        assert base.__name__ == (parents[level - 1] if level else "Exception")
    errors = {name for name in kwartier.__all__ if name.endswith("Error")}
    assert names == errors


def _loaded(code: str) -> set[str]:
    """The modules that are loaded after some code ran in a process of its own."""
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(told.stdout))


@pytest.mark.parametrize(
    "code",
    [
        "import kwartier",
        "from kwartier import Client, AsyncClient, QuotaError, read_energy, mean_peak_kw",
        (
            "import kwartier\nfor name in kwartier.__all__: getattr(kwartier, name)\n"
            """kwartier.read_energy(b'{"ean":"1"}').to_arrow()"""
        ),
    ],
)
def test_no_server_package_is_loaded(code: str) -> None:
    """A base installation has none of them, and needs none."""
    loaded = _loaded(code)
    assert "kwartier" in loaded
    assert not {name.partition(".")[0] for name in loaded} & _SERVER
    assert not loaded & {f"kwartier.{room}" for room in _ROOMS}


def test_importing_the_package_loads_next_to_nothing() -> None:
    """`import kwartier` alone loads neither numpy nor httpx."""
    assert not _loaded("import kwartier") & {"httpx", "numpy", "kwartier.client"}
