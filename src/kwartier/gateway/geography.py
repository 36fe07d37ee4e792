"""Whether a request may come from where it comes (C3): by a database of countries, by being local, or in any case."""

from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from threading import Lock
from typing import Final, Protocol
from urllib.parse import urlsplit

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.geography import Address, is_loopback, reason_to_refuse
from kwartier.gateway.countries import Signature, UnfitFileError, read_countries, signature_of
from kwartier.gateway.refusal import RefusalError
from kwartier.telemetry.events import Log

__all__ = [
    "OFF",
    "DatabaseGeography",
    "Geography",
    "LocalGeography",
    "OpenGeography",
    "check_geography",
    "check_proxies",
    "choose_geography",
    "outside",
]

OFF: Final = "off"
"""The setting that lets in from everywhere."""

_LOG: Final = Log("kwartier.geography")
_CHECK_SECONDS: Final = 60.0


class Geography(Protocol):
    """Lets in, or not, by the address of the client."""

    def admits(self, address: Address | None) -> bool:
        """Whether a request from an address may go on; None is an address that is not known."""


class OpenGeography:
    """Lets in from everywhere, because the operator said so."""

    def admits(self, address: Address | None) -> bool:
        """Let in."""
        del address
        return True


class LocalGeography:
    """Lets in from this machine and private networks alone: for development, without a database."""

    def admits(self, address: Address | None) -> bool:
        """Whether it is a local address."""
        return _admitted(address, _no_country, local_admitted=True)


class DatabaseGeography:
    """Lets in by a database of countries, and takes a new one over while requests come by.

    Args:
        file: the database.
        monotonic: tells seconds that never go back.
        local_admitted: whether loopback, private and link-local addresses count as inside.
        check_seconds: for how long the file is not looked at again.

    Raises:
        InvalidValueError: the file is not there, or no database of countries.
    """

    def __init__(
        self,
        file: Path,
        monotonic: Callable[[], float],
        *,
        local_admitted: bool = False,
        check_seconds: float = _CHECK_SECONDS,
    ) -> None:
        self._file = file
        self._monotonic = monotonic
        self._local_admitted = local_admitted
        self._check_seconds = check_seconds
        self._checking = Lock()
        self._next_check = monotonic() + check_seconds
        try:
            self._database, signature = read_countries(file)
        except UnfitFileError as error:
            raise InvalidValueError(
                f"setting geography: no database of countries at {file}: {error}"
            ) from error
        self._seen: Signature | None = signature
        self._tell_taken()

    def admits(self, address: Address | None) -> bool:
        """Whether the address is in the area, by the database in force."""
        if self._monotonic() >= self._next_check:
            self._check()
        return _admitted(address, self._database.country_of, local_admitted=self._local_admitted)

    def _check(self) -> None:
        """Have one thread look at the file; the others go on with the database that they have."""
        if not self._checking.acquire(blocking=False):
            return
        try:
            self._next_check = self._monotonic() + self._check_seconds
            self._take_over()
        finally:
            self._checking.release()

    def _take_over(self) -> None:
        """Read the file if it is another than was seen last. One that is unfit is told once, and changes nothing."""
        try:
            found = signature_of(self._file.stat())
        except OSError as error:
            if self._seen is not None:
                self._tell_unfit(error.strerror or str(error))
            self._seen = None
            return
        if found == self._seen:
            return
        self._seen = found
        try:
            self._database, self._seen = read_countries(self._file)
        except UnfitFileError as error:
            self._tell_unfit(str(error))
            return
        self._tell_taken()

    def _tell_taken(self) -> None:
        _LOG.info(
            "geography_read", file=str(self._file), kind=self._database.kind, built=self._database.built
        )

    def _tell_unfit(self, why: str) -> None:
        _LOG.error("geography_unfit", file=str(self._file), why=why, kept=self._database.built)


def outside(address: Address | None) -> RefusalError:
    """The refusal of a request for where it comes from: 403, before any credentials are looked at (C3, C5)."""
    seen = "the address of yours could not be told" if address is None else f"yours came from {address}"
    return RefusalError(
        HTTPStatus.FORBIDDEN,
        f"Requests are let in only from the European Economic Area and the United Kingdom; {seen}.",
        reason="geography",
    )


def check_geography(setting: str | None, host: str, public_address: str, *, behind_proxies: bool) -> None:
    """Refuse to serve others without a word about where they may come from (C3).

    Args:
        setting: a file, `off`, or None.
        host: the address on which the platform listens.
        public_address: under which users reach it: if that is not this machine, somebody passes their requests on.
        behind_proxies: whether trusted proxies are named: then it serves others even on loopback.

    Raises:
        InvalidValueError: it serves others, and there is no setting.
    """
    reaches = {
        "trusted_proxies are named": behind_proxies,
        f"it listens on {host}": not is_loopback(host),
        f"its address is {public_address}": not _is_here(public_address),
    }
    reach = next((how for how, is_so in reaches.items() if is_so), None)
    if setting is None and reach is not None:
        raise InvalidValueError(
            f"setting geography: others can reach the platform ({reach}), so name the file of a database of "
            f"countries, or say {OFF!r} to let in from everywhere"
        )


def check_proxies(host: str | None, public_address: str, *, are_named: bool) -> None:
    """Refuse to take all who come by a proxy for the proxy itself (C3, C4).

    Args:
        host: the address on which the platform listens; None: a unix socket.
        public_address: under which users reach it.
        are_named: whether trusted proxies are named.

    Raises:
        InvalidValueError: users reach it under an address on which it does not listen, and no proxy is named.
    """
    is_near = host is None or is_loopback(host)
    if is_near and not are_named and not _is_here(public_address):
        place = "a unix socket" if host is None else host
        raise InvalidValueError(
            f"setting trusted_proxies: users reach the platform at {public_address}, and it listens on {place}, so a proxy "
            "stands between: name it, or every client counts as the proxy"
        )


def _is_here(public_address: str) -> bool:
    """Whether an address leads to the machine of whoever uses it."""
    return is_loopback(urlsplit(public_address).hostname or "")


def choose_geography(
    setting: str | None, monotonic: Callable[[], float], *, local_admitted: bool = False
) -> Geography:
    """The geography of the settings.

    Args:
        setting: a file, `off`, or None: then none but local addresses are let in.
        monotonic: tells seconds that never go back.
        local_admitted: whether local addresses are inside beside those of a database.

    Raises:
        InvalidValueError: the file is not there, or no database of countries.
    """
    if setting is None:
        return LocalGeography()
    if setting.lower() == OFF:
        _LOG.warning("geography_off")
        return OpenGeography()
    return DatabaseGeography(Path(setting), monotonic, local_admitted=local_admitted)


def _no_country(_address: Address) -> str | None:
    return None


def _admitted(
    address: Address | None, country_of: Callable[[Address], str | None], *, local_admitted: bool
) -> bool:
    reason = reason_to_refuse(address, country_of, local_admitted=local_admitted)
    if reason is not None:
        _LOG.debug("geography_refused", reason=reason.value)  # never the address (A2)
    return reason is None
