"""The page at the root: where everything is."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from kwartier.gateway.context import Permission, needs
from kwartier.gateway.swagger_page import page_policy

__all__ = ["start_page"]

_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>Kwartier</title>
</head>
<body>
<h1>Kwartier</h1>
<p>The platform runs. Its pages:</p>
<ul>
{links}
</ul>
</body>
</html>
"""


def start_page(links: Iterable[tuple[str, str]]) -> Callable[[Request], Response]:
    """The endpoint of the page.

    Args:
        links: what there is, and its path on this host.
    """
    listed = "\n".join(f'<li><a href="{escape(path)}">{escape(what)}</a></li>' for what, path in links)
    page = _PAGE.replace("{links}", listed)

    @needs(Permission.NOTHING)
    def get_start(_request: Request) -> Response:
        return HTMLResponse(page, headers=page_policy())

    return get_start
