"""Pages as answers: made of templates in which everything is escaped, with headers that let in nothing from elsewhere."""

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from kwartier.domain.messages import Language
from kwartier.gateway.context import Permission, needs
from kwartier.portal.texts import LANGUAGE_NAMES, TEXTS
from kwartier.services.outgoing.phrases import PHRASES
from kwartier.services.outgoing.templates import templates

__all__ = ["STYLE_PATH", "get_style", "language_of", "page"]

STYLE_PATH: Final = "/portal.css"

_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    # The address of the page is what opens it: no other server hears of it, and no machine keeps it.
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}
_STYLE_HEADERS: Final = {"x-content-type-options": "nosniff", "cache-control": "public, max-age=3600"}


def page(
    template: str,
    language: Language,
    status: HTTPStatus = HTTPStatus.OK,
    **values: object,
) -> Response:
    """A page.

    Args:
        template: its name.
        language: in which it speaks.
        status: of the answer.
        values: what it shows.
    """

    def text(name: str, **places: str) -> str:
        return TEXTS[language][name].format(**places)

    html = (
        templates("kwartier.portal", "templates")
        .get_template(template)
        .render(
            language=language,
            languages=LANGUAGE_NAMES,
            style_path=STYLE_PATH,
            text=text,
            phrases=PHRASES[language],
            **values,
        )
    )
    return Response(html, status, _HEADERS | {"content-language": language.value}, "text/html")


def language_of(request: Request, otherwise: Callable[[], Language]) -> Language:
    """The language that the address asks for, or another."""
    asked = request.query_params.get("lang", "").lower()
    return next((language for language in Language if language == asked), None) or otherwise()


@needs(Permission.NOTHING, everywhere=True)
def get_style(_request: Request) -> Response:
    """How pages look."""
    return Response(_style(), headers=_STYLE_HEADERS, media_type="text/css")


@cache
def _style() -> str:
    return (files("kwartier.portal") / "templates" / "portal.css").read_text(encoding="utf-8")
