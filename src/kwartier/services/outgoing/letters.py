"""Letters: a PDF for each, and what a printer must know of it, in a folder that whoever prints empties."""

import json
import os
from hashlib import sha256
from pathlib import Path
from typing import Final

from kwartier.services.outgoing.channel import BeforeHandingOver, Parcel
from kwartier.services.outgoing.errors import DoubtError, LaterError
from kwartier.wire.timestamps import write_timestamp

__all__ = ["LetterChannel"]

_MODE: Final = 0o600


class LetterChannel:
    """Puts letters into a folder: first `ID.pdf`, then `ID.json`, which says that the letter is whole.

    Args:
        folder: is made if it is not there, for its owner alone.
        sender: the operator's address, line by line, for the envelope that comes back.
    """

    keeps_content: bool = False

    def __init__(self, folder: Path, sender: tuple[str, ...] = ()) -> None:
        self._folder = folder
        self._sender = sender

    def deliver(self, parcel: Parcel, before: BeforeHandingOver) -> None:
        """Put a letter into the folder.

        Raises:
            LaterError: it can't be written there.
            DoubtError: it was written, and perhaps not to its end.
        """
        # Who has no letter to write does without what makes them.
        from kwartier.services.outgoing.letter_page import letter_pdf  # noqa: PLC0415

        page = letter_pdf(parcel, self._sender)
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            files = [
                (self._written(f"{parcel.message_id}.pdf", page.content), f"{parcel.message_id}.pdf"),
                (
                    self._written(f"{parcel.message_id}.json", _manifest(parcel, page.content, page.pages)),
                    f"{parcel.message_id}.json",
                ),
            ]
        except OSError as error:
            raise LaterError(f"letters folder {self._folder}: {error.strerror}") from error
        before()
        try:
            for written, name in files:
                written.replace(self._folder / name)
            _sync_folder(self._folder)
        except OSError as error:
            raise DoubtError(f"letters folder {self._folder}: {error.strerror}") from error

    def _written(self, name: str, content: bytes) -> Path:
        """A file under a name that nobody prints, on the disk."""
        hidden = self._folder / f".{name}.partial"
        descriptor = os.open(hidden, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, _MODE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        return hidden


def _manifest(parcel: Parcel, content: bytes, pages: int) -> bytes:
    told = {
        "id": parcel.message_id,
        "file": f"{parcel.message_id}.pdf",
        "sha256": sha256(content).hexdigest(),
        "pages": pages,
        "made_at": write_timestamp(parcel.moment),
        "language": parcel.worded.language.value,
        "to": [parcel.recipient.name, *parcel.recipient.address],
    }
    return json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n"


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # there a folder can't be opened
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
