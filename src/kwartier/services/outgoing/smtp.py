"""Mail by SMTP, always over TLS but to this machine itself."""

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Final, Self
from urllib.parse import unquote, urlsplit

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.geography import is_loopback
from kwartier.domain.people import email_address
from kwartier.services.outgoing.channel import BeforeHandingOver, Parcel
from kwartier.services.outgoing.errors import DoubtError, LaterError, NeverError
from kwartier.services.outgoing.wording import Wording, plain

__all__ = ["SmtpChannel", "SmtpServer", "mail_of"]

_SECONDS: Final = 20.0
"""How long a server may take for any one answer."""

_GO_ON: Final = 354
_TAKEN: Final = 250
_PERMANENT: Final = 500
_PORTS: Final = {"smtp": 587, "smtps": 465}
_DOT_AT_START: Final = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mail is handed over.

    Attributes:
        encrypted_first: whether TLS comes before anything else; without it, it is asked for with STARTTLS.
    """

    host: str
    port: int
    encrypted_first: bool
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtps://USER:PASSWORD@HOST:PORT` or `smtp://…`, of which the latter begins in the clear.

        Raises:
            InvalidValueError: another form; the text does not repeat it, for it may hold a password.
        """
        fault = "the forms are smtps://USER:PASSWORD@HOST:PORT and smtp://USER:PASSWORD@HOST:PORT"
        try:
            parsed = urlsplit(url)
            port = parsed.port
        except ValueError:
            raise InvalidValueError(fault) from None
        if parsed.scheme not in _PORTS or not parsed.hostname or parsed.path.strip("/") or parsed.query:
            raise InvalidValueError(fault)
        return cls(
            parsed.hostname,
            port or _PORTS[parsed.scheme],
            parsed.scheme == "smtps",
            None if parsed.username is None else unquote(parsed.username),
            None if parsed.password is None else unquote(parsed.password),
        )

    @property
    def is_here(self) -> bool:
        """Whether the server is this machine, to which nobody listens on the way."""
        return is_loopback(self.host)


class SmtpChannel:
    """Hands mail to a server.

    Args:
        server: which.
        sender: from whom mail comes, as `Name <address>`.
        wording: makes a page of a message.
        context: what certificates are trusted; by default those of the system.
    """

    keeps_content: bool = False

    def __init__(
        self, server: SmtpServer, sender: str, wording: Wording, context: ssl.SSLContext | None = None
    ) -> None:
        self._server = server
        self._sender = sender
        self._wording = wording
        self._context = context or ssl.create_default_context()

    def deliver(self, parcel: Parcel, before: BeforeHandingOver) -> None:
        """Hand a message over.

        Raises:
            LaterError: the server can't be reached, does not let us in, or has no time now.
            NeverError: it knows no such address, or does not want the message.
            DoubtError: it has the message, and did not say that it took it.
        """
        message = mail_of(parcel, self._sender, self._wording.html(parcel.worded))
        policy = SMTP if (parcel.recipient.email or "").isascii() else SMTPUTF8
        with self._connected() as smtp:
            _address_it(smtp, parseaddr(self._sender)[1], parcel.recipient.email or "")
            code, text = smtp.docmd("DATA")
            _expect(_GO_ON, code, text)
            before()
            try:
                smtp.send(_DOT_AT_START.sub(b"..", message.as_bytes(policy=policy)) + b".\r\n")
                code, text = smtp.getreply()
            except (OSError, smtplib.SMTPException) as error:
                raise DoubtError(f"the server did not say whether it took the message: {error}") from error
            _expect(_TAKEN, code, text)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection over which a message can be handed, closed afterwards.

        Raises:
            LaterError: there is none.
        """
        smtp = None
        try:
            smtp = self._connect()
            yield smtp
        except (OSError, smtplib.SMTPException) as error:
            raise LaterError(f"mail server {self._server.host}: {error}") from error
        finally:
            if smtp is not None:
                smtp.close()

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        if server.encrypted_first:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=_SECONDS, context=self._context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=_SECONDS)
        try:
            smtp.ehlo_or_helo_if_needed()
            if not server.encrypted_first and (smtp.has_extn("starttls") or not server.is_here):
                smtp.starttls(context=self._context)
                smtp.ehlo()
            if server.user is not None:
                smtp.login(server.user, server.password or "")
        except BaseException:
            smtp.close()
            raise
        return smtp


def mail_of(parcel: Parcel, sender: str, html: str) -> EmailMessage:
    """A message as mail, in plain text and as a page; the same at every attempt."""
    name, address = parseaddr(sender)
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(name or parcel.worded.sender, addr_spec=address)
    message["To"] = _addressee(parcel)
    message["Subject"] = parcel.worded.subject
    message["Date"] = format_datetime(_whole_seconds(parcel.moment))
    message["Message-ID"] = f"<{parcel.message_id}@{address.rpartition('@')[2]}>"
    # Machines that answer for somebody who is away leave it alone (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(plain(parcel.worded), cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    # At last, for making parts of a message moves what it says of its content.
    message["Content-Language"] = parcel.worded.language.value
    return message


def _addressee(parcel: Parcel) -> Address:
    """To whom mail goes.

    Raises:
        NeverError: that is no address.
    """
    try:
        name, _, domain = email_address(parcel.recipient.email or "").rpartition("@")
        return Address(parcel.recipient.name, name, domain)
    except InvalidValueError as error:
        raise NeverError(str(error)) from error


def _whole_seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def _address_it(smtp: smtplib.SMTP, sender: str, address: str) -> None:
    """Say from whom and to whom.

    Raises:
        LaterError: not now.
        NeverError: there is no such address, or it can't be written to over this server.
    """
    options = []
    if not address.isascii():
        if not smtp.has_extn("smtputf8"):
            raise NeverError("the mail server takes no address with letters outside ASCII")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    code, text = smtp.mail(sender, options)
    if code != _TAKEN:  # it is our own address that it does not want: for the operator to put right
        raise LaterError(_said(code, text))
    code, text = smtp.rcpt(address)
    if code != _TAKEN + 1:  # 251: it will forward
        _expect(_TAKEN, code, text)


def _expect(expected: int, code: int, text: bytes) -> None:
    if code == expected:
        return
    raise (NeverError if code >= _PERMANENT else LaterError)(_said(code, text))


def _said(code: int, text: bytes) -> str:
    return f"the mail server said {code} {text.decode(errors='replace')}"
