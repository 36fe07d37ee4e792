"""Draws docs/images/demo.svg: what `kwartier demo` prints, for the README. Run by hand; it has today's dates."""

import os
import re
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

_WIDTH = 92
_PICTURE = Path(__file__).parent.parent / "docs" / "images" / "demo.svg"


def main() -> None:
    """Play the demo in colours and draw what it printed."""
    environment = os.environ | {"FORCE_COLOR": "1", "COLUMNS": str(_WIDTH), "TERM": "xterm-256color"}
    printed = subprocess.check_output([sys.executable, "-m", "kwartier", "demo"], env=environment, text=True)
    console = Console(record=True, width=_WIDTH, file=StringIO())
    console.print(Text.from_ansi(printed.rstrip()))
    drawn = console.export_svg(title="make demo")
    # No font from elsewhere: what the reader has will do.
    _PICTURE.write_text(re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL), encoding="utf-8")
    print(_PICTURE.name)


if __name__ == "__main__":
    main()
