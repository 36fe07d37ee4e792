"""The address of who asks: the peer's, or the client's as a trusted proxy tells it (C3, C4).

Only one of the two headers is read, the one that the proxy is known to write: the other one passes through it as the
client sent it. Hops are looked at from the right, where the nearest proxy wrote, and the first that is no proxy counts.

References:
    1. RFC 7239, Forwarded HTTP Extension.
    2. RFC 9110 §5.6, tokens and quoted strings.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Self, TypeAlias

from starlette.types import Scope

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.geography import Address

__all__ = ["UNIX", "ForwardedHeader", "Proxies", "read_address"]

Network: TypeAlias = IPv4Network | IPv6Network

UNIX: Final = "unix"
"""Stands among the trusted proxies for whoever comes by a unix socket."""

_LONGEST_ADDRESS: Final = 64  # characters, a zone included: longer texts must not fill the cache
_CACHED: Final = 4096

_NODE: Final = re.compile(r"(?:([0-9.]+)|\[([0-9A-Za-z:.%_-]+)\])(?::(?:[0-9]{1,5}|_[0-9A-Za-z._-]+))?")
_WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
_QUOTED: Final = r'"(?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*+"'
# Possessive, so that what does not fit is given up in one pass.
_PAIR: Final = re.compile(rf"[ \t]*+(?:({_WORD})=({_WORD}|{_QUOTED}))?+[ \t]*+([;,]|\Z)")
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)


class ForwardedHeader(Enum):
    """The header in which proxies tell for whom they ask."""

    X_FORWARDED_FOR = "x-forwarded-for"
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class Proxies:
    """Who is believed about the address of a client, and where he tells it (C3).

    Attributes:
        networks: the addresses of proxies.
        unix: whether who comes by a unix socket is a proxy.
        header: the one header that is read.
    """

    networks: tuple[Network, ...] = ()
    unix: bool = False
    header: ForwardedHeader = ForwardedHeader.X_FORWARDED_FOR

    @classmethod
    def parse(cls, trusted: str, header: str = ForwardedHeader.X_FORWARDED_FOR.value) -> Self:
        """Read the settings.

        Args:
            trusted: addresses, networks in CIDR and `unix`, separated by commas or blanks; empty: nobody.
            header: `x-forwarded-for` or `forwarded`.

        Raises:
            InvalidValueError: another form, or a network of everybody.
        """
        words = trusted.replace(",", " ").split()
        try:
            chosen = ForwardedHeader(header.lower())
        except ValueError:
            allowed = " or ".join(one.value for one in ForwardedHeader)
            raise InvalidValueError(f"setting forwarded_header: {header!r} is not {allowed}") from None
        networks = tuple(_network(word) for word in words if word.lower() != UNIX)
        return cls(networks, len(networks) < len(words), chosen)

    def __bool__(self) -> bool:
        return self.unix or bool(self.networks)

    def client_address(self, scope: Scope) -> Address | None:
        """The address of the client of a request; None if it can't be told, which is a reason to refuse (C3).

        A proxy that does not tell for whom it asks leaves it unknown: its own address says nothing of the client.
        """
        client = scope.get("client")
        peer = None if client is None else read_address(client[0])
        if not self or not self._is_proxy(peer, scope):
            return peer
        address = None
        for address in self._hops(scope["headers"]):
            if address is None or not self._trusts(address):
                break
        return address

    def _is_proxy(self, peer: Address | None, scope: Scope) -> bool:
        if peer is not None:
            return self._trusts(peer)
        return self.unix and _came_by_unix_socket(scope)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self.networks)

    def _hops(self, headers: Iterable[tuple[bytes, bytes]]) -> Iterator[Address | None]:
        """The hops of which the header tells, the nearest first; None for one that is not told by address."""
        name = self.header.value.encode()
        lines = [value.decode("latin-1") for found, value in headers if found == name]
        if not lines:
            return iter(())
        read = _x_forwarded_for if self.header is ForwardedHeader.X_FORWARDED_FOR else _forwarded
        return read(", ".join(lines))


def read_address(text: str) -> Address | None:
    """An address in its usual form, without its zone, and IPv4 as IPv4; None if it is none."""
    return _parsed(text) if len(text) <= _LONGEST_ADDRESS else None


@lru_cache(maxsize=_CACHED)
def _parsed(text: str) -> Address | None:
    host, percent, _ = text.partition("%")
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or address
    return None if percent else address


def _network(word: str) -> Network:
    try:
        network = ip_network(word)
    except ValueError as error:
        raise InvalidValueError(
            f"setting trusted_proxies: {error}; allowed are addresses, networks as 10.0.0.0/8, and {UNIX}"
        ) from None
    if network.prefixlen == 0:
        raise InvalidValueError(f"setting trusted_proxies: {word} is everybody, and a client is no proxy")
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise InvalidValueError(f"setting trusted_proxies: {word} is IPv4, and is to be written so")
    return network


def _came_by_unix_socket(scope: Scope) -> bool:
    """Whether a peer without an address came by a unix socket: one that hung up has lost its address too."""
    server = scope.get("server")
    return scope.get("client") is None and (server is None or server[1] is None)


def _x_forwarded_for(text: str) -> Iterator[Address | None]:
    """The hops of `X-Forwarded-For`, the nearest first. An empty one is one that was not told."""
    for part in reversed(text.split(",")):
        hop = part.strip(" \t")
        yield read_address(hop) or _node(hop)


def _forwarded(text: str) -> Iterator[Address | None]:
    """The hops of `Forwarded`, the nearest first; one unknown hop if it is not as RFC 7239 has it."""
    hops: list[Address | None] = []
    told: list[str] = []
    position, end = 0, ","
    while end:
        match = _PAIR.match(text, position)
        if match is None:
            return iter((None,))
        name, value, end = match.groups()
        if name is not None and name.lower() == "for":
            told.append(_ESCAPED.sub(r"\1", value[1:-1]) if value.startswith('"') else value)
        if end != ";":
            hops.append(_node(told[0]) if len(told) == 1 else None)
            told = []
        position = match.end()
    return reversed(hops)


def _node(text: str) -> Address | None:
    """The address of a node, with or without a port; None for `unknown`, hidden names, and all else."""
    match = _NODE.fullmatch(text)
    if match is None:
        return None
    v4, v6 = match.groups()
    address = read_address(v4 or v6)
    return address if v4 or ":" in v6 else None
