"""The grid user's page in a real Chromium: it looks right, fits, and its policy lets it work."""

from pathlib import Path

import pytest

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.services.secrets import Hasher
from support.chromium import page_in_chromium
from support.consents import asking
from support.running import running

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_CONTRAST = """
(() => {
  const light = colour => {
    const [r, g, b] = colour.match(/[0-9.]+/g).map(Number).map(
      part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = getComputedStyle(element).backgroundColor;
      if (!/, 0\\)$/.test(colour)) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.querySelectorAll("body *")]
    .filter(element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim()))
    .map(element => {
      const [a, b] = [getComputedStyle(element).color, behind(element)].map(light);
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.outerHTML.slice(0, 80)];
    })
    .filter(([contrast]) => contrast < 4.5);
})()
"""


def test_a_grid_user_answers_in_a_browser(tmp_path: Path) -> None:
    """M2: the page is read, filled in with keyboard or mouse and sent; it fits at twice its size, in good contrast."""
    url = f"sqlite:///{tmp_path / 'kwartier.db'}"
    database = Database(url)
    migrate(database)
    asked = asking(database, Hasher(""), system_clock())
    database.close()
    with running(tmp_path, database=url) as platform, page_in_chromium(tmp_path / "profile") as page:
        page.open(f"{platform.address}/consent/{asked.token}")
        assert (
            page.ask("getComputedStyle(document.querySelector('button')).backgroundColor")
            == "rgb(11, 107, 75)"
        )
        for width in (1280, 640, 320):  # the same window at its own size, twice and four times that
            page.resize(width, 900)
            page.wait_for(f"innerWidth === {width}")
            assert page.ask("document.documentElement.scrollWidth") <= width
        assert page.ask(_CONTRAST) == []
        page.click("button")  # nothing is chosen: the browser itself asks for it
        assert page.ask("document.querySelectorAll('input:invalid').length") == 4
        for selector in ("[name=answer-1][value=yes]", "[name=answer-2][value=no]"):
            page.ask(f"document.querySelector('{selector}').scrollIntoView({{block: 'center'}})")
            page.click(selector)
        assert page.ask("document.querySelectorAll('input:checked').length") == 2
        page.ask("document.querySelector('button').scrollIntoView({block: 'center'})")
        page.click("button")
        page.wait_for("document.querySelector('[role=status]') !== null")
        assert page.ask("document.querySelectorAll('form').length") == 0
        assert page.ask(_CONTRAST) == []
        assert page.errors == []
        page.open(f"{platform.address}/consent/{asked.token}?lang=nl&end=1")
        page.click("button")
        page.wait_for("document.querySelector('[role=status]') !== null")
        assert "beëindigd" in page.ask("document.body.innerText")
        assert page.errors == []
