"""Pages read as a browser without scripts reads them: headings, text, forms, links."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

__all__ = ["Field", "Form", "WebPage", "read_page"]

_VOID = {"meta", "link", "br", "input", "img", "hr"}


@dataclass
class Field:
    """A field of a form."""

    name: str
    kind: str
    value: str
    is_checked: bool
    is_labelled: bool


@dataclass
class Form:
    """A form."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


@dataclass
class WebPage:
    """What a page has.

    Attributes:
        headings: the level and the text of each, in order.
        links: the addresses, by text.
    """

    language: str = ""
    title: str = ""
    text: str = ""
    headings: list[tuple[int, str]] = field(default_factory=list)
    links: dict[str, str] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    tags: Counter[str] = field(default_factory=Counter)
    ids: list[str] = field(default_factory=list)
    handlers: list[str] = field(default_factory=list)
    loaded: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = WebPage()
        self.open: list[str] = []
        self._texts: list[tuple[str, dict[str, str], list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        given = {name: value or "" for name, value in attrs}
        page = self.page
        page.tags[tag] += 1
        page.handlers += [name for name in given if name.startswith("on") or name == "style"]
        page.loaded += [given[name] for name in ("src", "data") if name in given]
        if tag == "link":
            page.loaded.append(given["href"])
        if "id" in given:
            page.ids.append(given["id"])
        if tag == "html":
            page.language = given.get("lang", "")
        if tag == "form":
            page.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        if tag == "input":
            one = Field(
                given["name"],
                given.get("type", "text"),
                given.get("value", ""),
                "checked" in given,
                "label" in self.open or given.get("type") == "hidden",
            )
            page.forms[-1].fields.append(one)
        if tag not in _VOID:
            self.open.append(tag)
            self._texts.append((tag, given, []))

    def handle_data(self, data: str) -> None:
        """Note a text."""
        if "title" not in self.open:
            self.page.text += data
        for _, _, texts in self._texts:
            texts.append(data)

    def handle_endtag(self, tag: str) -> None:
        """An element ends: what was opened last."""
        assert self.open[-1:] == [tag], f"</{tag}> closes {self.open}"
        self.open.pop()
        _, given, texts = self._texts.pop()
        said = " ".join("".join(texts).split())
        if tag == "title":
            self.page.title = said
        if tag in {"h1", "h2", "h3"}:
            self.page.headings.append((int(tag[1]), said))
        if tag == "a":
            self.page.links[said] = given["href"]


def read_page(html: str) -> WebPage:
    """What a page has; an element that is not closed is a mistake."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    reader.page.text = " ".join(reader.page.text.split())
    return reader.page
