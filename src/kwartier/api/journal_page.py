"""The page on which an integrator looks at his journal. It asks as any client does, with the credentials typed in."""

from collections.abc import Callable
from html import escape
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kwartier.gateway.context import Permission, needs
from kwartier.gateway.swagger_page import page_policy

__all__ = ["journal_pages"]

_FILES: Final = {"journal.html": "text/html", "journal.css": "text/css", "journal.js": "text/javascript"}


def journal_pages(token_path: str, scope: str) -> dict[str, Callable[[Request], Response]]:
    """The page and what it is made of, by path below the prefix of the control surface.

    Args:
        token_path: where on this host the page gets a token.
        scope: the scope of the sandbox.
    """
    return {f"/{name}": _page(name, media_type, token_path, scope) for name, media_type in _FILES.items()}


def _page(name: str, media_type: str, token_path: str, scope: str) -> Callable[[Request], Response]:
    content = (files("kwartier.api") / "pages" / name).read_text(encoding="utf-8")
    if name.endswith(".html"):
        content = content.replace("{token_endpoint}", escape(token_path)).replace("{scope}", escape(scope))

    @needs(Permission.NOTHING)
    def get_page(_request: Request) -> Response:
        return Response(content, media_type=media_type, headers=page_policy())

    return get_page
