"""The pages of grid users, and in development the messages that go nowhere."""

from fastapi import FastAPI

from kwartier import __version__
from kwartier.gateway.targets import Targets
from kwartier.portal.consent import get_consent, post_consent
from kwartier.portal.development import get_message, get_messages
from kwartier.portal.pages import STYLE_PATH, get_style
from kwartier.services.consents import Consents
from kwartier.services.outbox_desk import OutboxDesk
from kwartier.wire.paths import CONSENT, DEVELOPMENT_OUTBOX

__all__ = ["add_portal"]


def add_portal(
    targets: Targets, consents: Consents, operator_name: str, desk: OutboxDesk | None = None
) -> None:
    """Add the pages.

    Args:
        targets: where paths lead.
        consents: what links open.
        operator_name: the operator's.
        desk: shows messages to whoever asks, where they go nowhere; None: they go out, and nobody sees them here.
    """
    app = FastAPI(
        title="Kwartier pages",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.consents, app.state.operator_name, app.state.desk = consents, operator_name, desk
    pages = [
        (STYLE_PATH, get_style, "GET"),
        (f"{CONSENT}/{{token}}", get_consent, "GET"),
        (f"{CONSENT}/{{token}}", post_consent, "POST"),
    ]
    if desk is not None:
        pages += [
            (DEVELOPMENT_OUTBOX, get_messages, "GET"),
            (f"{DEVELOPMENT_OUTBOX}/{{message_id}}", get_message, "GET"),
        ]
    for path, endpoint, method in pages:
        app.add_api_route(path, endpoint, methods=[method], response_model=None, include_in_schema=False)
    targets.add(app)
