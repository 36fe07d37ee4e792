"""Senders as processes: several at once, killed in the middle, and a mail server that comes and goes."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from kwartier.clock import system_clock
from kwartier.db.engine import Database
from kwartier.db.schema import outbox_message
from kwartier.domain.messages import MessageState
from kwartier.registry import outbox, outbox_desk
from kwartier.services.outbox import LEASE
from support.engines import Template
from support.mail import MailServer, mail_server, no_mail_server
from support.messages import message
from support.running import _environment, command
from support.serving import until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

_KILLS = int(os.environ.get("KWARTIER_TEST_KILLS", "5"))


@pytest.fixture
def database(any_template: Template) -> Iterator[Database]:
    """A database on one engine after the other."""
    with any_template() as url, closing(Database(url)) as database:
        yield database


def put(database: Database, number: int) -> None:
    """Put so many messages that are due."""
    now = system_clock()
    with database.writing() as connection:
        for one in range(number):
            assert outbox.put(connection, message(f"m{one}", due_at=now), now)


def states(database: Database) -> Mapping[MessageState, int]:
    """How many messages stand where."""
    with database.reading() as connection:
        return {state: number for state, number in outbox_desk.counts(connection).items() if number}


def end_leases(database: Database) -> None:
    """Let the time go by after which others look at what a sender had in hand."""
    past = system_clock() - timedelta(seconds=1)
    with database.writing() as connection:
        connection.execute(
            update(outbox_message)
            .where(outbox_message.c.claimed_until.is_not(None))
            .values(claimed_until=past)
        )


def settings(server: MailServer) -> dict[str, str]:
    """Where mail goes."""
    return {"SMTP_URL": server.url, "SMTP_FROM": "Net <a@meters.example>", "LOG_LEVEL": "critical"}


@contextmanager
def sender(database: Database, server: MailServer) -> Iterator["subprocess.Popen[bytes]"]:
    """A sender as a process, told to stop at the end."""
    words = [sys.executable, "-m", "kwartier", "work", "--database", database.url]
    with subprocess.Popen(words, env=_environment(settings(server))) as process:
        try:
            yield process
        finally:
            process.terminate()


def wait_until_it_hears(process: "subprocess.Popen[bytes]") -> None:
    """Wait until a sender would end well when told to: before that the signal itself ends it."""
    status = Path(f"/proc/{process.pid}/status")
    until(
        lambda: (
            int(status.read_text().partition("SigCgt:")[2].split()[0], 16) >> (signal.SIGTERM - 1) & 1 == 1
        )
    )


def send_once(database: Database, server: MailServer) -> dict[str, int]:
    """One round of a process; what it says came of it."""
    done = command("work", "--once", "--json", "--database", database.url, settings=settings(server))
    assert done.returncode == 0, done.stderr
    came: dict[str, int] = json.loads(done.stdout)
    return came


def test_processes_at_once_send_each_message_once(database: Database) -> None:
    """Four processes that send from one outbox send each message exactly once, and stop when told."""
    with mail_server() as server:
        with (
            sender(database, server) as one,
            sender(database, server) as two,
            sender(database, server) as three,
            sender(database, server) as four,
        ):
            for process in (one, two, three, four):
                wait_until_it_hears(process)
            put(database, 40)
            server.wait_for(40)
        assert [process.returncode for process in (one, two, three, four)] == [0, 0, 0, 0]
        assert len(set(server.ids)) == len(server.ids) == 40
    assert states(database) == {MessageState.SENT: 40}


@pytest.mark.parametrize("last", [1, 6, 11])
def test_a_sender_killed_with_a_message_in_its_hands(database: Database, last: int) -> None:
    """What the server took the moment the sender died is doubtful, and is not sent again; all else is sent once."""
    put(database, 12)
    with mail_server() as server:
        with sender(database, server) as process:

            def take() -> str:
                if len(server.taken) + 1 == last:
                    os.kill(process.pid, signal.SIGKILL)
                    process.wait()
                return "250 OK"

            server.says_to_message = take
            process.wait(60)
        server.says_to_message = "250 OK"
        end_leases(database)
        came = send_once(database, server)
        assert (came["doubtful"], came["sent"]) == (1, 12 - last)
        assert len(set(server.ids)) == len(server.ids) == 12
    assert states(database) == {MessageState.SENT: 11, MessageState.DOUBTFUL: 1}
    listed = json.loads(command("outbox", "list", "--json", "--database", database.url).stdout)
    assert [one["state"] for one in listed] == ["doubtful"]
    assert command("outbox", "discard", listed[0]["message_id"], "--database", database.url).returncode == 0


def test_a_sender_killed_at_any_moment(database: Database) -> None:
    """However often senders are killed, no message arrives twice, and none that did not arrive counts as sent."""
    chance = random.Random(20250920)  # noqa: S311 - a test's
    number = 40 * _KILLS  # more than are sent before the last kill, though each may come late
    put(database, number)
    with mail_server() as server:
        for _ in range(_KILLS):
            with sender(database, server) as process:
                goal = len(server.taken) + 1 + chance.randrange(12)
                server.wait_for(goal)
                process.kill()
            end_leases(database)
        send_once(database, server)
        assert len(set(server.ids)) == len(server.ids)
        stand = states(database)
        assert stand.keys() <= {MessageState.SENT, MessageState.DOUBTFUL}
        assert sum(stand.values()) == number
        assert stand[MessageState.SENT] <= len(server.ids) <= number
        assert stand.get(MessageState.DOUBTFUL, 0) <= _KILLS


def test_a_mail_server_that_comes_and_goes(database: Database) -> None:
    """Commands say what waits while the mail server is down, and it goes out once when it is up."""
    put(database, 3)
    with no_mail_server() as taken:
        gone = MailServer(*taken.getsockname())
        assert [send_once(database, gone)["postponed"] for _ in range(2)] == [3, 0]
        (one, *_) = json.loads(command("outbox", "list", "--json", "--database", database.url).stdout)
        shown = command("outbox", "show", one["message_id"], "--json", "--database", database.url)
        assert "mail server 127.0.0.1" in json.loads(shown.stdout)["reason"]
        with database.writing() as connection:
            connection.execute(update(outbox_message).values(due_at=system_clock() - LEASE))
        with mail_server(on=taken) as server:
            assert server.port == gone.port
            assert send_once(database, server)["sent"] == 3
            assert send_once(database, server)["sent"] == 0
            assert len(set(server.ids)) == len(server.ids) == 3
