"""`kwartier outbox`, `kwartier work`, and the sender beside `kwartier serve`."""

import json
import re
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.migrate import migrate
from kwartier.domain.messages import Language, Recipient
from kwartier.services.secrets import Hasher
from support.consents import EANS, GRID_USER, Asking, asking
from support.mail import PASSWORD, mail_server
from support.running import Running, command, running
from support.serving import until

pytestmark = pytest.mark.slow  # many commands, each a process of its own

LETTER = Recipient("Zoë Peeters", Language.ENGLISH, None, ("Street 1", "1000 Brussels"))
FROM = "Net <no-reply@meters.example>"


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The address of a registry."""
    address = f"sqlite:///{tmp_path / 'kwartier.db'}"
    with closing(Database(address)) as database:
        migrate(database)
    return address


def ask(url: str, recipient: Recipient = GRID_USER) -> Asking:
    """Ask a question."""
    with closing(Database(url)) as database:
        return asking(database, Hasher(""), system_clock(), eans=EANS[:1], recipient=recipient)


def listed(platform: Running, *words: str) -> list[dict[str, str]]:
    """What is listed."""
    found: list[dict[str, str]] = json.loads(platform.command("outbox", "list", "--json", *words))
    return found


def test_in_development_a_message_is_read_by_command(tmp_path: Path, url: str) -> None:
    """Beside `serve` a question goes out by itself; its text, with the link, is shown by the command."""
    with running(tmp_path, database=url) as platform:
        asked = ask(url)
        until(lambda: len(listed(platform, "--state", "sent")) == 1)
        (sent,) = listed(platform, "--state", "sent")
        (waiting,) = listed(platform)
        assert (sent["kind"], waiting["kind"]) == ("consent-asked", "consent-reminder")
        shown = platform.command("outbox", "show", sent["message_id"], "--text")
        link = f"{platform.address}/consent/{asked.token}"
        assert link in shown
        assert "zoe@example.org" in shown
        assert httpx.get(link, timeout=60).status_code == 200
        assert "never sent" in platform.command("outbox", "discard", waiting["message_id"])
        assert platform.command("outbox", "list") == "No messages.\n"


def test_mail_and_letters_go_out_beside_the_platform(tmp_path: Path, url: str) -> None:
    """With a mail server and a folder for letters, `serve` brings a question to who has an address, and to who has none."""
    folder = tmp_path / "letters"
    with mail_server() as server:
        settings = {"SMTP_URL": server.url, "SMTP_FROM": FROM, "LETTERS_FOLDER": str(folder)}
        with running(tmp_path, database=url, settings=settings) as platform:
            asked = ask(url)
            ask(url, recipient=LETTER)
            server.wait_for(1)
            until(lambda: len(list(folder.glob("*.json"))) == 1)
            body = server.taken[0].get_body(("plain",))
            assert body is not None
            assert f"{platform.address}/consent/{asked.token}" in body.get_content()
            assert httpx.get(f"{platform.address}/outbox", timeout=60).status_code == 404
    assert len(list(folder.glob("*.pdf"))) == 1


def test_what_goes_out_is_not_shown(url: str) -> None:
    """Where messages go out, no command shows the link of one; nor does any name an address in a list."""
    asked = ask(url)
    settings = {"SMTP_URL": "smtp://127.0.0.1:1", "SMTP_FROM": FROM}
    plain = command("outbox", "list", "--database", url, settings=settings)
    (one, _) = json.loads(command("outbox", "list", "--json", "--database", url, settings=settings).stdout)
    shown = command("outbox", "show", one["message_id"], "--database", url, settings=settings)
    refused = command("outbox", "show", one["message_id"], "--text", "--database", url, settings=settings)
    assert refused.returncode == 2
    assert "shown only where messages go nowhere" in refused.stderr
    assert "zoe@example.org" in shown.stdout
    assert "zoe@example.org" not in plain.stdout
    for said in (plain, shown, refused):
        assert asked.token not in said.stdout + said.stderr


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SMTP_URL": f"smtp://me:{PASSWORD[:4]}@mail.example"}, "smtp_from"),
        ({"SMTP_URL": f"http://me:{PASSWORD[:4]}@mail.example"}, "smtps://USER:PASSWORD@HOST:PORT"),
        ({"SMTP_FROM": "nobody"}, "NAME <ADDRESS>"),
        ({"OPERATOR_NAME": "Net\nBcc: x"}, "operator_name"),
    ],
)
def test_settings_that_do_not_fit(url: str, settings: dict[str, str], says: str) -> None:
    """What is wrong with a setting is said in one line, without a password in it, before anything is sent."""
    done = command("work", "--once", "--database", url, settings=settings)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert PASSWORD[:4] not in done.stderr


@pytest.mark.parametrize("words", [("show", "x"), ("retry", "x"), ("discard", "x")])
def test_a_message_that_is_not_there(url: str, words: tuple[str, ...]) -> None:
    """An id of no message is said to be none."""
    done = command("outbox", *words, "--database", url)
    assert done.returncode == 1
    assert done.stderr == "kwartier: there is no message x; `kwartier outbox list` shows those there are\n"


def test_what_is_sent_again_waits(url: str) -> None:
    """Only what failed or is doubtful is sent again; what waits already is said to."""
    ask(url)
    (one, _) = json.loads(command("outbox", "list", "--json", "--database", url).stdout)
    done = command("outbox", "retry", one["message_id"], "--database", url)
    assert done.returncode == 1
    assert re.search(r"is waiting: only what failed or is doubtful", done.stderr)


def test_one_round(url: str) -> None:
    """`work --once` says what came of it, for people and for programs."""
    ask(url)
    done = command("work", "--once", "--database", url)
    assert done.stdout == "1 sent, 0 postponed, 0 failed, 0 doubtful, 0 dropped\n"
    again = command("work", "--once", "--json", "--database", url)
    assert json.loads(again.stdout)["sent"] == 0
