"""What can go wrong between a client and the API; the tree is drawn in `kwartier.client`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

__all__ = [
    "AnswerError",
    "ApiError",
    "Asked",
    "ConfigurationError",
    "ContractError",
    "GeographyError",
    "KwartierError",
    "NetworkError",
    "NothingGrantedError",
    "QuestionError",
    "QuotaError",
    "SecretError",
    "ServerError",
    "TokenError",
    "UnreadableError",
    "WrongRequestError",
]


class KwartierError(Exception):
    """The client can't do what is asked. Texts are fit for the user, and never hold a secret."""


class UnreadableError(KwartierError):
    """What was saved is no answer of the API, or only part of one."""


class ConfigurationError(KwartierError):
    """A setting or a question that can't be right; nothing was asked of the API."""


class QuestionError(ConfigurationError):
    """A question that can't be right: a period that begins too early or ends before it begins, no such granularity."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked and how it was answered, without secrets: fit for a report to the operator.

    Attributes:
        method: of HTTP.
        url: whole, with the query.
        status: of the answer; None: there was none.
        correlation_id: by which the operator finds the request, if the answer told one.
        code: the `Code` of the error body, or the `error` of the token endpoint.
    """

    method: str
    url: str
    status: int | None = None
    correlation_id: str | None = None
    code: str | None = None


class ApiError(KwartierError):
    """A request failed.

    Attributes:
        asked: what was asked and how it was answered.
        attempts: how often it was sent.
    """

    def __init__(self, text: str, asked: Asked, attempts: int = 1) -> None:
        super().__init__(text)
        self.asked = asked
        self.attempts = attempts

    @property
    def status(self) -> int | None:
        """The status of the last answer; None: there was none."""
        return self.asked.status

    @property
    def correlation_id(self) -> str | None:
        """By which the operator finds the request."""
        return self.asked.correlation_id


class SecretError(ApiError):
    """The token endpoint does not take the client id and secret: wrong, expired, revoked or replaced."""


class TokenError(ApiError):
    """The API does not take the token or the subscription key, also with a new token.

    It says nothing about mandates: a 401 never means that a consent was withdrawn.
    """


class GeographyError(ApiError):
    """The request came from outside the countries that are let in (C3)."""


class ContractError(ApiError):
    """The EAN is another's: a data access contract is missing, or credentials are older than it (E6, I5)."""


class NothingGrantedError(ApiError):
    """No mandate gives this EAN, period or granularity (E6)."""


class WrongRequestError(ApiError):
    """The request can't be right.

    Attributes:
        messages: every parameter that is wrong, and what is allowed.
    """

    def __init__(self, text: str, asked: Asked, messages: Sequence[str] = ()) -> None:
        super().__init__(text, asked)
        self.messages = tuple(messages)


class QuotaError(ApiError):
    """The requests of the subscription are used up, for longer than the client waits.

    Attributes:
        resume_at: when to go on.
    """

    def __init__(self, text: str, asked: Asked, resume_at: datetime, attempts: int = 1) -> None:
        super().__init__(text, asked, attempts)
        self.resume_at = resume_at


class ServerError(ApiError):
    """The API or the token endpoint failed, each time that it was asked."""


class AnswerError(ServerError):
    """What was answered is no answer: cut off, or not what the guide says."""


class NetworkError(ApiError):
    """The API or the token endpoint can't be reached, or the connection broke each time."""
