"""The sender: what is due goes out once, whatever fails."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

import pytest

from kwartier.db.engine import Database
from kwartier.domain.messages import (
    MAX_ATTEMPTS,
    Language,
    Message,
    MessageKind,
    MessageState,
    Recipient,
    Way,
)
from kwartier.registry import outbox as registry
from kwartier.registry import outbox_desk
from kwartier.services.errors import UnknownMessageError
from kwartier.services.outbox import KEPT_DAYS, LEASE, Sender, Sent
from kwartier.services.outbox_desk import OPEN, OutboxDesk
from kwartier.services.outbox_loop import sending_beside
from kwartier.services.outgoing.channel import BeforeHandingOver, Channel, Parcel
from kwartier.services.outgoing.development import DevelopmentChannel
from kwartier.services.outgoing.errors import DoubtError, LaterError, NeverError
from kwartier.services.outgoing.smtp import SmtpChannel, SmtpServer
from kwartier.services.outgoing.wording import Wording
from support.mail import mail_server, no_mail_server
from support.messages import NOW, TOKEN, message
from support.platform import FakeClock

WORDING = Wording("https://meters.example", "Net & Beheer")
LETTER = Recipient("An", Language.ENGLISH, None, ("Street 1", "1000 Brussels"))


@dataclass
class FakeChannel:
    """Takes messages, or does what a test says before or after it took one."""

    taken: list[str] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    after: Callable[[], None] = lambda: None
    keeps_content: bool = False

    def deliver(self, parcel: Parcel, before: BeforeHandingOver) -> None:
        """Take one."""
        self.before()
        before()
        self.taken.append(parcel.message_id)
        self.after()


class Box:
    """An outbox with a sender, and a clock that is set."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.channel = FakeChannel()
        self.clock = FakeClock()

    def sender(self, channel: Channel | None = None, *ways: Way) -> Sender:
        """A sender for some ways, by default all."""
        taken: Channel = self.channel if channel is None else channel
        return Sender(self.database, dict.fromkeys(ways or tuple(Way), taken), WORDING, self.clock)

    def put(self, *messages: Message) -> list[str]:
        """Put messages; their ids."""
        with self.database.writing() as connection:
            put = [registry.put(connection, one, self.clock.now) for one in messages]
        return [one for one in put if one is not None]

    def kept(self, message_id: str) -> outbox_desk.KeptMessage:
        """How a message stands."""
        with self.database.reading() as connection:
            found = outbox_desk.find(connection, message_id)
        assert found is not None
        return found


@pytest.fixture
def box(database: Database) -> Box:
    """An outbox, on one engine after the other."""
    return Box(database)


def fail(error: type[BaseException], text: str = "no") -> Callable[[], None]:
    """Something that fails so."""

    def failing() -> None:
        raise error(text)

    return failing


def test_what_is_due_is_sent_once(box: Box) -> None:
    """A message that is due is taken by its channel once, however often the sender looks."""
    ids = box.put(message("a"), message("b"), message("c", recipient=LETTER))
    assert box.sender().send_due() == Sent(sent=3)
    assert box.sender().send_due() == Sent()
    assert sorted(box.channel.taken) == sorted(ids)


def test_a_reminder_put_in_advance_goes_at_its_moment(box: Box) -> None:
    """What is due later waits until then."""
    box.put(message("r", MessageKind.CONSENT_REMINDER, due_at=NOW + timedelta(days=24)))
    assert not box.sender().send_due().any
    box.clock.now += timedelta(days=24)
    assert box.sender().send_due().sent == 1


def test_what_has_no_channel_waits(box: Box) -> None:
    """A letter waits for somebody who makes letters, and mail is not held up by it."""
    letter, mail = box.put(message("a", recipient=LETTER), message("b"))
    assert box.sender(None, Way.MAIL).send_due().sent == 1
    assert box.channel.taken == [mail]
    assert box.kept(letter).attempts == 0
    assert box.sender(None, Way.LETTER).send_due().sent == 1


def test_more_than_are_claimed_at_once(box: Box) -> None:
    """All that is due goes in one round, however much it is."""
    box.put(*(message(f"m{number}") for number in range(37)))
    assert box.sender().send_due().sent == 37
    assert len(set(box.channel.taken)) == 37


def test_senders_share_the_work(box: Box) -> None:
    """Any number of senders at once send each message once."""
    ids = box.put(*(message(f"m{number}") for number in range(60)))
    databases = [Database(box.database.url) for _ in range(4)]
    senders = [Sender(one, dict.fromkeys(Way, box.channel), WORDING, box.clock) for one in databases]
    with ThreadPoolExecutor(4) as threads:
        came = list(threads.map(lambda sender: sender.send_due(), senders))
    for one in databases:
        one.close()
    assert sum(one.sent for one in came) == 60
    assert sorted(box.channel.taken) == sorted(ids)


def test_what_fails_for_now_is_tried_ever_later_and_given_up(box: Box) -> None:
    """A message that is never taken is tried at growing intervals, then given up with the last reason."""
    (one,) = box.put(message())
    box.channel.before = fail(LaterError, "no route")
    moments = []
    for _ in range(MAX_ATTEMPTS):
        moments.append(box.clock.now)
        came = box.sender().send_due()
        assert came.postponed + came.failed == 1
        box.clock.now = max(box.kept(one).due_at, box.clock.now)
    found = box.kept(one)
    assert (found.state, found.reason, found.attempts) == (MessageState.FAILED, "no route", MAX_ATTEMPTS)
    assert moments[-1] - moments[0] > timedelta(days=2)
    box.clock.now += timedelta(days=9)
    assert not box.sender().send_due().any


def test_what_is_refused_for_good_is_given_up_at_once(box: Box) -> None:
    """An address that does not exist is not tried again."""
    (one,) = box.put(message())
    box.channel.before = fail(NeverError, "550 no such user")
    assert box.sender().send_due() == Sent(failed=1)
    assert box.kept(one).reason == "550 no such user"


@pytest.mark.parametrize("error", [LaterError, NeverError])
def test_a_refusal_after_the_message_is_no_doubt(box: Box, error: type[Exception]) -> None:
    """A server that read a message and said no did not take it: it may be sent again."""
    (one,) = box.put(message())
    box.channel.after = fail(error)
    box.sender().send_due()
    assert box.kept(one).state is (MessageState.WAITING if error is LaterError else MessageState.FAILED)


@pytest.mark.parametrize("error", [DoubtError, ZeroDivisionError])
def test_what_may_have_arrived_is_never_sent_again(box: Box, error: type[Exception]) -> None:
    """Who handed a message over and does not know whether it was taken, tells the operator, and leaves it."""
    (one,) = box.put(message())
    box.channel.after = fail(error)
    assert box.sender().send_due() == Sent(doubtful=1)
    assert box.kept(one).state is MessageState.DOUBTFUL
    box.clock.now += timedelta(days=9)
    assert not box.sender().send_due().any
    assert len(box.channel.taken) == 1


def test_a_mistake_before_handing_over_is_no_doubt(box: Box) -> None:
    """What failed before it was handed over is tried again, whatever it was, and others go on."""
    first, second = box.put(message("a", due_at=NOW - LEASE), message("b"))
    box.channel.before = fail(ZeroDivisionError)
    assert box.sender().send_due() == Sent(postponed=2)
    assert {box.kept(one).state for one in (first, second)} == {MessageState.WAITING}


def test_what_was_answered_meanwhile_is_not_sent(box: Box) -> None:
    """An answer that comes while a reminder is in hand stops it at the last moment."""
    (one,) = box.put(message("c1/r"))

    def answer() -> None:
        with box.database.writing() as connection:
            assert registry.drop(connection, "c1", NOW) == 1

    box.channel.before = answer
    assert not box.sender().send_due().any
    assert box.channel.taken == []
    assert box.kept(one).state is MessageState.DROPPED


def test_who_took_too_long_finds_it_in_other_hands(box: Box) -> None:
    """A sender that was stopped before handing over, for longer than its lease, does not send what another sent."""
    box.put(message())
    other = FakeChannel()

    def be_paused() -> None:
        box.clock.now += LEASE
        assert box.sender(other).send_due().sent == 1

    box.channel.before = be_paused
    assert not box.sender().send_due().any
    assert (len(box.channel.taken), len(other.taken)) == (0, 1)


def test_a_process_that_died_with_a_message_leaves_a_doubt(box: Box) -> None:
    """What a process handed over and did not live to note is told to the operator once its lease has ended."""
    (one,) = box.put(message())
    box.channel.after = fail(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        box.sender().send_due()
    assert box.kept(one).state is MessageState.SENDING
    box.clock.now += LEASE - timedelta(seconds=1)
    assert not box.sender(FakeChannel()).send_due().any
    box.clock.now += timedelta(seconds=1)
    assert box.sender(FakeChannel()).send_due() == Sent(doubtful=1)
    assert "ended before it could tell" in (box.kept(one).reason or "")


def test_a_process_that_died_before_handing_over_leaves_none(box: Box) -> None:
    """What was only in hand goes out when the lease has ended."""
    box.put(message())
    box.channel.before = fail(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        box.sender().send_due()
    box.clock.now += LEASE
    assert box.sender(FakeChannel()).send_due() == Sent(sent=1)


def test_what_is_useless_is_dropped(box: Box) -> None:
    """A question whose month is over is not asked any more, however long mail was down."""
    (one,) = box.put(message(useless_from=NOW + timedelta(days=30)))
    box.channel.before = fail(LaterError)
    box.sender().send_due()
    box.clock.now += timedelta(days=30)
    assert box.sender().send_due() == Sent(dropped=1)
    assert box.kept(one).content is None


def test_names_and_links_are_forgotten(box: Box, caplog: pytest.LogCaptureFixture) -> None:
    """A2: the link is wiped when it was sent, name and address after a while, and the log never has any of them."""
    (one,) = box.put(message())
    with caplog.at_level("DEBUG"):
        box.sender().send_due()
        found = box.kept(one)
        assert found.content is None
        assert found.recipient is not None
        box.clock.now += timedelta(days=KEPT_DAYS)
        box.sender().send_due()
        assert box.kept(one).recipient is None
        box.put(message("other"))
        box.channel.before = fail(LaterError, "451 <zoe@example.org> is busy")
        box.sender().send_due()
    assert caplog.records
    said = " ".join(f"{record.getMessage()} {record.__dict__}" for record in caplog.records)
    assert "outbox_postponed" in said
    for secret in (TOKEN, "zoe@example.org", "Zoë"):
        assert secret not in said


def test_in_development_messages_stay_readable(box: Box) -> None:
    """Where a message goes nowhere, it is read where it is kept, link and all."""
    (one,) = box.put(message())
    assert box.sender(DevelopmentChannel()).send_due().sent == 1
    desk = OutboxDesk(box.database, WORDING)
    worded = desk.worded(desk.find(one))
    assert worded is not None
    assert TOKEN in str([vars_of(block) for block in worded.blocks])


def vars_of(block: object) -> dict[str, object]:
    """The fields of a block, also what its text does not show."""
    return {name: getattr(block, name) for name in getattr(type(block), "__slots__", ())}


def test_the_operator_lists_retries_and_discards(box: Box) -> None:
    """What failed is listed with its state, sent again when the operator says so, or never."""
    box.channel.before = fail(NeverError)
    first, second = box.put(message("a"), message("b"))
    box.sender().send_due()
    desk = OutboxDesk(box.database, WORDING)
    assert {one.message_id for one in desk.listed(OPEN, 10)} == {first, second}
    desk.retry(first, box.clock.now)
    desk.discard(second, box.clock.now)
    box.channel.before = lambda: None
    assert box.sender().send_due() == Sent(sent=1)
    assert desk.listed(OPEN, 10) == []
    for change in (desk.retry, desk.discard):
        for one in (first, second):
            with pytest.raises(UnknownMessageError, match=r"is (sent|dropped): only what"):
                change(one, NOW)
        with pytest.raises(UnknownMessageError, match="there is no message"):
            change("x", NOW)


def test_mail_server_down_then_up(box: Box) -> None:
    """While the mail server is down messages wait; when it is up they arrive, once each."""
    with no_mail_server() as gone:
        port = gone.getsockname()[1]
        channel = SmtpChannel(SmtpServer.parse(f"smtp://127.0.0.1:{port}"), "a@meters.example", WORDING)
        box.put(message("a"), message("b"))
        assert box.sender(channel).send_due() == Sent(postponed=2)
        with mail_server(on=gone) as server:
            assert not box.sender(channel).send_due().any
            box.clock.now += timedelta(minutes=1)
            assert box.sender(channel).send_due() == Sent(sent=2)
            assert len(set(server.ids)) == len(server.ids) == 2


def test_beside_a_platform_that_serves(box: Box) -> None:
    """The thread beside the platform sends what comes, survives what fails, and ends with it."""
    arrived = Event()
    box.channel.after = arrived.set
    unlucky = FakeChannel(before=fail(MemoryError))
    ways: dict[Way, Channel] = {Way.MAIL: box.channel, Way.LETTER: unlucky}
    box.put(message("a", recipient=replace(LETTER), due_at=NOW - LEASE))
    with sending_beside(Sender(box.database, ways, WORDING, box.clock)):
        box.put(message("b"))
        assert arrived.wait(60)
    assert len(box.channel.taken) == 1
