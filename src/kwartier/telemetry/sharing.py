"""Where processes that serve put their figures, so that another can add them up.

This module does without the library of the metrics: that one looks for the folder when it is first imported.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from kwartier.folders import own_folder

__all__ = ["shared_folder"]

_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder in which this process and those that it starts put their figures; it goes at the end.

    To be entered before any of them imports the library of the metrics.
    """
    before = os.environ.get(_VARIABLE)
    with own_folder(Path(gettempdir()), "kwartier-metrics-") as folder:
        os.environ[_VARIABLE] = str(folder)
        try:
            yield folder
        finally:
            if before is None:
                del os.environ[_VARIABLE]
            else:
                os.environ[_VARIABLE] = before
