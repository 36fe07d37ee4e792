"""The entrance: whose a request is, whether it may go on, and in which situation it finds itself (C2, C4, C5)."""

from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from kwartier.domain.control import Endpoint, Fault
from kwartier.domain.credentials import Credentials
from kwartier.domain.geography import Address
from kwartier.domain.operators import Operator, OperatorScope
from kwartier.gateway.context import Permission
from kwartier.gateway.geography import Geography, outside
from kwartier.gateway.limits import Allowance, RateLimiter, TooManyFailuresError, limit_refusal, peer_subject
from kwartier.gateway.peer import Proxies
from kwartier.gateway.refusal import RefusalError
from kwartier.gateway.targets import Target
from kwartier.gateway.token import client_named
from kwartier.services.authentication import Authenticator, NotAllowed, Unauthenticated, Which
from kwartier.services.control import Situation

__all__ = ["Entered", "Entrance"]


@dataclass(frozen=True, slots=True)
class Entered:
    """What is known of a request at the entrance.

    Attributes:
        situation: the moment by the client's clock, and the fault that strikes.
        client_id: whose it is, if that is known.
        credentials: theirs, where the endpoint needs them and they are good.
        operator: who it is, where the endpoint needs an operator.
        allowance: what they may still ask, where that is counted.
        refusal: why it goes no further, if so.
        address: from where it came, behind trusted proxies; None: that can't be told.
        is_situated: whether its situation was looked at; without, it has the moment of real time.
    """

    situation: Situation
    client_id: str | None = None
    credentials: Credentials | None = None
    operator: Operator | None = None
    allowance: Allowance | None = None
    refusal: RefusalError | None = None
    address: Address | None = None
    is_situated: bool = True

    @property
    def fault(self) -> Fault | None:
        """The fault that strikes it, if it is not refused already."""
        kept = self.situation.fault
        return None if kept is None or self.refusal is not None else kept.fault


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
        return self.situate(self.admit(target, scope, headers, body, now), target, now)

    def admit(self, target: Target, scope: Scope, headers: Headers, body: bytes, now: datetime) -> Entered:
        """As `enter`, as far as no client has a say in it: the situation that he made is left to `situate`.

        Of an endpoint that needs a subscription it takes but a glance at the database.
        """
        address = self.proxies.client_address(scope)
        if not (target.declared.everywhere or self.geography.admits(address)):
            return Entered(Situation(now), refusal=outside(address))
        if target.declared.scope is not None:
            return self._enter_as_operator(target.declared.scope, headers, now, address)
        if target.environment is None or target.declared.permission is Permission.NOTHING:
            return _without_credentials(target, headers, body, now, address)
        found = self.authenticator.client(
            target.environment.name,
            headers.get("ocp-apim-subscription-key") or headers.get("subscription-key"),
            _bearer(headers),
            now,
        )
        if isinstance(found, Unauthenticated):
            return self._unauthenticated(found, headers, now, address)
        allowance = None
        if target.declared.permission is Permission.SUBSCRIPTION:
            allowance = self.limiter.take(found.client_id, now)
            if not allowance.admitted:
                refusal = limit_refusal(allowance)
                return Entered(Situation(now), found.client_id, found, allowance=allowance, refusal=refusal)
        is_situated = target.control is None
        return Entered(Situation(now), found.client_id, found, allowance=allowance, is_situated=is_situated)

    def situate(self, admitted: Entered, target: Target, now: datetime) -> Entered:
        """A request that was admitted, with its situation; a fault that strikes it is counted."""
        if admitted.is_situated or admitted.client_id is None:
            return admitted
        return replace(admitted, situation=_situation(target, admitted.client_id, now), is_situated=True)

    def situate_at_once(self, admitted: Entered, target: Target, now: datetime) -> Entered | None:
        """As `situate`, by no more than a glance at the database; None: a fault might strike, and that is counted."""
        if admitted.is_situated or admitted.client_id is None or target.control is None:
            return admitted
        calm = target.control.calm_situation(admitted.client_id, now)
        return None if calm is None else replace(admitted, situation=calm, is_situated=True)

    def _enter_as_operator(
        self, scope: OperatorScope, headers: Headers, now: datetime, address: Address | None
    ) -> Entered:
        """Let in an operator whose token has the scope that is needed."""
        found = self.authenticator.operator(_bearer(headers), scope, now)
        if isinstance(found, Unauthenticated):
            return self._unauthenticated(found, headers, now, address)
        if isinstance(found, NotAllowed):
            refusal = RefusalError(HTTPStatus.FORBIDDEN, _sentence(found.message))
            return Entered(Situation(now), found.operator.client_id, refusal=refusal)
        return Entered(Situation(now), found.client_id, operator=found)

    def _unauthenticated(
        self, found: Unauthenticated, headers: Headers, now: datetime, address: Address | None
    ) -> Entered:
        allowance = self.limiter.failed(peer_subject(address), now)
        refusal = _unauthorized(found, headers) if allowance.admitted else TooManyFailuresError(allowance)
        return Entered(Situation(now), found.client_id, refusal=refusal)

    def leave(
        self, target: Target, answer: Response | Exception, now: datetime, address: Address | None
    ) -> Response | Exception:
        """The answer of an endpoint, or what takes its place: the token endpoint finds by itself that somebody fails (C4).

        All that gets no token there counts, wrong forms too: whoever loops is told to go slower, whatever he sends.
        """
        if target.declared.struck_as is not Endpoint.TOKEN or not isinstance(answer, Response):
            return answer
        if not HTTPStatus.BAD_REQUEST <= answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return answer
        allowance = self.limiter.failed(peer_subject(address), now)
        if not allowance.admitted:
            return TooManyFailuresError(allowance, at_token_endpoint=True)
        answer.raw_headers.extend(allowance.headers())
        return answer


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


def _bearer(headers: Headers) -> str | None:
    """The bearer token that is shown, if one is."""
    scheme, _, token = headers.get("authorization", "").strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _unauthorized(found: Unauthenticated, headers: Headers) -> RefusalError:
    challenge = 'Bearer realm="kwartier"'
    # Who shows no token is told of no fault in it (RFC 6750 §3.1).
    if found.which is Which.TOKEN and _bearer(headers):
        challenge += ', error="invalid_token"'
    return RefusalError(
        HTTPStatus.UNAUTHORIZED, _sentence(found.message), headers={"www-authenticate": challenge}
    )


def _sentence(message: str) -> str:
    return f"{message[0].upper()}{message[1:]}."
