"""Where paths lead: the endpoints of all surfaces, in one table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from kwartier.gateway.context import Declared, declared_by
from kwartier.gateway.http_rules import wrong_method
from kwartier.gateway.refusal import RefusalError
from kwartier.services.control import Control
from kwartier.services.environment import Environment
from kwartier.telemetry.requests import NO_ENVIRONMENT, NO_PATH

__all__ = ["Found", "Target", "Targets", "known", "place_of", "target_of"]


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
class Found:
    """What a path leads to.

    Attributes:
        path: as it is declared: never what was asked, which may hold what nobody else may know (A2).
        by_method: the targets.
        named: what the path says besides, by name: the last part of one that is declared as `/…/{name}`.
    """

    path: str
    by_method: Mapping[str, Target]
    named: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Targets:
    """All targets, by path in lower case (C7), then by method."""

    by_path: dict[str, dict[str, Target]] = field(default_factory=dict)
    _below: dict[str, str] = field(default_factory=dict)

    def find(self, path: str) -> Found | None:
        """Where a path leads: case counts for nothing (C7), nor does a slash at the end."""
        asked = path.rstrip("/") or "/"
        declared = asked.lower()
        parent, _, last = asked.rpartition("/")
        if declared not in self.by_path or last.startswith("{"):
            declared = self._below.get(parent.lower(), "")
        by_method = self.by_path.get(declared)
        if by_method is None:
            return None
        name = _name(declared)
        return Found(declared, by_method, {} if name is None else {name: last})

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
            path = (base_path + route.path).lower()
            if _name(path) is not None:
                self._below[path.rpartition("/")[0]] = path
            by_method = self.by_path.setdefault(path, {})
            for method in route.methods or ():
                by_method[method] = Target(
                    app, route.endpoint, declared_by(route.endpoint), environment, control
                )


def place_of(found: Found | None) -> tuple[str, str]:
    """A path as it is declared and its environment, for the log: one that is none of ours may hold an EAN (A2)."""
    if found is None:
        return NO_PATH, NO_ENVIRONMENT
    environments = [one.environment for one in found.by_method.values() if one.environment is not None]
    return found.path, environments[0].name.value if environments else NO_ENVIRONMENT


def known(found: Found | None) -> Found:
    """Where a path leads, if anywhere.

    Raises:
        RefusalError: 404.
    """
    if found is None:
        raise RefusalError(HTTPStatus.NOT_FOUND, "There is nothing at this path.")
    return found


def target_of(found: Found | None, scope: Scope) -> Target:
    """Where a path leads with the method that is asked; what the path says besides is left for the endpoint.

    Raises:
        RefusalError: 404 or 405.
    """
    place, method = known(found), scope["method"]
    target = place.by_method.get("GET" if method == "HEAD" else method)
    if target is None:
        raise wrong_method(place.by_method)
    scope["path_params"] = place.named
    return target


def _name(declared: str) -> str | None:
    """What the last part of a path is called, if any that is asked is taken."""
    last = declared.rpartition("/")[2]
    return last[1:-1] if last.startswith("{") and last.endswith("}") else None
