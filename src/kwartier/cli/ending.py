"""Those who serve, and say at the first signal that they end: who pressed Ctrl+C is to see that it was heard."""

import os
from contextlib import suppress
from types import FrameType
from typing import Final

from kwartier.serving import Server, Supervisor

__all__ = ["TellingServer", "TellingSupervisor"]

_SAID: Final = b"\nStopping, when what is under way has ended; Ctrl+C once more ends it at once.\n"
_OUTPUT: Final = 1


class TellingServer(Server):
    """A process that serves by itself."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say it, and begin to end."""
        if not self.is_ending:
            _say()
        super().handle_exit(sig, frame)


class TellingSupervisor(Supervisor):
    """One that has workers serve."""

    def _note_end(self, sig: int, frame: FrameType | None) -> None:
        if not self.is_ending:
            _say()
        super()._note_end(sig, frame)


def _say() -> None:
    """Write past all buffers: a handler of signals runs in the middle of anything."""
    with suppress(OSError):  # nobody reads it any more
        os.write(_OUTPUT, _SAID)
