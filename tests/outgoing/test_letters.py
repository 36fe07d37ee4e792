"""Letters in a folder, for whoever prints them."""

import json
import os
import stat
import zlib
from hashlib import sha256
from pathlib import Path

import pytest

from kwartier.domain.messages import Language, MessageKind, Recipient
from kwartier.services.outgoing.channel import Parcel
from kwartier.services.outgoing.errors import DoubtError, LaterError, WithdrawnError
from kwartier.services.outgoing.letter_page import letter_pdf
from kwartier.services.outgoing.letters import LetterChannel
from kwartier.services.outgoing.wording import Wording
from support.messages import CONTENTS, NOW

WORDING = Wording("https://meters.example", "Net & Beheer")
RECIPIENT = Recipient("Zoë Żeromska", Language.DUTCH, None, ("Kaai 1 bus €", "9000 Gent"))


def parcel(kind: MessageKind = MessageKind.CONSENT_ASKED, recipient: Recipient = RECIPIENT) -> Parcel:
    """A letter to be."""
    return Parcel("a" * 32, recipient, WORDING.worded(kind, CONTENTS[kind], recipient.language), NOW)


def go_on() -> None:
    """Hand it over."""


def test_a_letter_and_what_a_printer_must_know(tmp_path: Path) -> None:
    """M2: who has no e-mail address gets a letter: a PDF, and beside it to whom it goes and that it is whole."""
    folder = tmp_path / "letters"
    LetterChannel(folder, ("Street 1", "1000 Brussels")).deliver(parcel(), go_on)
    assert sorted(file.name for file in folder.iterdir()) == [f"{'a' * 32}.json", f"{'a' * 32}.pdf"]
    manifest = json.loads((folder / f"{'a' * 32}.json").read_text(encoding="utf-8"))
    content = (folder / manifest["file"]).read_bytes()
    assert content.startswith(b"%PDF-")
    assert manifest["sha256"] == sha256(content).hexdigest()
    assert manifest["to"] == ["Zoë Żeromska", "Kaai 1 bus €", "9000 Gent"]
    assert (manifest["pages"], manifest["language"]) == (1, "nl")


def test_letters_are_for_their_owner_alone(tmp_path: Path) -> None:
    """A2: a letter holds a name, an address and a link: nobody else on the machine reads it."""
    folder = tmp_path / "letters"
    before = os.umask(0)
    try:
        LetterChannel(folder).deliver(parcel(), go_on)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_letter_that_was_withdrawn_is_not_there(tmp_path: Path) -> None:
    """What is dropped at the last moment has no name that anybody prints."""

    def withdraw() -> None:
        raise WithdrawnError("dropped")

    with pytest.raises(WithdrawnError):
        LetterChannel(tmp_path).deliver(parcel(), withdraw)
    assert [file.name for file in tmp_path.iterdir() if not file.name.startswith(".")] == []


def test_the_same_letter_takes_its_own_place(tmp_path: Path) -> None:
    """A letter that an operator has made again is one letter."""
    for _ in range(2):
        LetterChannel(tmp_path).deliver(parcel(), go_on)
    assert len([file for file in tmp_path.iterdir() if file.suffix == ".pdf"]) == 1


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """Where there is no folder, it is tried again later."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    with pytest.raises(LaterError, match="letters folder"):
        LetterChannel(tmp_path / "taken").deliver(parcel(), go_on)


def test_a_folder_that_goes_away_leaves_a_doubt(tmp_path: Path) -> None:
    """When it is not known whether somebody has the letter, that is said."""

    def take_away() -> None:
        for file in tmp_path.iterdir():
            file.unlink()

    with pytest.raises(DoubtError):
        LetterChannel(tmp_path).deliver(parcel(), take_away)


@pytest.mark.parametrize("kind", MessageKind)
@pytest.mark.parametrize("language", Language)
def test_every_message_can_be_a_letter(kind: MessageKind, language: Language) -> None:
    """Each kind fits on a page, in each language, with the letters of any European name."""
    name = "Ağaoğlu-Čapek Łukasz-Ørjan Ștefănescu Ζωή Żółć"
    recipient = Recipient(name, language, None, ("Straat 1",))
    made = letter_pdf(parcel(kind, recipient), ())
    assert made.pages == 1
    assert made.content.count(b"/FontFile2") == 2


def test_a_link_is_also_a_code(tmp_path: Path) -> None:
    """A letter with a link has a QR code of it: many small squares."""
    with_code = letter_pdf(parcel(MessageKind.CONSENT_ASKED), ()).content
    without = letter_pdf(parcel(MessageKind.CONTRACT_APPROVED), ()).content
    del tmp_path
    assert _rectangles(with_code) > 200 > _rectangles(without)


def _rectangles(pdf: bytes) -> int:
    """How many filled rectangles the pages of a PDF have."""
    count = 0
    for part in pdf.split(b"stream\n")[1:]:
        try:
            count += zlib.decompress(part.partition(b"\nendstream")[0]).count(b" re f")
        except zlib.error:
            continue
    return count
