"""The journal's ear: what was asked and answered, without secrets and with bodies cut (sandbox alone)."""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from time import perf_counter
from typing import Any, Final
from urllib.parse import parse_qsl

from isal import isal_zlib
from starlette.types import Message, Scope, Send

from kwartier.gateway.journaling import Journaling
from kwartier.services.control import Control, JournalNote, Situation
from kwartier.wire.timestamps import write_timestamp

__all__ = ["Recorder"]

_KEPT: Final = 4096  # bytes of a body
_MASK: Final = "***"
_SECRET_NAME: Final = re.compile(r"secret|token|key|assertion|authorization|cookie|password", re.IGNORECASE)
_SECRETS_IN_JSON: Final = "secret", "access_token", "assertion", "password"
_SECRET_IN_JSON: Final = re.compile(
    rf"""("[^"]*(?:{"|".join(_SECRETS_IN_JSON)})[^"]*"\s*:\s*")[^"]+""", re.IGNORECASE
)
_BINARY: Final = "application/vnd."  # of what we give, those alone are no text
_FORM: Final = "application/x-www-form-urlencoded"


@lru_cache(maxsize=128)
def _is_secret(name: str) -> bool:
    """Whether what goes by a name is secret."""
    return _SECRET_NAME.search(name) is not None


def _fields(text: str) -> str:
    """Names and values of a query or form, as they are read, without what is secret."""
    pairs = parse_qsl(text, keep_blank_values=True, errors="replace")
    return "&".join(f"{name}={_MASK if _is_secret(name) else value}" for name, value in pairs)


def _query(raw: bytes) -> str:
    """A query as it was asked, unless it holds what is secret."""
    text = raw.decode("latin-1")
    # Read as it stands it is found out too, unless a letter of it is escaped.
    if "%" not in text and _SECRET_NAME.search(text) is None:
        return text
    secret = any(_is_secret(name) for name, _ in parse_qsl(text, keep_blank_values=True))
    return _fields(text) if secret else text


def _json(text: str) -> str:
    """A text, perhaps of JSON, without what is secret."""
    # To look for the words first takes a tenth of the time.
    folded = text.casefold()
    if not any(word in folded for word in _SECRETS_IN_JSON):
        return text
    return _SECRET_IN_JSON.sub(rf"\1{_MASK}", text)


class _Body:
    """A body as the journal keeps it: its beginning, its size, its checksum."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._size = 0
        self._crc = 0

    def add(self, part: bytes) -> None:
        self._kept += part[: max(0, _KEPT - len(self._kept))]
        self._size += len(part)
        self._crc = isal_zlib.crc32(part, self._crc)

    def told(self, media_type: str) -> dict[str, Any]:
        if media_type.startswith(_BINARY):
            return {"size": self._size, "crc32": f"{self._crc:08x}", "text": "", "binary": True}
        text = bytes(self._kept).decode(errors="replace")
        text = _fields(text) if media_type.startswith(_FORM) else _json(text)
        told = {"size": self._size, "crc32": f"{self._crc:08x}", "text": text}
        return told | ({"cut": True} if self._size > len(self._kept) else {})


class Recorder:
    """Listens to one request and its answer, once it is told whose it is; writes them down before the answer ends.

    So whoever has read an answer whole finds it in the journal.
    """

    def __init__(self, scope: Scope, correlation_id: str, journaling: Journaling) -> None:
        self._control: Control | None = None
        self._client_id = ""
        self._journaling = journaling
        self._scope = scope
        self._path: str = scope["path"]
        self.correlation_id = correlation_id
        self._started = perf_counter()
        self._told: dict[str, Any] = {}
        self._at: datetime | None = None
        self._request, self._response = _Body(), _Body()
        self._head: Message = {}
        self._is_noted = False

    def begin(
        self, control: Control, client_id: str, situation: Situation, body: bytes, now: datetime
    ) -> None:
        """From here on it is known whose request it is, and in whose journal it is written."""
        self._control, self._client_id, self._at = control, client_id, now
        self._told = {"at": now.isoformat(), "clock": write_timestamp(situation.moment)}
        if situation.fault is not None:
            self._told["fault"] = situation.fault.seq
        self._request.add(body)

    def listening(self, send: Send) -> Send:
        """A `send` to which it listens."""

        async def heard(message: Message) -> None:
            if self._control is not None and not self._is_noted:
                if message["type"] == "http.response.start":
                    self._head = message
                else:
                    self._response.add(b"" if self._scope["method"] == "HEAD" else message.get("body", b""))
                    if not message.get("more_body", False):
                        await self.note()
            await send(message)

        return heard

    async def note(self) -> None:
        """Write the entry, if it is known whose request it was, and it was not written yet."""
        if self._control is not None and self._at is not None and not self._is_noted:
            self._is_noted = True
            note = JournalNote(self._client_id, self._at, self._entry())
            await self._journaling.write(self._control, note)

    async def note_whole(self, status: int, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> None:
        """Write the entry of an answer that is whole already: where it can't be written, another can still be given."""
        if self._control is None:
            return
        self._head = {"status": status, "headers": headers}
        if self._scope["method"] != "HEAD":
            self._response.add(body)
        await self.note()

    def _entry(self) -> dict[str, Any]:
        asked, answered = _headers(self._scope["headers"]), _headers(self._head.get("headers", ()))
        return self._told | {
            "correlationId": self.correlation_id,
            "request": {
                "method": self._scope["method"],
                "path": self._path,
                "query": _query(self._scope["query_string"]),
                "headers": asked,
                "body": self._request.told(asked.get("content-type", "")),
            },
            "response": {
                "status": self._head.get("status"),
                "headers": answered,
                "body": self._response.told(answered.get("content-type", "")),
            },
            "durationMs": round((perf_counter() - self._started) * 1e3, 1),
        }


def _headers(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in raw}
    return {name: _MASK if _is_secret(name) else value for name, value in headers.items()}
