"""Where paths lead: the endpoints of all surfaces, in one table."""

from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kwartier.gateway.context import Declared, declared_by
from kwartier.services.control import Control
from kwartier.services.environment import Environment

__all__ = ["Target", "Targets"]


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
class Targets:
    """All targets, by path in lower case (C7), then by method."""

    by_path: dict[str, dict[str, Target]] = field(default_factory=dict)

    def add(
        self,
        app: FastAPI,
        base_path: str = "",
        environment: Environment | None = None,
        control: Control | None = None,
    ) -> None:
        """Add the endpoints of an app.

        Args:
            app: in which they are documented.
            base_path: below which they are served.
            environment: to which they belong, if to any.
            control: what clients control of it, if it is a sandbox.

        Raises:
            TypeError: an endpoint that declares no permission.
        """
        for route in app.routes:
            if not isinstance(route, Route):
                raise TypeError(f"{route} is no route of an endpoint")
            by_method = self.by_path.setdefault((base_path + route.path).lower(), {})
            for method in route.methods or ():
                by_method[method] = Target(
                    app, route.endpoint, declared_by(route.endpoint), environment, control
                )
