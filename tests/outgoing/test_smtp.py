"""Mail to a real server: what is handed over, and what is known when that fails."""

import socket
from collections.abc import Iterator
from contextlib import closing
from threading import Thread

import pytest

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.messages import Language, MessageKind, Recipient
from kwartier.services.outgoing.channel import Parcel
from kwartier.services.outgoing.errors import (
    DoubtError,
    LaterError,
    NeverError,
    SendingError,
    WithdrawnError,
)
from kwartier.services.outgoing.smtp import SmtpChannel, SmtpServer
from kwartier.services.outgoing.wording import Wording
from support.mail import PASSWORD, USER, MailServer, encryption, mail_server
from support.messages import CONTENTS, EMAIL, NOW, TOKEN

WORDING = Wording("https://meters.example", "Net & Beheer")
SENDER = "Net & Beheer <no-reply@meters.example>"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A server that takes everything, in the clear."""
    with mail_server() as server:
        yield server


def channel(url: str) -> SmtpChannel:
    """What hands mail to a server."""
    return SmtpChannel(SmtpServer.parse(url), SENDER, WORDING, encryption()[1])


def parcel(recipient: Recipient = EMAIL, message_id: str = "0" * 32) -> Parcel:
    """A question."""
    kind = MessageKind.CONSENT_ASKED
    return Parcel(message_id, recipient, WORDING.worded(kind, CONTENTS[kind], recipient.language), NOW)


class _Before:
    """Counts how often a message was about to be handed over."""

    def __init__(self, *, withdrawn: bool = False) -> None:
        self.calls = 0
        self._withdrawn = withdrawn

    def __call__(self) -> None:
        self.calls += 1
        if self._withdrawn:
            raise WithdrawnError("dropped")


def test_mail_arrives_whole(server: MailServer) -> None:
    """A message arrives with its headers, in plain text and as a page, accents and all."""
    before = _Before()
    channel(server.url).deliver(parcel(), before)
    assert before.calls == 1
    (mail,) = server.taken
    assert mail["From"] == SENDER
    assert mail["To"] == "Zoë Peeters <zoe@example.org>"
    assert mail["Subject"] == "Bakkerij Zoet & Zout vraagt toegang tot uw meetgegevens"
    assert mail["Message-ID"] == f"<{'0' * 32}@meters.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "nl"
    text = mail.get_body(("plain",))
    page = mail.get_body(("html",))
    assert text is not None
    assert page is not None
    for part in (text, page):
        assert f"https://meters.example/consent/{TOKEN}" in part.get_content()
    assert "geïnjecteerd" in text.get_content()
    (envelope,) = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@meters.example", ["zoe@example.org"])


def test_every_attempt_is_the_same_message(server: MailServer) -> None:
    """The id of a message stays the same, so that whoever gets it twice can know it."""
    for _ in range(2):
        channel(server.url).deliver(parcel(), _Before())
    assert len(server.ids) == 2
    assert len(set(server.ids)) == 1


def test_lines_that_begin_with_a_dot_arrive(server: MailServer) -> None:
    """A dot at the start of a line does not end the message."""
    wording = Wording("https://meters.example", ".\n.\nNet")
    kind = MessageKind.CONTRACT_APPROVED
    worded = wording.worded(kind, CONTENTS[kind], Language.DUTCH)
    sent = SmtpChannel(SmtpServer.parse(server.url), SENDER, wording)
    sent.deliver(Parcel("1" * 32, EMAIL, worded, NOW), _Before())
    (mail,) = server.taken
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").endswith("\n.\n.\nNet\n")


def test_an_address_with_letters_outside_ascii(server: MailServer) -> None:
    """An address that is not ASCII is written to over a server that takes it."""
    channel(server.url).deliver(parcel(Recipient("Zoë", Language.DUTCH, "zoë@example.org")), _Before())
    assert server.envelopes[0].rcpt_tos == ["zoë@example.org"]


def test_encrypted_with_a_login() -> None:
    """Over TLS after STARTTLS, with a password that has any character."""
    with mail_server(tls=encryption()[0], login=True) as server:
        channel(f"smtp://{USER}:hush%20hush%2F%40%3A@localhost:{server.port}").deliver(parcel(), _Before())
        assert len(server.taken) == 1


def test_encrypted_from_the_first_byte() -> None:
    """Over TLS that comes before anything else."""
    with mail_server(tls=encryption()[0], encrypted_first=True) as server:
        channel(f"smtps://localhost:{server.port}").deliver(parcel(), _Before())
        assert len(server.taken) == 1


def test_a_wrong_password_is_for_the_operator(caplog: pytest.LogCaptureFixture) -> None:
    """Who is not let in tries again later; neither error nor log says the password."""
    with mail_server(tls=encryption()[0], login=True) as server, caplog.at_level("DEBUG"):
        before = _Before()
        with pytest.raises(LaterError) as told:
            channel(f"smtp://{USER}:{PASSWORD[:4]}@localhost:{server.port}").deliver(parcel(), before)
    assert before.calls == 0
    assert PASSWORD[:4] not in str(told.value)
    assert PASSWORD[:4] not in caplog.text
    assert "zoe@" not in caplog.text


def test_what_is_no_address_is_given_up(server: MailServer) -> None:
    """An address that can't be one is not tried again and again."""
    before = _Before()
    for address in ("nobody", "a b@example.org", "a@b, c@example.org", "@"):
        with pytest.raises(NeverError, match="e-mail address"):
            channel(server.url).deliver(parcel(Recipient("An", Language.DUTCH, address)), before)
    assert before.calls == 0


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_server_that_is_not_trusted_gets_nothing(scheme: str) -> None:
    """A certificate that nobody vouches for ends the connection before the login."""
    with mail_server(tls=encryption()[0], encrypted_first=scheme == "smtps") as server:
        unknowing = SmtpChannel(
            SmtpServer.parse(f"{scheme}://{USER}:x@localhost:{server.port}"), SENDER, WORDING
        )
        with pytest.raises(LaterError):
            unknowing.deliver(parcel(), _Before())
        assert server.taken == []


def test_no_mail_in_the_clear_to_another_machine(monkeypatch: pytest.MonkeyPatch, server: MailServer) -> None:
    """A server elsewhere that offers no encryption gets nothing."""
    monkeypatch.setattr(SmtpServer, "is_here", property(lambda _: False))
    with pytest.raises(LaterError, match="STARTTLS"):
        channel(server.url).deliver(parcel(), _Before())
    assert server.taken == []


@pytest.mark.parametrize(
    ("fault", "said", "expected", "handed"),
    [
        ("says_to_recipient", "550 no such user", NeverError, 0),
        ("says_to_recipient", "451 later", LaterError, 0),
        ("says_to_message", "554 we do not want it", NeverError, 1),
        ("says_to_message", "452 full", LaterError, 1),
    ],
)
def test_what_a_server_refuses(
    server: MailServer, fault: str, said: str, expected: type[SendingError], handed: int
) -> None:
    """A refusal for good is told from one for now, before and after the message."""
    setattr(server, fault, said)
    before = _Before()
    with pytest.raises(expected, match=said):
        channel(server.url).deliver(parcel(), before)
    assert before.calls == handed
    assert server.taken == []


def test_a_server_that_is_not_there() -> None:
    """Where nobody listens, it is tried again later."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        before = _Before()
        with pytest.raises(LaterError):
            channel(f"smtp://127.0.0.1:{taken.getsockname()[1]}").deliver(parcel(), before)
    assert before.calls == 0


def test_a_server_that_goes_away_with_the_message_leaves_a_doubt() -> None:
    """A server that has the message and does not say that it took it: nobody knows, and that is said."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = Thread(target=_swallow, args=(listening,))
        thread.start()
        before = _Before()
        with pytest.raises(DoubtError):
            channel(f"smtp://127.0.0.1:{listening.getsockname()[1]}").deliver(parcel(), before)
        thread.join()
    assert before.calls == 1


def _swallow(listening: socket.socket) -> None:
    """Take one message, and hang up without a word."""
    connection, _ = listening.accept()
    with connection, connection.makefile("rwb") as lines:
        lines.write(b"220 hello\r\n")
        lines.flush()
        for answer in (b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n", b"354 go on\r\n"):
            lines.readline()
            lines.write(answer)
            lines.flush()
        while lines.readline() != b".\r\n":
            pass


def test_what_was_withdrawn_does_not_arrive(server: MailServer) -> None:
    """What is dropped at the last moment is not taken by the server either."""
    with pytest.raises(WithdrawnError):
        channel(server.url).deliver(parcel(), _Before(withdrawn=True))
    assert server.taken == []


@pytest.mark.parametrize(
    "url",
    ["http://host", "smtp://", "smtp://user:hush@host:x", "smtp://host/path", "smtp://host?a=b", "host:25"],
)
def test_an_address_of_another_form_is_refused(url: str) -> None:
    """The form of the setting is told, and what was given is not: it may hold a password."""
    with pytest.raises(InvalidValueError, match="the forms are") as told:
        SmtpServer.parse(url)
    assert "hush" not in str(told.value)


def test_the_parts_of_an_address() -> None:
    """Ports are those of the scheme unless they are named, and the password is never shown."""
    server = SmtpServer.parse("smtps://a%40b:hush@mail.example")
    assert (server.host, server.port, server.encrypted_first) == ("mail.example", 465, True)
    assert (server.user, server.password) == ("a@b", "hush")
    assert "hush" not in repr(server)
    assert SmtpServer.parse("smtp://mail.example").port == 587
    assert not SmtpServer.parse("smtp://mail.example").is_here
