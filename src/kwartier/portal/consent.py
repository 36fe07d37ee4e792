"""The page behind a grid user's link: what is asked, yes or no per EAN; later, who looked, and the end of access.

GET and HEAD change nothing, for machines that scan mail follow links. Answers come by POST alone, once. A link that is
unknown, revoked or has lapsed is answered alike.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from kwartier.domain.consent import Outcome
from kwartier.domain.messages import Language
from kwartier.gateway.context import FORM, Permission, body_of, needs
from kwartier.portal.consent_view import accesses, is_gone, shown
from kwartier.portal.pages import language_of, page
from kwartier.services.consents import Consents, ConsentView

__all__ = ["get_consent", "post_consent"]

_MAX_FIELDS: Final = 1000
_ANSWERS: Final = {"yes": True, "no": False}
_FIELD: Final = "answer-"


@needs(Permission.NOTHING, everywhere=True)
def get_consent(request: Request) -> Response:
    """Show what a link opens."""
    view = _consents(request).open(_token(request))
    if view is None or is_gone(view):
        return _gone(request)
    number = _number(request.query_params.get("end", ""))
    ending = next((one for one in view.items if one.item.item == number and one.can_be_ended), None)
    if ending is not None:
        language = _language(request, view)
        (item,) = (one for one in shown(view, language, {}) if one.number == number)
        return page("end.html", language, operator=_operator(request), asker=view.asker, item=item)
    return _show(request, view)


@needs(Permission.NOTHING, takes=FORM, everywhere=True)
def post_consent(request: Request) -> Response:
    """Take answers, or end access that was given."""
    view = _consents(request).open(_token(request))
    if view is None or is_gone(view):
        return _gone(request)
    fields = _fields(request)
    if "end" in fields:
        ended = _consents(request).end(_token(request), _number(fields["end"]))
        return _told(request, "ended_now" if ended else "not_ended")
    chosen = _chosen(fields)
    still_open = {one.item.item for one in view.items if one.can_be_answered}
    if still_open - chosen.keys():
        return _show(request, view, "missing", chosen, HTTPStatus.BAD_REQUEST)
    outcomes = _consents(request).answer(_token(request), chosen) or {}
    return _told(request, _outcome(set(outcomes.values())))


def _outcome(outcomes: set[Outcome]) -> str:
    """What is said of all answers together: first what did not go as it was meant."""
    if Outcome.ANSWERED_BEFORE in outcomes:
        return "before"
    return "taken" if outcomes == {Outcome.TAKEN} else "late"


def _told(request: Request, notice: str) -> Response:
    """The page as it stands now, with a word about what was done."""
    view = _consents(request).open(_token(request))
    return _gone(request) if view is None else _show(request, view, notice)


def _show(
    request: Request,
    view: ConsentView,
    notice: str | None = None,
    chosen: Mapping[int, bool] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    language = _language(request, view)
    looked = _consents(request).looked(_token(request)) or ()
    return page(
        "consent.html",
        language,
        status,
        operator=_operator(request),
        asker=view.asker,
        is_renewal=view.request.is_renewal,
        until=view.request.answer_before,
        items=shown(view, language, chosen or {}),
        accesses=accesses(looked, view, language),
        notice=notice,
        is_wrong=notice in {"missing", "before", "late", "not_ended"},
    )


def _gone(request: Request) -> Response:
    language = language_of(request, lambda: _preferred(request))
    return page("gone.html", language, HTTPStatus.NOT_FOUND, operator=_operator(request))


def _preferred(request: Request) -> Language:
    """The first of our languages that the browser names."""
    for part in request.headers.get("accept-language", "").lower().split(","):
        tag = part.partition(";")[0].strip().partition("-")[0]
        for language in Language:
            if language == tag:
                return language
    return Language.DUTCH


def _language(request: Request, view: ConsentView) -> Language:
    return language_of(request, lambda: view.request.recipient.language)


def _fields(request: Request) -> dict[str, str]:
    """The fields of a form; one that can't be read has none."""
    try:
        return dict(parse_qsl(body_of(request).decode(), max_num_fields=_MAX_FIELDS))
    except ValueError:
        return {}


def _chosen(fields: Mapping[str, str]) -> dict[int, bool]:
    """What was chosen, by number."""
    return {
        _number(name.removeprefix(_FIELD)): _ANSWERS[value]
        for name, value in fields.items()
        if name.startswith(_FIELD) and value in _ANSWERS and _number(name.removeprefix(_FIELD))
    }


def _number(text: str) -> int:
    """The number of an item; 0, which none has, for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _token(request: Request) -> str:
    token: str = request.path_params["token"]
    return token


def _consents(request: Request) -> Consents:
    consents: Consents = request.app.state.consents
    return consents


def _operator(request: Request) -> str:
    operator: str = request.app.state.operator_name
    return operator
