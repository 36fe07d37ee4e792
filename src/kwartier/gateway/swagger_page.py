"""The Swagger page that shows an OpenAPI document, in each language (C8)."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from importlib.resources import files
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from kwartier.gateway.context import Permission, needs
from kwartier.gateway.languages import Language, translated
from kwartier.wire import paths

__all__ = ["document_pages", "page_policy"]

_FOLDER: Final = paths.SWAGGER.rpartition("/")[0]
_ASSETS: Final = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
_PAGE: Final = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{name}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="swagger-ui.css">
</head>
<body>
<nav class="swagger-ui"><div class="wrapper"><p>{languages}</p></div></nav>
<div id="swagger-ui"></div>
<script src="swagger-ui-bundle.js"></script>
<script src="{start}"></script>
</body>
</html>
"""
_START: Final = """SwaggerUIBundle({
  url: "{document}",
  dom_id: "#swagger-ui",
  deepLinking: true,
  tryItOutEnabled: true,
  validatorUrl: null,
}).initOAuth({ scopes: "{scope}" });
"""


def page_policy() -> dict[str, str]:
    """Headers of a page that loads nothing from elsewhere, and has neither scripts nor styles within itself."""
    return {
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
    }


_POLICY: Final = page_policy()


def document_pages(
    app: FastAPI, document: Callable[[], dict[str, Any]], scope: str, languages: Sequence[Language]
) -> dict[str, Callable[[Request], Response]]:
    """The pages around the document in each language, by their path below the base path.

    Args:
        app: what is documented.
        document: makes it, in English; asked when the first page needs it, for that takes longer than all else at start.
        scope: the scope to ask for.
        languages: in which the pages are made; the document is in the first.
    """
    pages: dict[str, Callable[[Request], Response]] = {}
    for language in languages:
        start = f"start{language.suffix}.js"
        texts = {
            "language": language.tag,
            "name": app.title,
            "languages": _links(language, languages),
            "start": start,
            "document": _in_language(paths.OPENAPI, language).removeprefix(f"{_FOLDER}/"),
            "scope": scope,
        }
        page, script = _filled(_PAGE, texts), _filled(_START, texts)
        pages[_in_language(paths.SWAGGER, language)] = _page(partial(str, page), "text/html")
        pages[f"{_FOLDER}/{start}"] = _page(partial(str, script), "text/javascript")
        pages[_in_language(paths.OPENAPI, language)] = _page(
            cache(partial(_said, document, language)), "application/json"
        )
    for name, media_type in _ASSETS.items():
        pages[f"{_FOLDER}/{name}"] = _asset(name, media_type)
    return pages


def _said(document: Callable[[], dict[str, Any]], language: Language) -> str:
    """A document in a language, as it is sent."""
    return json.dumps(translated(document(), language), ensure_ascii=False, separators=(",", ":"))


def _in_language(path: str, language: Language) -> str:
    """Where a page is in a language: in English at its own path, in another with the language before the ending."""
    name, dot, ending = path.rpartition(".")
    return f"{name}{language.suffix}{dot}{ending}"


def _links(shown: Language, languages: Iterable[Language]) -> str:
    """The languages, each a link but the one that is shown."""
    page = paths.SWAGGER.rpartition("/")[2]
    return " | ".join(
        f"<strong>{one.name}</strong>"
        if one is shown
        else f'<a href="{_in_language(page, one)}" hreflang="{one.tag}" lang="{one.tag}">{one.name}</a>'
        for one in languages
    )


def _filled(template: str, texts: Mapping[str, str]) -> str:
    for name, text in texts.items():
        template = template.replace(f"{{{name}}}", text)
    return template


def _page(content: Callable[[], str], media_type: str) -> Callable[[Request], Response]:
    @needs(Permission.NOTHING)
    def get_page(_request: Request) -> Response:
        return Response(content(), media_type=media_type, headers=_POLICY)

    return get_page


def _asset(name: str, media_type: str) -> Callable[[Request], Response]:
    @needs(Permission.NOTHING)
    def get_asset(_request: Request) -> Response:
        content = (files("fastapi_swagger") / "resources" / name).read_bytes()
        return Response(content, media_type=media_type, headers=_POLICY | {"cache-control": "max-age=86400"})

    return get_asset
