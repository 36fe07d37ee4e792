"""Somebody who gets no data, and what the doctor tells him: over the platform's own app, or over answers that are played."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any, Final

import httpx

from kwartier import Client, Credentials, Environment, Retrying, Settings
from kwartier.client.doctor import Finding, Question, Report, Topic, Weight, examine
from kwartier.domain.credentials import EnvironmentName
from kwartier.domain.period import Period
from kwartier.services.credentials import IssuedCredentials
from kwartier.services.tokens import scope_of
from kwartier.wire.paths import BASE_PATHS
from support.platform import ADDRESS, Platform

__all__ = ["Patient", "finding", "of_platform", "played", "question"]

_ONCE: Final = Retrying(attempts=1, patience_seconds=0.0)


@dataclass(frozen=True, kw_only=True)
class Patient:
    """Somebody who gets no data, and how he asks.

    Attributes:
        transport: where his requests go.
        clock: tells the moment.
        secret_until: when his secret ends, as far as he told.
    """

    base_url: str
    credentials: Credentials
    transport: httpx.BaseTransport
    clock: Callable[[], datetime]
    is_sandbox: bool
    secret_until: datetime | None = None
    reports: list[Report] = field(default_factory=list)

    def but(self, **changes: Any) -> "Patient":
        """The same, with other credentials."""
        return replace(self, credentials=replace(self.credentials, **changes))

    def examined(self, question: Question | None = None) -> Report:
        """What the doctor says; never a secret, and for each thing that is wrong what to do."""
        settings = Settings(share_quota=False, retrying=_ONCE, clock=self.clock)
        report = examine(
            self._connected,
            question,
            is_sandbox=self.is_sandbox,
            secret_until=self.secret_until,
            settings=settings,
        )
        assert report.findings
        for secret in (self.credentials.client_secret, self.credentials.subscription_key):
            assert secret not in repr(report)
        assert all(one.remedy for one in report.findings if one.weight is not Weight.FINE)
        return report

    def _connected(self, settings: Settings) -> Client:
        environment = Environment(self.base_url, self.is_sandbox)
        return Client(environment, self.credentials, settings, transport=self.transport)


def of_platform(platform: Platform, issued: IssuedCredentials) -> Patient:
    """Somebody with credentials of a platform in this process."""
    environment = issued.credentials.environment
    credentials = Credentials(
        client_id=issued.credentials.client_id,
        client_secret=issued.client_secret,
        subscription_key=issued.subscription_key or "",
        token_endpoint=ADDRESS + platform.token_path,
        scope=scope_of(environment),
    )
    return Patient(
        base_url=ADDRESS + BASE_PATHS[environment][0],
        credentials=credentials,
        transport=platform.http._transport,
        clock=platform.clock,
        is_sandbox=environment is EnvironmentName.SANDBOX,
    )


def played(answer: Callable[[httpx.Request], httpx.Response], *, with_token: bool = True) -> Patient:
    """Somebody whose API is played; by default its token endpoint gives tokens."""

    def play(request: httpx.Request) -> httpx.Response:
        if with_token and request.url.path == "/token":
            token = {"access_token": "a token", "token_type": "Bearer", "expires_in": 3600}
            return httpx.Response(HTTPStatus.OK, json=token)
        return answer(request)

    credentials = Credentials(
        client_id="the client",
        client_secret="the client's secret",
        subscription_key="the client's key",
        token_endpoint="https://login.example/token",
        scope="api://metering/.default",
    )
    return Patient(
        base_url="https://api.example/v1",
        credentials=credentials,
        transport=httpx.MockTransport(play),
        clock=lambda: datetime(2025, 9, 20, 10, tzinfo=UTC),
        is_sandbox=False,
    )


def question(
    ean: str, clock: Callable[[], datetime], *, days: float = 10, granularity: str | None = None
) -> Question:
    """A question about the last days."""
    return Question(ean, Period(clock() - timedelta(days=days), clock()), granularity)


def finding(report: Report, topic: Topic) -> Finding:
    """The one finding about a topic that is not fine."""
    [found] = [one for one in report.findings if one.topic is topic and one.weight is not Weight.FINE]
    return found
