"""How what went wrong is said: one line, and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from typer.exceptions import TyperException

from kwartier.domain.errors import InvalidValueError
from kwartier.settings import SettingsError

__all__ = ["FailureError", "MistakeError", "reported"]


_EXTRA_OF: Final = {"polars": "frames", "pyarrow": "frames", "psycopg": "postgresql"}


class FailureError(TyperException):
    """What was asked can't be done; exit code 1."""

    exit_code = 1


class MistakeError(TyperException):
    """What was asked is wrong: an option, an argument, a setting; exit code 2."""

    exit_code = 2


@contextmanager
def reported() -> Iterator[None]:
    """Turn what rooms below raise into what the command says."""
    try:
        yield
    except TyperException:
        raise
    except (SettingsError, InvalidValueError) as error:
        raise MistakeError(str(error)) from error
    except ModuleNotFoundError as error:
        extra = _EXTRA_OF.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        raise FailureError(f"{error.name} is missing: pip install 'kwartier[server,{extra}]'") from error
    except Exception as error:
        if type(error).__module__.startswith("kwartier."):
            raise FailureError(str(error)) from error
        raise
