"""The page behind a grid user's link, as browsers, mail scanners and strangers ask for it."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http import HTTPStatus
from itertools import pairwise
from typing import Final
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select

from kwartier.db.schema import audit, consent_item, mandate_fact, mandate_phase, outbox_message
from kwartier.domain.audit import AuditEntry
from kwartier.domain.ean import Ean
from kwartier.domain.messages import Language
from kwartier.domain.period import Period
from kwartier.domain.question import EnergyQuestion, PeriodType
from kwartier.gateway.gateway import Gateway
from kwartier.services.audit import Audit
from kwartier.services.consents import Consents
from kwartier.telemetry.requests import Watching
from support.consents import ASKER, ASKER_NAME, EANS, GRID_USER, Asking, asking
from support.platform import NOW, Platform
from support.web import WebPage, read_page

YES: Final = {"answer-1": "yes", "answer-2": "yes"}
_TABLES: Final = (audit, consent_item, mandate_fact, mandate_phase, outbox_message)


class _Nowhere:
    """Lets nobody in."""

    def admits(self, address: object) -> bool:
        """No."""
        del address
        return False


@pytest.fixture
def asked(platform: Platform) -> Asking:
    """A question about two EANs."""
    return asking(platform.database, platform.hasher, NOW)


def get(platform: Platform, asked: Asking, **query: str) -> httpx.Response:
    """Follow the link."""
    return platform.http.get(f"/consent/{asked.token}", params=query)


def seen(platform: Platform, asked: Asking, **query: str) -> WebPage:
    """The page behind the link."""
    answer = get(platform, asked, **query)
    assert answer.status_code == HTTPStatus.OK, answer.text
    return read_page(answer.text)


def post(platform: Platform, asked: Asking, fields: Mapping[str, str], **query: str) -> httpx.Response:
    """Send a form of the page."""
    return platform.http.post(
        f"/consent/{asked.token}",
        params=query,
        content=urlencode(fields),  # a browser says what it is also when nothing is in it
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def kept(platform: Platform) -> list[object]:
    """All that following a link could change."""
    with platform.database.reading() as connection:
        return [connection.execute(select(table)).all() for table in _TABLES]


def statuses(platform: Platform, asked: Asking) -> list[str]:
    """How the mandates stand now."""
    now = platform.clock.now
    with platform.database.reading() as connection:
        found = {
            row.mandate_id: row.status
            for row in connection.execute(select(mandate_phase).order_by(mandate_phase.c.start))
            if row.start <= now
        }
    return [found[one] for one in asked.mandate_ids]


def test_the_page_says_who_asks_what(platform: Platform, asked: Asking) -> None:
    """M2: who asks, which EAN, how finely, which period, how long, until when, and what it means."""
    page = seen(platform, asked)
    assert page.language == "nl"
    assert page.headings[0] == (1, f"{ASKER_NAME} vraagt toegang tot uw meetgegevens")
    for said in (ASKER_NAME, ASKER, *EANS, "waarden per kwartier", "vanaf 20 september 2022", "drie jaar"):
        assert said in page.text
    assert "20 oktober 2025 om 12:00" in page.text
    assert "elektriciteit" in page.text


def test_yes_or_no_for_each_ean(platform: Platform, asked: Asking) -> None:
    """M2: each EAN is answered for itself; a yes approves its mandate, a no rejects it."""
    page = read_page(post(platform, asked, {"answer-1": "yes", "answer-2": "no"}).text)
    assert "Uw antwoord is ontvangen" in page.text
    assert "U zei ja op 20 september 2025 om 12:00" in page.text
    assert "U zei nee op 20 september 2025 om 12:00" in page.text
    assert statuses(platform, asked) == ["Approved", "Rejected"]
    assert page.forms == []
    assert seen(platform, asked).headings[0][1] == f"Toegang van {ASKER_NAME} tot uw meetgegevens"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("query", ["", "?lang=en", "?end=1", "?answer-1=yes&answer-2=yes", "?x=1#yes"])
@pytest.mark.parametrize("answered", [False, True])
def test_looking_changes_nothing(
    platform: Platform,
    asked: Asking,
    method: str,
    query: str,
    answered: bool,  # noqa: FBT001 - a case
) -> None:
    """M2: mail scanners follow links: whatever they ask by GET or HEAD, nothing is answered, ended or sent."""
    if answered:
        post(platform, asked, YES)
    before = kept(platform)
    answer = platform.http.request(method, f"/consent/{asked.token}{query}")
    assert answer.is_success
    assert kept(platform) == before


def test_head_has_no_body(platform: Platform, asked: Asking) -> None:
    """A scanner that asks for the head gets that of the page."""
    answer = platform.http.head(f"/consent/{asked.token}")
    assert answer.content == b""
    assert answer.headers["content-type"].startswith("text/html")


def test_an_answer_is_given_once(platform: Platform, asked: Asking) -> None:
    """M2: the same form sent twice counts once, and the second time it is said that there was an answer."""
    post(platform, asked, YES)
    before = kept(platform)
    platform.clock.move(hours=1)
    page = read_page(post(platform, asked, YES).text)
    assert "Op deze vraag was al geantwoord" in page.text
    assert "U zei ja op 20 september 2025 om 12:00" in page.text
    assert kept(platform) == before


def test_of_two_tabs_the_second_is_told(platform: Platform, asked: Asking) -> None:
    """M2: who says no in a second tab after a yes in the first, learns that the yes counts."""
    assert seen(platform, asked).forms
    post(platform, asked, YES)
    page = read_page(post(platform, asked, {"answer-1": "no", "answer-2": "no"}).text)
    assert "Het eerste antwoord geldt" in page.text
    assert page.text.count("U zei ja") == 2
    assert statuses(platform, asked) == ["Approved", "Approved"]


def test_two_tabs_at_the_same_moment(platform: Platform) -> None:
    """M2: of a yes and a no that come together one counts, and both tabs show the same outcome."""
    for _ in range(5):
        asked = asking(platform.database, platform.hasher, NOW, eans=EANS[:1])
        with ThreadPoolExecutor(2) as threads:
            answers = list(
                threads.map(lambda said, one=asked: post(platform, one, {"answer-1": said}), ("yes", "no"))
            )
        texts = [read_page(answer.text).text for answer in answers]
        assert sorted("al geantwoord" in text for text in texts) == [False, True]
        assert len({"U zei ja" in text for text in texts}) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"answer-1": "yes"},
        {"answer-1": "yes", "answer-2": "perhaps"},
        {"answer-3": "yes"},
        {"answer-x": "no"},
    ],
)
def test_what_is_not_chosen_is_asked_for(platform: Platform, asked: Asking, fields: dict[str, str]) -> None:
    """A form that is not complete sends nothing; what was chosen stays chosen, and what lacks is named."""
    before = kept(platform)
    answer = post(platform, asked, fields)
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    page = read_page(answer.text)
    assert "Er is nog niets verstuurd" in page.text
    assert "Kies ja of nee." in page.text
    checked = {one.name: one.value for one in page.forms[0].fields if one.is_checked}
    assert checked == {name: value for name, value in fields.items() if (name, value) == ("answer-1", "yes")}
    assert kept(platform) == before


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("application/json", b'{"answer-1": "yes"}', HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        ("text/plain", b"answer-1=yes", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        ("application/x-www-form-urlencoded", b"\xff=\xff", HTTPStatus.BAD_REQUEST),
        ("application/x-www-form-urlencoded", b"a=1&" * 2000, HTTPStatus.BAD_REQUEST),
        ("application/x-www-form-urlencoded", b"x" * 70_000, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("application/x-www-form-urlencoded", b"answer-" + b"9" * 5000 + b"=yes", HTTPStatus.BAD_REQUEST),
    ],
)
def test_other_bodies_change_nothing(
    platform: Platform, asked: Asking, content_type: str, body: bytes, status: HTTPStatus
) -> None:
    """What is no form of the page is refused, and nothing is answered."""
    before = kept(platform)
    headers = {"Content-Type": content_type}
    answer = platform.http.post(f"/consent/{asked.token}", content=body, headers=headers)
    assert answer.status_code == status
    assert kept(platform) == before


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(platform: Platform, asked: Asking, method: str) -> None:
    """The page takes GET and POST, and says so."""
    answer = platform.http.request(method, f"/consent/{asked.token}")
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_links_that_open_nothing_look_alike(platform: Platform) -> None:
    """A link that is unknown, revoked or lapsed answers the same, byte for byte, by GET and by POST."""
    consents = Consents(platform.database, platform.hasher, platform.clock)
    lapsed = asking(platform.database, platform.hasher, NOW)
    platform.clock.move(days=31)
    revoked = asking(platform.database, platform.hasher, platform.clock.now)
    consents.revoke(revoked.request_id)
    tokens = ["0" * 64, "x", "%00", "é" * 9, revoked.token, lapsed.token]
    answers = [platform.http.get(f"/consent/{token}") for token in tokens]
    answers += [platform.http.post(f"/consent/{token}", data=YES) for token in tokens]
    assert {answer.status_code for answer in answers} == {HTTPStatus.NOT_FOUND}
    assert len({answer.text for answer in answers}) == 1
    told = {"x-correlation-id"}
    heads = [{name: text for name, text in one.headers.items() if name not in told} for one in answers]
    assert all(head == heads[0] for head in heads)
    page = read_page(answers[0].text)
    assert page.headings == [(1, "Deze link opent niets")]
    assert ASKER_NAME not in answers[0].text


def test_an_answer_that_comes_too_late(platform: Platform, asked: Asking) -> None:
    """M2: at the end of the month the question closes, to the second; before it an answer counts."""
    other = asking(platform.database, platform.hasher, NOW)
    platform.clock.now = (
        NOW.replace(month=10) - (NOW - NOW.replace(second=0)) if NOW.second else NOW.replace(month=10)
    )
    platform.clock.move(seconds=-1)
    assert "ontvangen" in post(platform, other, YES).text
    platform.clock.move(seconds=1)
    assert post(platform, asked, YES).status_code == HTTPStatus.NOT_FOUND
    assert statuses(platform, asked) == ["Rejected", "Rejected"]


@pytest.mark.parametrize("language", Language)
def test_the_page_speaks_the_language_of_the_grid_user(platform: Platform, language: Language) -> None:
    """The page is in the language in which its reader was written to, and can be had in the other."""
    recipient = type(GRID_USER)(GRID_USER.name, language, GRID_USER.email)
    asked = asking(platform.database, platform.hasher, NOW, recipient=recipient)
    assert seen(platform, asked).language == language
    for other in Language:
        page = seen(platform, asked, lang=other)
        assert page.language == other
        assert {"nl": "Wie vraagt dit?", "en": "Who asks this?"}[other] in page.text
        assert get(platform, asked, lang=other).headers["content-language"] == other


@pytest.mark.parametrize("lang", ["fr", "", "nl\r\nx", "<script>", "EN-us"])
def test_another_language_is_the_readers_own(platform: Platform, asked: Asking, lang: str) -> None:
    """A language that the page does not speak leaves it as it was."""
    assert seen(platform, asked, lang=lang).language == "nl"


def test_the_language_stays(platform: Platform, asked: Asking) -> None:
    """Who chose English gets English after the form too."""
    page = seen(platform, asked, lang="en")
    (form,) = page.forms
    assert (form.method, form.action) == ("post", "?lang=en")
    assert read_page(post(platform, asked, YES, lang="en").text).language == "en"


@pytest.mark.parametrize(
    ("header", "language"), [("en-GB,en;q=0.9,nl;q=0.8", "en"), ("fr, nl", "nl"), ("", "nl")]
)
def test_who_is_not_known_is_answered_in_the_browsers_language(
    platform: Platform, header: str, language: str
) -> None:
    """A link that opens nothing speaks the first language of the browser that it can."""
    answer = platform.http.get("/consent/x", headers={"Accept-Language": header})
    assert read_page(answer.text).language == language


def pages(platform: Platform, asked: Asking) -> list[httpx.Response]:
    """Every page that there is behind a link."""
    found = [get(platform, asked), post(platform, asked, {}), post(platform, asked, YES)]
    found += [get(platform, asked), get(platform, asked, end="1"), platform.http.get("/consent/x")]
    return found


def test_no_page_runs_a_script_or_loads_anything(platform: Platform, asked: Asking) -> None:
    """Every page works without scripts, and what it may do stands in its policy."""
    for answer in pages(platform, asked):
        page = read_page(answer.text)
        assert page.tags["script"] == page.tags["iframe"] == 0
        assert page.handlers == []
        assert set(page.loaded) == {"/portal.css", "data:,"}
        policy = answer.headers["content-security-policy"].split("; ")
        assert policy == [
            "default-src 'none'",
            "style-src 'self'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]


def test_no_page_is_kept_or_told_to_others(platform: Platform, asked: Asking) -> None:
    """Nothing keeps a page, and no other site learns its address, which is what opens it."""
    for answer in pages(platform, asked):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "set-cookie" not in answer.headers
        assert asked.token not in answer.text


def test_every_page_can_be_read_by_all(platform: Platform, asked: Asking) -> None:
    """One h1, headings in order, a language, a title, a label for each field, and no id twice."""
    for answer in pages(platform, asked):
        page = read_page(answer.text)
        levels = [level for level, _ in page.headings]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in pairwise(levels))
        assert page.language in set(Language)
        assert page.headings[0][1] in page.title
        assert len(page.ids) == len(set(page.ids))
        assert all(one.is_labelled for form in page.forms for one in form.fields)
        assert page.tags["main"] == 1


def test_every_choice_is_made_by_the_reader(platform: Platform, asked: Asking) -> None:
    """Consent is given by a choice: nothing is chosen beforehand."""
    (form,) = seen(platform, asked).forms
    assert [(one.name, one.value) for one in form.fields] == [
        (f"answer-{number}", value) for number in (1, 2) for value in ("yes", "no")
    ]
    assert not any(one.is_checked for one in form.fields)


def test_names_stay_text(platform: Platform, asked: Asking) -> None:
    """An organisation's name is never markup."""
    for answer in pages(platform, asked)[:-1]:
        assert "<Zoet>" not in answer.text
        assert ASKER_NAME in read_page(answer.text).text


def test_access_is_ended_by_the_same_link(platform: Platform, asked: Asking) -> None:
    """M2: later, by the same link, access to one EAN is ended after being asked once more, and both are told."""
    post(platform, asked, YES)
    platform.clock.move(days=40)
    links = seen(platform, asked).links
    (link,) = (address for text, address in links.items() if EANS[0] in text)
    page = read_page(platform.http.get(f"/consent/{asked.token}{link}").text)
    assert page.headings[0] == (1, f"De toegang van {ASKER_NAME} beëindigen?")
    (form,) = page.forms
    assert statuses(platform, asked) == ["Approved", "Approved"]
    fields = {one.name: one.value for one in form.fields}
    after = read_page(platform.http.post(f"/consent/{asked.token}{form.action}", data=fields).text)
    assert "De toegang is beëindigd. Wij laten het" in after.text
    assert statuses(platform, asked) == ["Finished", "Approved"]
    assert "De toegang is beëindigd op 30 oktober 2025 om 11:00" in seen(platform, asked).text
    before = kept(platform)
    again = read_page(post(platform, asked, fields).text)
    assert "geen toegang meer om te beëindigen" in again.text
    assert kept(platform) == before


@pytest.mark.parametrize("number", ["0", "3", "-1", "x", "1" * 5000, "\u0661"])
def test_no_other_access_can_be_ended(platform: Platform, asked: Asking, number: str) -> None:
    """What the link was not about is not ended by it."""
    post(platform, asked, YES)
    before = kept(platform)
    assert "geen toegang meer" in post(platform, asked, {"end": number}).text
    assert kept(platform) == before


def test_what_was_not_given_cannot_be_ended(platform: Platform, asked: Asking) -> None:
    """A question that is open is answered, not ended."""
    before = kept(platform)
    assert "geen toegang meer" in post(platform, asked, {"end": "1"}).text
    assert seen(platform, asked, end="1").forms[0].fields[0].name == "answer-1"
    assert kept(platform) == before


def test_who_looked_at_my_data(platform: Platform, asked: Asking) -> None:
    """A1: the grid user sees each access under what he gave, when, and to which readings; and nobody else's."""
    post(platform, asked, YES)
    assert seen(platform, asked).text.count("Nog niemand vroeg onder deze toegang") == 2
    platform.clock.move(days=2)
    period = Period(NOW, platform.clock.now)
    question = EnergyQuestion(Ean(EANS[0]), PeriodType.READ_TIME, period)
    writing = Audit(platform.database)
    writing.write(AuditEntry(platform.clock.now, ASKER, "c", question, None, asked.mandate_ids[:1], "id"))
    writing.write(AuditEntry(NOW, ASKER, "c", question, None, ("another",), "id"))
    page = seen(platform, asked)
    assert (2, "Wie keek naar uw gegevens?") in page.headings
    assert page.tags["table"] == 1
    assert page.tags["tr"] == 2
    assert "22 september 2025 om 12:00" in page.text
    assert "gemeten van 20 september 2025 tot en met 22 september 2025" in page.text


def test_the_page_is_open_to_the_world(fresh_platform: Platform) -> None:
    """C3: the portal is open: a grid user anywhere answers too, and without a subscription; the API is not."""
    asked = asking(fresh_platform.database, fresh_platform.hasher, NOW)
    watching = fresh_platform.app
    assert isinstance(watching, Watching)
    assert isinstance(watching._app, Gateway)
    working = watching._app._working
    working._entrance = replace(working._entrance, geography=_Nowhere())
    assert fresh_platform.ask_token(fresh_platform.issue()).status_code == HTTPStatus.FORBIDDEN
    assert seen(fresh_platform, asked).forms
    assert post(fresh_platform, asked, YES).status_code == HTTPStatus.OK
    assert fresh_platform.http.get("/portal.css").status_code == HTTPStatus.OK


def test_the_style_is_a_file(platform: Platform) -> None:
    """How pages look comes from here, and may be kept."""
    answer = platform.http.get("/portal.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "max-age" in answer.headers["cache-control"]
    assert ":focus-visible" in answer.text


def test_answers_stop_reminders(platform: Platform, asked: Asking) -> None:
    """Who answered everything is not reminded."""
    about = outbox_message.c.about == f"consent {asked.request_id}"
    waiting = select(func.count()).where(about, outbox_message.c.state == "waiting")
    with platform.database.reading() as connection:
        assert connection.execute(waiting).scalar() == 2
    post(platform, asked, YES)
    with platform.database.reading() as connection:
        assert connection.execute(waiting).scalar() == 0
