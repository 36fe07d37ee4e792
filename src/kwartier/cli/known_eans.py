"""The EANs of mandates that commands have seen: for completion in the shell."""

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from platformdirs import user_cache_path

from kwartier.client.profiles import write_private
from kwartier.wire.json_text import read_json

if TYPE_CHECKING:
    from kwartier import Mandate

__all__ = ["forget_eans", "known_eans", "note_eans"]

_MOST: Final = 1000


def known_eans() -> dict[str, str]:
    """The EANs, each with what is known of it."""
    with suppress(OSError, ValueError):
        read = read_json(_path().read_text(encoding="utf-8"))
        return {str(ean): str(told) for ean, told in read.items()}
    return {}


def note_eans(mandates: Iterable["Mandate"]) -> None:
    """Note the EANs of mandates, beside those that were noted; that fails in silence."""
    noted = {
        one.ean: f"{one.energy_type or ''} {one.status or ''}".strip()
        for one in mandates
        if one.ean is not None
    }
    together = noted | {ean: told for ean, told in known_eans().items() if ean not in noted}
    if together:
        with suppress(OSError):
            write_private(_path(), json.dumps(dict(list(together.items())[:_MOST])))


def forget_eans() -> None:
    """Forget all."""
    with suppress(OSError):
        _path().unlink(missing_ok=True)


def _path() -> Path:
    return user_cache_path("kwartier") / "eans.json"
