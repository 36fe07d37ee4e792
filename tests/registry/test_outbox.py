"""The outbox as rows: what is put once, is in one hand at a time, and is sent once."""

import threading
from datetime import datetime, timedelta

import pytest

from kwartier.db.engine import Database
from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import (
    MAX_ATTEMPTS,
    ConsentAsked,
    Language,
    Message,
    MessageKind,
    MessageState,
    Recipient,
    Way,
    next_attempt_after,
)
from kwartier.registry import outbox, outbox_desk
from kwartier.registry.outbox_content import read_content, read_recipient, write_content, write_recipient
from support.messages import CONTENTS, NOW, TOKEN, message

LEASE = timedelta(minutes=2)
SECOND = timedelta(seconds=1)


def put(database: Database, *messages: Message) -> list[str | None]:
    """Put messages; their ids."""
    with database.writing() as connection:
        return [outbox.put(connection, one, NOW) for one in messages]


def claim(
    database: Database, worker: str = "a", moment: datetime = NOW, limit: int = 10
) -> list[outbox.Claimed]:
    """Claim what is due."""
    with database.writing("outbox") as connection:
        return outbox.claim(connection, worker, moment, LEASE, tuple(Way), limit)


def state(database: Database, message_id: str | None) -> outbox_desk.KeptMessage:
    """How a message stands."""
    assert message_id is not None
    with database.reading() as connection:
        found = outbox_desk.find(connection, message_id)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", MessageKind)
def test_what_a_message_tells_is_read_as_it_was_written(kind: MessageKind) -> None:
    """Every kind of content comes back from its row as it was."""
    assert read_content(kind, write_content(CONTENTS[kind])) == CONTENTS[kind]


def test_a_recipient_is_read_as_he_was_written() -> None:
    """An address with accents and several lines comes back as it was."""
    recipient = Recipient("Anaïs Żak", Language.ENGLISH, None, ("Rue de l'Été 5", "1000 Brussel"))
    assert read_recipient(write_recipient(recipient)) == recipient


@pytest.mark.parametrize(
    "given",
    [
        {"name": "An"},
        {"name": "An\r\nBcc: all@example.org", "email": "an@example.org"},
        {"name": "An", "email": "an@example.org\nx"},
        {"name": "An", "address": ("Street 1\n", "Town")},
    ],
)
def test_who_cannot_be_written_to_is_refused(given: dict[str, object]) -> None:
    """Nobody is written to without an address, and no line break gets into a header."""
    with pytest.raises(InvalidValueError):
        Recipient(language=Language.DUTCH, **given)  # type: ignore[arg-type]


def test_a_message_tells_what_its_kind_says() -> None:
    """A message of one kind with the content of another is a mistake."""
    with pytest.raises(InvalidValueError, match="ConsentAsked"):
        Message(
            MessageKind.CONSENT_ASKED,
            "k",
            "k",
            Recipient("An", Language.DUTCH, "an@example.org"),
            CONTENTS[MessageKind.ACCESS_ENDED],
            NOW,
        )


def test_the_same_message_is_put_once(database: Database) -> None:
    """Of one key there is one message, also after it was sent."""
    first, second = put(database, message(), message())
    assert first is not None
    assert second is None
    (claimed,) = claim(database)
    with database.writing() as connection:
        assert outbox.hand_over(connection, claimed, NOW, LEASE)
        assert outbox.done(connection, claimed, NOW)
    assert put(database, message()) == [None]
    assert claim(database, moment=NOW + timedelta(days=1)) == []


def test_transactions_that_put_the_same_message_at_once_all_succeed(database: Database) -> None:
    """The fact that a message tells is kept, whoever put that message first."""
    barrier = threading.Barrier(4)
    others = [Database(database.url) for _ in range(4)]
    made: list[str | None] = []

    def run(one: Database) -> None:
        barrier.wait()
        made.extend(put(one, message()))

    threads = [threading.Thread(target=run, args=(one,)) for one in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in others:
        one.close()
    assert len(made) == 4
    assert len([one for one in made if one is not None]) == 1


def test_a_message_is_not_there_when_its_transaction_failed(database: Database) -> None:
    """A message goes only with the fact that it tells."""

    def fails() -> None:
        with database.writing() as connection:
            outbox.put(connection, message(), NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert claim(database) == []


def test_what_is_not_due_waits(database: Database) -> None:
    """A reminder put in advance is claimed at its moment, and not before."""
    put(database, message(due_at=NOW + SECOND))
    assert claim(database) == []
    assert len(claim(database, moment=NOW + SECOND)) == 1


def test_the_longest_due_come_first(database: Database) -> None:
    """Messages are claimed in the order in which they were due, so many at a time."""
    put(
        database,
        message("b", due_at=NOW),
        message("a", due_at=NOW - SECOND),
        message("c", due_at=NOW + SECOND),
    )
    order = [
        state(database, claim(database, moment=NOW + SECOND, limit=1)[0].message_id).about for _ in range(3)
    ]
    assert order == ["a", "b", "c"]


def test_what_one_has_in_hand_another_gets_after_the_lease(database: Database) -> None:
    """A claimed message is nobody else's until the lease has ended, to the microsecond."""
    put(database, message())
    assert len(claim(database, "a")) == 1
    assert claim(database, "b", NOW + LEASE - timedelta(microseconds=1)) == []
    assert len(claim(database, "b", NOW + LEASE)) == 1


def test_who_lost_a_message_does_not_hand_it_over(database: Database) -> None:
    """Who was paused longer than his lease finds that another has it, whatever the clocks say."""
    put(database, message())
    (mine,) = claim(database, "a")
    (theirs,) = claim(database, "b", NOW + LEASE)
    with database.writing() as connection:
        assert not outbox.hand_over(connection, mine, NOW, LEASE)
        assert outbox.hand_over(connection, theirs, NOW, LEASE)
        assert not outbox.done(connection, mine, NOW)
        assert outbox.done(connection, theirs, NOW)


def test_what_was_answered_is_not_sent(database: Database) -> None:
    """What is dropped is not handed over, also when it was claimed already; other messages stay."""
    put(database, message("c1/ask"), message("c1/remind", MessageKind.CONSENT_REMINDER), message("c2/ask"))
    claimed = claim(database)
    with database.writing() as connection:
        assert outbox.drop(connection, "c1", NOW, [MessageKind.CONSENT_REMINDER]) == 1
        handed = [outbox.hand_over(connection, one, NOW, LEASE) for one in claimed]
    assert sorted(handed) == [False, True, True]


def test_what_is_useless_is_dropped(database: Database) -> None:
    """A question that is closed is not asked any more."""
    (kept,) = put(database, message(useless_from=NOW + SECOND))
    assert claim(database, moment=NOW + SECOND) == []
    with database.writing() as connection:
        assert outbox.drop_useless(connection, NOW) == 0
        assert outbox.drop_useless(connection, NOW + SECOND) == 1
    found = state(database, kept)
    assert (found.state, found.content) == (MessageState.DROPPED, None)


def test_the_link_is_kept_only_until_it_was_sent(database: Database) -> None:
    """What a message tells is wiped when it was sent; the token is nowhere in the row."""
    (kept,) = put(database, message())
    content = state(database, kept).content
    assert isinstance(content, ConsentAsked)
    assert content.token == TOKEN
    (claimed,) = claim(database)
    with database.writing() as connection:
        outbox.hand_over(connection, claimed, NOW, LEASE)
        outbox.done(connection, claimed, NOW)
    found = state(database, kept)
    assert (found.state, found.content, found.ended_at) == (MessageState.SENT, None, NOW)
    assert found.recipient is not None


def test_what_failed_is_tried_again_later(database: Database) -> None:
    """A message that was not taken waits for its next attempt, with the reason."""
    (kept,) = put(database, message())
    (claimed,) = claim(database)
    with database.writing() as connection:
        assert outbox.postpone(connection, claimed, "no route", NOW + LEASE)
    assert claim(database, moment=NOW + LEASE - SECOND) == []
    found = state(database, kept)
    assert (found.state, found.reason, found.attempts) == (MessageState.WAITING, "no route", 1)
    (again,) = claim(database, moment=NOW + LEASE)
    assert again.attempts == 1


def test_what_was_handed_over_and_not_heard_of_is_doubtful(database: Database) -> None:
    """Nobody sends again what may have arrived; after the lease it is told, and the operator decides."""
    (kept,) = put(database, message())
    (claimed,) = claim(database)
    with database.writing() as connection:
        outbox.hand_over(connection, claimed, NOW, LEASE)
    assert claim(database, "b", NOW + 100 * LEASE) == []
    with database.writing() as connection:
        assert outbox.doubt(connection, NOW + LEASE - SECOND) == 0
        assert outbox.doubt(connection, NOW + LEASE) == 1
    assert state(database, kept).state is MessageState.DOUBTFUL
    assert claim(database, "b", NOW + 100 * LEASE) == []


def test_who_was_slow_can_still_tell(database: Database) -> None:
    """A doubt is taken away by him who handed it over, when he lives after all."""
    (kept,) = put(database, message())
    (claimed,) = claim(database)
    with database.writing() as connection:
        outbox.hand_over(connection, claimed, NOW, LEASE)
        outbox.doubt(connection, NOW + LEASE)
        assert outbox.done(connection, claimed, NOW + LEASE)
    assert state(database, kept).state is MessageState.SENT


@pytest.mark.parametrize("stuck", ["failed", "doubtful"])
def test_the_operator_decides_about_what_is_stuck(database: Database, stuck: str) -> None:
    """What failed or is doubtful is sent again, or never, when the operator says so; and not by itself."""
    one, other = put(database, message("one"), message("other"))
    assert one is not None
    assert other is not None
    for claimed in claim(database):
        with database.writing() as connection:
            assert not outbox_desk.retry(connection, claimed.message_id, NOW)
            assert outbox.hand_over(connection, claimed, NOW, LEASE)
            if stuck == "failed":
                assert outbox.fail(connection, claimed, "550 no such user", NOW)
            else:
                assert outbox.doubt(connection, NOW, claimed, "no answer")
    assert claim(database, moment=NOW + 100 * LEASE) == []
    with database.writing() as connection:
        assert outbox_desk.counts(connection)[MessageState(stuck)] == 2
        assert outbox_desk.retry(connection, one, NOW)
        assert outbox_desk.discard(connection, other, NOW)
        assert not outbox_desk.discard(connection, other, NOW)
    assert [again.message_id for again in claim(database)] == [one]
    assert state(database, other).state is MessageState.DROPPED


def test_names_and_addresses_are_forgotten(database: Database) -> None:
    """To whom went what was sent is forgotten after a while; that it was put stays known."""
    (kept, waiting) = put(database, message("a"), message("b", due_at=NOW + LEASE))
    (claimed,) = claim(database)
    with database.writing() as connection:
        outbox.hand_over(connection, claimed, NOW, LEASE)
        outbox.done(connection, claimed, NOW, keep_content=True)
        assert outbox.forget(connection, NOW - SECOND) == 0
        assert outbox.forget(connection, NOW) == 1
        assert outbox.forget(connection, NOW) == 0
    assert (state(database, kept).recipient, state(database, kept).content) == (None, None)
    assert state(database, waiting).recipient is not None
    assert put(database, message("a")) == [None]


def test_waits_grow_and_end() -> None:
    """Attempts come ever later, for about three days, and then no more."""
    waits = [next_attempt_after(attempts) for attempts in range(1, MAX_ATTEMPTS + 1)]
    assert waits[0] == timedelta(minutes=1)
    assert waits[1] == timedelta(minutes=2)
    assert waits[-1] is None
    lasting = [wait for wait in waits if wait is not None]
    assert lasting == sorted(lasting)
    assert timedelta(days=2) < sum(lasting, timedelta()) < timedelta(days=4)
