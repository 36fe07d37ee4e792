"""Messages in words, in both languages."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from kwartier.domain.messages import Language, MessageKind
from kwartier.domain.period import Period
from kwartier.services.outgoing.phrases import PHRASES
from kwartier.services.outgoing.wording import Items, Link, Worded, Wording, plain
from support.domain import brussels
from support.messages import ASKED, CONTENTS, TOKEN, asked_access

ADDRESS = "https://meters.example"
WORDING = Wording(ADDRESS, "Net & Beheer")


class _Read(HTMLParser):
    """The text and the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.language = ""
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        self.tags.append(tag)
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "html":
            self.language = given["lang"] or ""

    def handle_data(self, data: str) -> None:
        """Note it."""
        self.text += data


def read(html: str) -> _Read:
    """What a page says."""
    reader = _Read()
    reader.feed(html)
    return reader


def links(worded: Worded) -> list[Link]:
    """The links of a message."""
    return [block for block in worded.blocks if isinstance(block, Link)]


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("kind", MessageKind)
def test_every_message_has_words_in_every_language(kind: MessageKind, language: Language) -> None:
    """Each kind is worded in each language, plain and as a page, which say the same."""
    worded = WORDING.worded(kind, CONTENTS[kind], language)
    page = read(WORDING.html(worded))
    assert page.language == language
    assert "Bakkerij Zoet & Zout" in page.text
    assert page.text.count(worded.subject) == 2
    said = " ".join(page.text.split())
    for line in plain(worded).splitlines():
        assert line.removeprefix("- ").rstrip(":") in said
    assert not {"img", "script", "form", "input", "link"} & set(page.tags)


def test_languages_differ() -> None:
    """A Dutch message is Dutch, an English one English."""
    dutch, english = (WORDING.worded(MessageKind.CONSENT_ASKED, ASKED, language) for language in Language)
    assert "Bakkerij Zoet & Zout vraagt toegang" in dutch.subject
    assert "Bakkerij Zoet & Zout asks for access" in english.subject
    assert "20 oktober 2025 om 12:00" in plain(dutch)
    assert "20 October 2025 at 12:00" in plain(english)


@pytest.mark.parametrize("language", Language)
def test_a_question_says_who_asks_what_and_opens_its_page(language: Language) -> None:
    """M2: who asks, which EAN, how finely, which period, until when, and one link with the token."""
    worded = WORDING.worded(MessageKind.CONSENT_ASKED, ASKED, language)
    (link,) = links(worded)
    assert link.address == f"{ADDRESS}/consent/{TOKEN}"
    (items,) = (block for block in worded.blocks if isinstance(block, Items))
    text = plain(worded)
    assert "0999.999.922" in text
    for item, one in zip(items.texts, ASKED.asked, strict=True):
        assert one.ean in item
        assert "2022" in item
    assert {"nl": "kwartier", "en": "quarter-hour"}[language] in items.texts[0]
    assert TOKEN not in repr(worded)


def test_only_questions_have_a_link() -> None:
    """What needs no answer of a grid user opens nothing."""
    others = set(MessageKind) - {MessageKind.CONSENT_ASKED, MessageKind.CONSENT_REMINDER}
    assert len(others) == 4
    for kind in others:
        assert links(WORDING.worded(kind, CONTENTS[kind], Language.DUTCH)) == []


def test_a_reminder_says_that_it_is_one() -> None:
    """A reminder is the question again, with a word about it."""
    reminder = WORDING.worded(MessageKind.CONSENT_REMINDER, ASKED, Language.ENGLISH)
    assert reminder.subject.startswith("Reminder: ")
    assert links(reminder)


def test_a_renewal_says_that_access_runs_out() -> None:
    """M3: a renewal refused or unanswered leaves the old term as it was, and the message says so."""
    renewal = WORDING.worded(MessageKind.CONSENT_ASKED, replace(ASKED, renewal=True), Language.ENGLISH)
    assert "runs out" in plain(renewal)
    assert "sees nothing" not in plain(renewal)


def test_an_approved_contract_tells_to_renew_now() -> None:
    """I5, I6: the message about an approved contract says that the credentials must now be renewed."""
    kind = MessageKind.CONTRACT_APPROVED
    assert "vernieuw nu" in WORDING.worded(kind, CONTENTS[kind], Language.DUTCH).subject
    assert "renew your API credentials now" in WORDING.worded(kind, CONTENTS[kind], Language.ENGLISH).subject


@pytest.mark.parametrize(
    "name",
    [
        "Evil\n\n> Click here\n\n- x",
        "> https://evil.example",
        "- a",
        "<b>Evil</b><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}{% raw %}",
        "Subject\r\nBcc: all@example.org",
    ],
)
@pytest.mark.parametrize("language", Language)
def test_a_name_is_a_name(name: str, language: Language) -> None:
    """Whatever an organisation calls itself stays text: no paragraph, link, markup or header of its own."""
    honest = WORDING.worded(MessageKind.CONSENT_ASKED, ASKED, language)
    worded = WORDING.worded(MessageKind.CONSENT_ASKED, replace(ASKED, asker=name), language)
    assert [type(block) for block in worded.blocks] == [type(block) for block in honest.blocks]
    assert [link.address for link in links(worded)] == [f"{ADDRESS}/consent/{TOKEN}"]
    assert worded.subject.splitlines() == [worded.subject]
    page = read(WORDING.html(worded))
    assert " ".join(name.split()) in page.text
    assert page.tags == read(WORDING.html(honest)).tags


def test_every_line_of_a_text_begins_with_words_of_ours() -> None:
    """No line of a text begins with what is put in, but after the sign of a list."""
    from importlib.resources import files  # noqa: PLC0415 - for this test alone

    texts = [
        text
        for language in Language
        for text in (files("kwartier.services.outgoing") / "texts" / language).iterdir()
    ]
    assert len(texts) == 2 * 5
    for text in texts:
        subject, *lines = text.read_text(encoding="utf-8").splitlines()
        assert subject
        for line in lines:
            assert not re.match(r"(\{%[^%]*%\})*\{\{", line), line


def test_a_period_is_told_in_days_of_brussels() -> None:
    """A period's end is exclusive; people read its last day."""
    one = asked_access()
    closed = replace(
        one, data_period=replace(one.data_period, end=replace(ASKED).answer_before.replace(hour=22))
    )
    worded = WORDING.worded(MessageKind.CONSENT_ASKED, replace(ASKED, asked=(closed,)), Language.DUTCH)
    assert "van 20 september 2022 tot en met 20 oktober 2025" in plain(worded)


@pytest.mark.parametrize(
    ("language", "told"), [(Language.DUTCH, "op 2 juni 2026"), (Language.ENGLISH, "on 2 June 2026")]
)
def test_a_single_day_is_told_once(language: Language, told: str) -> None:
    """A1: whoever looked at one day did not look from that day to itself."""
    day = Period(brussels("2026-06-02T00:00"), brussels("2026-06-03T00:00"))
    assert PHRASES[language].period(day) == told
