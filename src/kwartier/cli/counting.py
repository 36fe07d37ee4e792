"""`kwartier serve`: where its workers count requests together (C4)."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Final

from kwartier.cli.errors import FailureError
from kwartier.services.limit_store import FOLDER_VARIABLE, LimitStore, counting_folder
from kwartier.settings import Settings
from kwartier.telemetry.events import Log

__all__ = ["counting"]

_LOG: Final = Log("kwartier.limits")


@contextmanager
def counting(settings: Settings) -> Iterator[None]:
    """Let workers that are started in the context count together, where the settings say so.

    Raises:
        FailureError: they can't, and the settings say that they must.
    """
    chosen = LimitStore(settings.rate_limit_store)
    with ExitStack() as stack:
        if chosen.on(settings.workers) is LimitStore.SHARED:
            try:
                _share(stack)
            except (ImportError, OSError) as error:
                if chosen is not LimitStore.AUTO:
                    raise FailureError(
                        f"setting rate_limit_store: processes can't share memory here: {error}"
                    ) from None
                _LOG.warning("limit_per_worker", why=str(error))
        yield


def _share(stack: ExitStack) -> None:
    """Make the folder, and tell workers of it, until the stack ends."""
    # By default a signal that comes while nobody listens to it, before serving or after, would leave the folder behind.
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    stack.callback(signal.signal, signal.SIGTERM, before)
    os.environ[FOLDER_VARIABLE] = str(stack.enter_context(counting_folder()))
    stack.callback(os.environ.pop, FOLDER_VARIABLE)
