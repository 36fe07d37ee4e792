"""Apps that document their endpoints; the gateway calls these itself (C8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial

from fastapi import FastAPI

from kwartier import __version__
from kwartier.gateway.documentation import openapi_document
from kwartier.gateway.languages import Language
from kwartier.gateway.openapi import Explained
from kwartier.gateway.swagger_page import document_pages
from kwartier.gateway.token import Identity
from kwartier.wire import paths

__all__ = ["Pages", "documented_app"]


def documented_app(title: str, description: str = "") -> FastAPI:
    """An app without endpoints yet."""
    return FastAPI(
        title=title,
        version=__version__,
        description=description,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages about the endpoints of an app: its document, and Swagger UI.

    Attributes:
        identity: where tokens are got.
        languages: in which they are made.
        scopes: those to ask for, and what each is; the first is chosen beforehand.
        explained: fields of shapes that say nothing of themselves, by shape and field.
    """

    identity: Identity
    languages: Sequence[Language]
    scopes: Mapping[str, str]
    explained: Explained = field(default_factory=dict)

    def add(self, app: FastAPI, base_path: str) -> None:
        """Add them to an app that has its endpoints, and is served below a base path."""
        identity = self.identity
        token_address = identity.public_address + paths.token_path(identity.tenant_id)
        document = cache(
            partial(openapi_document, app, base_path, token_address, self.scopes, self.explained)
        )
        chosen = next(iter(self.scopes))
        for path, endpoint in document_pages(app, document, chosen, self.languages).items():
            app.add_api_route(path, endpoint, response_model=None, include_in_schema=False)
