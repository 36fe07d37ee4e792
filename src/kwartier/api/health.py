"""GET health: is the platform there (C9)."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from kwartier.gateway.context import Permission, needs

__all__ = ["get_health"]


@needs(Permission.NOTHING)
def get_health(_request: Request) -> Response:
    """Tell that this environment is up. Needs no credentials."""
    return JSONResponse({"status": "ok"})
