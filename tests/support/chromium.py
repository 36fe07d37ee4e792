"""A page in a real Chromium, led over its DevTools protocol; the WebSocket below it (RFC 6455) is written out here."""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

__all__ = ["QUIET", "Page", "chromium", "page_in_chromium"]

QUIET: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_PATIENCE_SECONDS: Final = 60
_TEXT, _CONTINUATION, _PING, _PONG = 1, 0, 9, 10
_FINAL, _MASKED = 0x80, 0x80
_LEAVING: Final = {
    "Cannot find context with specified id",
    "Cannot find default execution context",
    "Execution context was destroyed.",
    "Inspected target navigated or closed",
}
"""What Chromium says of a page that it is leaving."""


def chromium() -> str:
    """Where Chromium is."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found, "this test needs Chromium: apt-get install chromium"
    return found


class _WebSocket:
    """The client's side of a WebSocket, for text messages."""

    def __init__(self, address: str) -> None:
        where = urlsplit(address)
        assert where.hostname
        self._socket = socket.create_connection((where.hostname, where.port or 80), _PATIENCE_SECONDS)
        self._stream = self._socket.makefile("rb")
        key = base64.b64encode(os.urandom(16)).decode()
        self._socket.sendall(
            f"GET {where.path} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        status = self._stream.readline()
        assert b" 101 " in status, status
        while self._stream.readline().strip():
            pass

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def send(self, text: str) -> None:
        self._send(_TEXT, text.encode())

    def receive(self) -> str:
        """The next message, whose frames it puts together; a ping is answered."""
        message = b""
        while True:
            head, length = self._exactly(2)
            if length == 126:
                (length,) = struct.unpack(">H", self._exactly(2))
            elif length == 127:
                (length,) = struct.unpack(">Q", self._exactly(8))
            content, kind = self._exactly(length), head & 0x0F
            if kind == _PING:
                self._send(_PONG, content)
                continue
            assert kind in {_TEXT, _CONTINUATION}, f"Chromium ended the conversation: {content!r}"
            message += content
            if head & _FINAL:
                return message.decode()

    def _send(self, kind: int, content: bytes) -> None:
        size = len(content)
        length = struct.pack(">B", _MASKED | size) if size < 126 else struct.pack(">BQ", _MASKED | 127, size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(content))
        self._socket.sendall(bytes([_FINAL | kind]) + length + mask + masked)

    def _exactly(self, size: int) -> bytes:
        read = self._stream.read(size)
        assert len(read) == size, "Chromium closed the connection"
        return read


class _LeavingError(Exception):
    """The page that was asked is being left for another."""


class Page:
    """An open page: type into it, click, look at it.

    Attributes:
        errors: what the browser complained of: violations of the content security policy, failed scripts.
        dialogs: the texts of alerts, which a script that slipped in would show.
    """

    def __init__(self, socket: _WebSocket) -> None:
        self._socket = socket
        self._asked = 0
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, address: str) -> None:
        """Go to an address, and wait until it is loaded."""
        self._call("Page.navigate", url=address)
        self.wait_for(f"location.href === {json.dumps(address)} && document.readyState === 'complete'")

    def type(self, selector: str, text: str) -> None:
        """Put the cursor into a field, mark what stands there, and type over it."""
        self.ask(f"document.querySelector({json.dumps(selector)}).select()")
        self._call("Input.insertText", text=text)

    def click(self, selector: str) -> None:
        """Click on the middle of an element with the mouse, once it lies still and nothing lies over it."""
        middle = (
            f"(one => {{ one.scrollIntoView({{ block: 'nearest', behavior: 'instant' }}); const box = one.getBoundingClientRect();"
            f" const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];"
            f" return one.contains(document.elementFromPoint(x, y)) ? [x, y] : null; }})"
            f"(document.querySelector({json.dumps(selector)}))"
        )
        until, before = monotonic() + _PATIENCE_SECONDS, None
        while (place := self.ask(middle)) is None or place != before:
            assert monotonic() < until, f"can't be clicked: {selector}"
            before = place
            sleep(0.05)
        x, y = place
        for kind in ("mousePressed", "mouseReleased"):
            self._call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def resize(self, width: int, height: int) -> None:
        """Give the window another size, in pixels of the page."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def ask(self, expression: str) -> Any:
        """What a JavaScript expression is on the page."""
        told = self._call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    def wait_for(self, expression: str) -> None:
        """Wait until a JavaScript expression is true, on this page or one to which it leads."""
        until = monotonic() + _PATIENCE_SECONDS
        while not self._is_true(expression):
            assert monotonic() < until, f"never true: {expression}"
            sleep(0.05)

    def _is_true(self, expression: str) -> bool:
        try:
            return bool(self.ask(expression))
        except _LeavingError:
            return False

    def _call(self, method: str, **params: Any) -> Any:
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.receive())
            if told.get("id") == self._asked:
                if told.get("error", {}).get("message") in _LEAVING:
                    raise _LeavingError
                assert "error" not in told, told
                return told["result"]
            self._note(told)

    def _note(self, told: Any) -> None:
        """Keep what a test wants to know of what happened meanwhile."""
        happened, what = told.get("method"), told.get("params", {})
        if happened == "Page.javascriptDialogOpening":
            self.dialogs.append(what["message"])
            # Its answer comes in among the events, and is none that anybody waits for.
            self._socket.send(
                json.dumps({"id": 0, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}})
            )
        elif happened == "Log.entryAdded" and what["entry"]["level"] == "error":
            self.errors.append(what["entry"]["text"])
        elif happened == "Runtime.exceptionThrown":
            self.errors.append(str(what["exceptionDetails"]))


@contextmanager
def page_in_chromium(profile: Path) -> Iterator[Page]:
    """An empty page in a Chromium of its own, which ends with it."""
    with subprocess.Popen(
        [chromium(), *QUIET, f"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            socket = _WebSocket(_page_address(profile))
            try:
                yield Page(socket)
            finally:
                socket.close()
        finally:
            process.terminate()


def _page_address(profile: Path) -> str:
    """Where the one page is led from: Chromium writes its port into its profile."""
    told = profile / "DevToolsActivePort"
    until = monotonic() + _PATIENCE_SECONDS
    while not told.exists() or len(told.read_text().split()) < 2:
        assert monotonic() < until, "Chromium did not start"
        sleep(0.05)
    port = int(told.read_text().split()[0])
    while monotonic() < until:
        pages = [one for one in _targets(port) if one["type"] == "page"]
        if pages:
            address: str = pages[0]["webSocketDebuggerUrl"]
            return address
        sleep(0.05)
    raise AssertionError("Chromium opened no page")


def _targets(port: int) -> list[dict[str, str]]:
    found: list[dict[str, str]] = httpx.get(f"http://127.0.0.1:{port}/json/list", timeout=60).json()
    return found
