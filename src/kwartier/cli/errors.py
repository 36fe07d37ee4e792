"""How what went wrong is said: one line, and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from typer.exceptions import TyperException

from kwartier.domain.errors import InvalidValueError

__all__ = ["FailureError", "MistakeError", "extra_of", "message_of", "reported"]


_EXTRA_OF: Final = {
    "matplotlib": "plots",
    "polars": "frames",
    "psycopg": "server,postgresql",
    "pyarrow": "frames",
    "xlsxwriter": "frames",
    # What commands of the platform load first.
    "alembic": "server",
    "cryptography": "server",
    "fastapi": "server",
    "joserfc": "server",
    "maxminddb": "server",
    "sqlalchemy": "server",
    "starlette": "server",
    "structlog": "server",
    "uvicorn": "server",
}


def extra_of(error: ModuleNotFoundError) -> str | None:
    """The extra of the installation that has a package which is missing; None: no package of ours."""
    return _EXTRA_OF.get((error.name or "").partition(".")[0])


_EXIT_CODES: Final = {
    "QuestionError": 2,
    "WrongRequestError": 2,
    "SecretError": 3,
    "TokenError": 3,
    "GeographyError": 3,
    "ContractError": 4,
    "NothingGrantedError": 4,
    "QuotaError": 5,
}
"""Exit codes of what a client was refused: what is asked, who asks, what is granted, how often. All else is 1."""


class FailureError(TyperException):
    """What was asked can't be done; exit code 1, or one of those above."""

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
    except InvalidValueError as error:
        raise MistakeError(str(error)) from error
    except ModuleNotFoundError as error:
        extra = extra_of(error)
        if extra is None:
            raise
        raise FailureError(f"{error.name} is missing: pip install 'kwartier[{extra}]'") from error
    except Exception as error:
        if type(error).__module__.startswith("kwartier."):
            raise _failure(error) from error
        raise


_BY_COMMAND: Final = {"GET mandate": "kwartier mandates", "POST mandate/mock": "kwartier mock EAN"}


def _with_commands(text: str) -> str:
    """What the API says, which names its own operations, with the commands that do the same."""
    named = [f"`{command}` is {name}" for name, command in _BY_COMMAND.items() if name in text]
    return f"{text} ({', '.join(named)})" if named else text


def message_of(error: TyperException) -> str:
    """What is wrong with how a command was called, without the words of the library that checks it."""
    return error.format_message().replace(": Value error, ", ": ")


def _failure(error: Exception) -> FailureError:
    """What a command says of an error, with the exit code of its kind."""
    failure = FailureError(_with_commands(" ".join(str(error).split())) or type(error).__name__)
    client = sys.modules.get("kwartier.client.errors")  # not loaded: the error is none of the client's
    for kind, code in _EXIT_CODES.items():
        if client is not None and isinstance(error, getattr(client, kind)):
            failure.exit_code = code
    return failure
