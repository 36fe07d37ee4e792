"""The entrance: whose a request is, whether it may go on, and in which situation it finds itself (C2, C4, C5)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from kwartier.api.context import Declared, Permission
from kwartier.api.geography import Geography, outside
from kwartier.api.limits import Allowance, RateLimiter, limit_refusal, peer_subject
from kwartier.api.peer import Proxies
from kwartier.api.refusal import RefusalError
from kwartier.api.token import client_named
from kwartier.domain.control import Endpoint
from kwartier.domain.credentials import Credentials
from kwartier.domain.geography import Address
from kwartier.services.authentication import Authenticator, Unauthenticated, Which
from kwartier.services.control import Control, Situation
from kwartier.services.environment import Environment

__all__ = ["Entered", "Entrance", "Target"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a path and method lead.

    Attributes:
        app: in which the endpoint is documented, and whose state it reads.
        endpoint: what answers.
        declared: what the endpoint declared.
        environment: the environment it belongs to, if any.
        control: what clients control of it, if it belongs to a sandbox.
    """

    app: FastAPI
    endpoint: Callable[[Request], Response]
    declared: Declared
    environment: Environment | None = None
    control: Control | None = None


@dataclass(frozen=True, slots=True)
class Entered:
    """What is known of a request at the entrance.

    Attributes:
        situation: the moment by the client's clock, and the fault that strikes.
        client_id: whose it is, if that is known.
        credentials: theirs, where the endpoint needs them and they are good.
        allowance: what they may still ask, where that is counted.
        refusal: why it goes no further, if so.
        address: from where it came, behind trusted proxies; None: that can't be told.
    """

    situation: Situation
    client_id: str | None = None
    credentials: Credentials | None = None
    allowance: Allowance | None = None
    refusal: RefusalError | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True)
class Entrance:
    """Looks at credentials, limit, and the client's clock and faults. It asks the database: to be called in a thread."""

    authenticator: Authenticator
    limiter: RateLimiter
    proxies: Proxies
    geography: Geography

    def enter(self, target: Target, scope: Scope, headers: Headers, body: bytes, now: datetime) -> Entered:
        """Let a request in at a moment of real time, or refuse it in the order of C5.

        Args:
            target: where it leads.
            scope: of the request.
            headers: of the request.
            body: of the request.
            now: the moment.
        """
        address = self.proxies.client_address(scope)
        if not self.geography.admits(address):
            return Entered(Situation(now), refusal=outside(address))
        if target.environment is None or target.declared.permission is Permission.NOTHING:
            return _without_credentials(target, headers, body, now, address)
        scheme, _, token = headers.get("authorization", "").strip().partition(" ")
        found = self.authenticator.client(
            target.environment.name,
            headers.get("ocp-apim-subscription-key") or headers.get("subscription-key"),
            token.strip() if scheme.lower() == "bearer" else None,
            now,
        )
        if isinstance(found, Unauthenticated):
            refusal = self.limiter.failed(peer_subject(address), now) or _unauthorized(found, token)
            return Entered(Situation(now), found.client_id, refusal=refusal)
        allowance = None
        if target.declared.permission is Permission.SUBSCRIPTION:
            allowance = self.limiter.take(found.client_id, now)
            if not allowance.admitted:
                return Entered(Situation(now), found.client_id, found, allowance, limit_refusal(allowance))
        return Entered(_situation(target, found.client_id, now), found.client_id, found, allowance)

    def leave(
        self, target: Target, answer: Response | Exception, now: datetime, address: Address | None
    ) -> Response | Exception:
        """The answer of an endpoint, or what takes its place: the token endpoint finds by itself that somebody fails (C4)."""
        failed = (
            target.declared.struck_as is Endpoint.TOKEN
            and isinstance(answer, Response)
            and answer.status_code == HTTPStatus.UNAUTHORIZED
        )
        refusal = self.limiter.failed(peer_subject(address), now) if failed else None
        return answer if refusal is None else refusal.token_response()


def _without_credentials(
    target: Target, headers: Headers, body: bytes, now: datetime, address: Address | None
) -> Entered:
    """A request for a token names its client; in a sandbox, faults strike it by that name."""
    client_id = client_named(body, headers.get("authorization"))
    if target.control is None or client_id is None or not target.control.knows(client_id):
        return Entered(Situation(now), address=address)
    return Entered(_situation(target, client_id, now), client_id, address=address)


def _situation(target: Target, client_id: str, now: datetime) -> Situation:
    if target.control is None:
        return Situation(now)
    if target.declared.struck_as is None:
        return Situation(target.control.moment(client_id, now))
    return target.control.situation(client_id, target.declared.struck_as, now)


def _unauthorized(found: Unauthenticated, token: str) -> RefusalError:
    challenge = 'Bearer realm="kwartier"'
    if found.which is Which.TOKEN and token:
        challenge += ', error="invalid_token"'
    return RefusalError(
        HTTPStatus.UNAUTHORIZED,
        f"{found.message[0].upper()}{found.message[1:]}.",
        headers={"www-authenticate": challenge},
    )
