"""A letter as a PDF: A4, the address where the window of an envelope is, the link also as a QR code."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import WrapMode

from kwartier.domain.messages import Language
from kwartier.services.outgoing.channel import Parcel
from kwartier.services.outgoing.phrases import PHRASES
from kwartier.services.outgoing.wording import Block, Items, Link, Paragraph, Worded

__all__ = ["LetterPdf", "letter_pdf"]

# Millimetres.
_LEFT: Final = 25.0
_TOP: Final = 20.0
_WIDTH: Final = 160.0
_WINDOW_LEFT: Final = 112.0
_WINDOW_TOP: Final = 50.0
_BODY_TOP: Final = 98.0
_BOTTOM: Final = 24.0
_LINE: Final = 5.4
_BETWEEN: Final = 2.8
_QR: Final = 30.0

_GREEN: Final = (11, 107, 75)
_INK: Final = (27, 38, 32)
_GREY: Final = (84, 96, 90)
_FONT: Final = "Letter"

_OR_TYPE: Final[Mapping[Language, str]] = {
    Language.DUTCH: "Scan de code met uw telefoon, of tik dit adres over:",
    Language.ENGLISH: "Scan the code with your telephone, or type this address:",
}
_PAGE_OF: Final[Mapping[Language, str]] = {
    Language.DUTCH: "Bladzijde {} van {{nb}}",
    Language.ENGLISH: "Page {} of {{nb}}",
}


@dataclass(frozen=True, slots=True)
class LetterPdf:
    """A letter, written."""

    content: bytes
    pages: int


class _Page(FPDF):
    """A4 with our fonts, and a foot on every page."""

    def __init__(self, worded: Worded) -> None:
        super().__init__(format="A4")
        self._worded = worded
        fonts = files("font_source_sans_pro") / "files"
        for style, name in (("", "SourceSansPro-Regular.ttf"), ("B", "SourceSansPro-Semibold.ttf")):
            with as_file(fonts / name) as file:
                self.add_font(_FONT, style, file)
        self.set_margins(_LEFT, _TOP, 210 - _LEFT - _WIDTH)
        self.set_auto_page_break(auto=True, margin=_BOTTOM)
        self.c_margin = 0
        self.set_lang(worded.language.value)
        self.set_title(worded.subject)
        self.set_author(worded.sender)

    def footer(self) -> None:
        """The number of the page, and whose letter it is."""
        self.set_y(-_BOTTOM + 8)
        self.write_in(8.5, _GREY)
        self.cell(_WIDTH / 2, 5, self._worded.sender)
        self.cell(_WIDTH / 2, 5, _PAGE_OF[self._worded.language].format(self.page_no()), align="R")

    def write_in(self, size: float, colour: tuple[int, int, int] = _INK, style: str = "") -> None:
        """Write on in a size, colour and style."""
        self.set_font(_FONT, style, size)
        self.set_text_color(*colour)


def letter_pdf(parcel: Parcel, sender: tuple[str, ...]) -> LetterPdf:
    """A message as a letter.

    Args:
        parcel: the message.
        sender: the operator's address, line by line.
    """
    page = _Page(parcel.worded)
    page.add_page()
    _head(page, parcel, sender)
    page.set_y(_BODY_TOP)
    page.write_in(14, _GREEN, "B")
    page.multi_cell(_WIDTH, 6.6, parcel.worded.subject, align="L", new_x="LMARGIN", new_y="NEXT")
    page.ln(_BETWEEN + 1)
    for block in parcel.worded.blocks:
        _block(page, block, parcel.worded.language)
    page.ln(_BETWEEN)
    page.write_in(11, style="B")
    page.cell(_WIDTH, _LINE, parcel.worded.sender, new_x="LMARGIN", new_y="NEXT")
    pages = page.pages_count
    page.set_creation_date(parcel.moment)
    return LetterPdf(bytes(page.output()), pages)


def _head(page: _Page, parcel: Parcel, sender: tuple[str, ...]) -> None:
    page.set_fill_color(*_GREEN)
    page.rect(_LEFT, _TOP, 12, 2.2, style="F")
    page.set_xy(_LEFT, _TOP + 4)
    page.write_in(15, _INK, "B")
    page.cell(80, 7, parcel.worded.sender, new_x="LEFT", new_y="NEXT")
    page.write_in(9.5, _GREY)
    for line in sender:
        page.cell(80, 4.4, line, new_x="LEFT", new_y="NEXT")
    page.set_xy(_WINDOW_LEFT, _WINDOW_TOP)
    page.write_in(11)
    for line in (parcel.recipient.name, *parcel.recipient.address):
        page.multi_cell(_LEFT + _WIDTH - _WINDOW_LEFT, 5, line, align="L", new_x="LEFT", new_y="NEXT")
    page.set_xy(_LEFT, _WINDOW_TOP + 32)
    page.write_in(10, _GREY)
    page.cell(_WIDTH, 5, PHRASES[parcel.worded.language].day(parcel.moment))


def _block(page: _Page, block: Block, language: Language) -> None:
    page.write_in(11)
    match block:
        case Paragraph(text):
            page.multi_cell(_WIDTH, _LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
        case Items(texts):
            for text in texts:
                page.cell(5, _LINE, "•")
                page.multi_cell(_WIDTH - 5, _LINE, text, align="L", new_x="LMARGIN", new_y="NEXT")
                page.ln(0.8)
        case Link():
            _link(page, block, language)
    page.ln(_BETWEEN)


def _link(page: _Page, link: Link, language: Language) -> None:
    """A box with the code at the left and the address at the right, on one page."""
    height = _QR + 8
    if page.will_page_break(height):
        page.add_page()
    top = page.get_y() + 1
    page.set_draw_color(*_GREEN)
    page.set_line_width(0.4)
    page.rect(_LEFT, top, _WIDTH, height)
    _code(page, link.address, _LEFT + 4, top + 4)
    at = _LEFT + _QR + 10
    page.set_xy(at, top + 5)
    page.write_in(12, _GREEN, "B")
    page.multi_cell(_WIDTH - _QR - 14, 6, link.label, align="L", new_x="LEFT", new_y="NEXT")
    page.write_in(10, _GREY)
    page.multi_cell(_WIDTH - _QR - 14, 5, _OR_TYPE[language], align="L", new_x="LEFT", new_y="NEXT")
    page.write_in(10.5)
    page.multi_cell(
        _WIDTH - _QR - 14, 5, link.address, align="L", wrapmode=WrapMode.CHAR, new_x="LEFT", new_y="NEXT"
    )
    page.set_xy(_LEFT, top + height)


def _code(page: _Page, address: str, left: float, top: float) -> None:
    """The QR code of an address, as squares."""
    rows = [list(row) for row in segno.make_qr(address, error="m").matrix]
    side = _QR / len(rows)
    page.set_fill_color(*_INK)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                # A little larger than its place, so that no printer shows lines between them.
                page.rect(left + x * side, top + y * side, side + 0.02, side + 0.02, style="F")
