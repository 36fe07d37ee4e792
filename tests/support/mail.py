"""A real mail server for tests: aiosmtpd on loopback, with faults on demand."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from tempfile import NamedTemporaryFile
from threading import Condition
from typing import Any, Final, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

__all__ = ["PASSWORD", "USER", "MailServer", "encryption", "mail_server", "no_mail_server"]

USER: Final = "kwartier"
PASSWORD: Final = "hush hush/@:"

_OK: Final = "250 OK"
_PATIENCE_SECONDS: Final = 60


class _Controller(Controller):
    """Knows its port once it is taken, and knocks there; or listens on a port that somebody took for it.

    Attributes:
        taken: the socket with that port.
    """

    taken: socket.socket | None = None

    def _create_server(self) -> Any:
        if self.taken is None:
            return super()._create_server()
        return self.loop.create_server(self._factory_invoker, sock=self.taken, ssl=self.ssl_context)

    def _trigger_server(self) -> None:
        self.port = cast("Any", self.server).sockets[0].getsockname()[1]
        cast("Any", super())._trigger_server()


@dataclass
class MailServer:
    """What a server was given, and how it answers.

    Attributes:
        says_to_recipient: its answer to an address.
        says_to_message: its answer to a message, which it keeps if that is 250; or what it does instead.
    """

    host: str = ""
    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    envelopes: list[Envelope] = field(default_factory=list)
    says_to_recipient: str = _OK
    says_to_message: str | Callable[[], str] = _OK
    _came: Condition = field(default_factory=Condition)

    @property
    def url(self) -> str:
        """Where it listens, in the clear."""
        return f"smtp://{self.host}:{self.port}"

    @property
    def ids(self) -> list[str]:
        """The ids of what was taken."""
        return [one["Message-ID"] for one in self.taken]

    def wait_for(self, number: int) -> None:
        """Wait until so many messages were taken."""
        with self._came:
            assert self._came.wait_for(lambda: len(self.taken) >= number, _PATIENCE_SECONDS)

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take an address, or not."""
        if self.says_to_recipient == _OK:
            envelope.rcpt_tos.append(address)
        return self.says_to_recipient

    async def handle_DATA(self, _server: Any, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a message, or not."""
        said = self.says_to_message if isinstance(self.says_to_message, str) else self.says_to_message()
        if said.startswith("250"):
            self.envelopes.append(envelope)
            read = message_from_bytes(cast("bytes", envelope.original_content), policy=default)
            self.taken.append(read)
            with self._came:
                self._came.notify_all()
        return said


@cache
def encryption() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """What a server on `localhost` encrypts with, and what a client needs to trust it."""
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(Encoding.PEM)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with NamedTemporaryFile() as file:
        file.write(pem + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        file.flush()
        server.load_cert_chain(file.name)
    return server, ssl.create_default_context(cadata=pem.decode())


@contextmanager
def no_mail_server() -> Iterator[socket.socket]:
    """A port on which a mail server may come up, and until then nobody answers: nobody else can take it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken


@contextmanager
def mail_server(
    *,
    tls: ssl.SSLContext | None = None,
    encrypted_first: bool = False,
    login: bool = False,
    on: socket.socket | None = None,
) -> Iterator[MailServer]:
    """A server on a port of loopback.

    Args:
        tls: with which it encrypts, if it does.
        encrypted_first: before anything else; otherwise when asked.
        login: whether it lets in `USER` alone, after STARTTLS.
        on: where, of `no_mail_server`; else it takes a free port.
    """
    server = MailServer()
    options: dict[str, Any] = {}
    if login:
        options |= {
            "authenticator": _authenticate,
            "auth_required": True,
            "auth_require_tls": True,
            "auth_exclude_mechanism": ["LOGIN"],
        }
    if tls is not None and not encrypted_first:
        options |= {"tls_context": tls, "require_starttls": True}
    controller = _Controller(
        server,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls if encrypted_first else None,
        server_hostname="localhost",
        ready_timeout=_PATIENCE_SECONDS,
        enable_SMTPUTF8=True,
        **options,
    )
    controller.taken = on
    controller.start()
    server.host, server.port = controller.hostname, controller.port
    try:
        yield server
    finally:
        controller.stop()


def _authenticate(
    _server: Any, _session: Session, _envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    good = (
        mechanism in {"LOGIN", "PLAIN"}
        and isinstance(data, LoginPassword)
        and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    )
    return AuthResult(success=good, handled=False)
