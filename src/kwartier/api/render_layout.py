"""Where things stand in the text of a slot: a template and the fields laid over it (E8, E10).

The layout follows from what the registers look like in a chunk of slots, and not from the readings: there are few, and
they are kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kwartier.domain.metering import FACTOR_SHIFT, STATE_BITS, GasFactor, Register, State, state_code
from kwartier.wire.energy import DIRECTION, GAS_FACTOR, REGISTER_KIND, UNIT, VALIDATION_STATE

__all__ = ["STAMP_LENGTH", "STATE_TEXTS", "Blank", "Cell", "Layout", "layout_of"]

STAMP_LENGTH: Final = len("2024-09-18T22:00:00Z")
_DECIMALS: Final = len(".243")


def _state_text(code: int) -> str:
    state, factor = State(code & STATE_BITS), GasFactor(code >> FACTOR_SHIFT)
    if state < State.READ:
        return ""
    text = f'"{VALIDATION_STATE.write(state)}"'
    return text if factor is GasFactor.NONE else f'{text},"gasConversionFactor":"{GAS_FACTOR.write(factor)}"'


STATE_TEXTS: Final = {
    code: _state_text(code)
    for code in sorted(state_code(state, factor) for state in State for factor in GasFactor)
}
"""By code of state and factor: what stands after `"validationState":`, up to the end of the value."""


class Cell(NamedTuple):
    """What the readings of a register look like in a chunk.

    Attributes:
        register: the register.
        whole_digits: the most digits before the decimal point.
        signed: whether one is negative.
        codes: the codes of state and gas factor that occur, in order.
    """

    register: Register
    whole_digits: int
    signed: bool
    codes: tuple[int, ...]

    @property
    def valued(self) -> tuple[int, ...]:
        """The codes that occur and have a value."""
        return tuple(code for code in self.codes if code >= State.READ)

    @property
    def groups(self) -> list[int]:
        """How the digits before the point are cut into threes, the highest first: 5 digits are [2, 3]."""
        highest = (self.whole_digits - 1) % 3 + 1
        return [highest] + [3] * ((self.whole_digits - highest) // 3)


class Blank(NamedTuple):
    """A field that is not there in the slots in which none of some cells has a reading."""

    name: str
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The text of a slot.

    Attributes:
        template: the text, as a void; its fields are filled in for each slot.
        fields: the fields. `start` and `end`; for cell i `sign{i}` if one is negative, `small{i}` if all are below 10,
            otherwise `whole{i}.{group}` and `decimals{i}`, and `state{i}` if it has several states; and the blanks.
        blanks: what is to be blanked where readings are missing.
    """

    template: NDArray[np.void]
    fields: np.dtype[np.void]
    blanks: tuple[Blank, ...]


@lru_cache(maxsize=512)
def layout_of(cells: tuple[Cell, ...]) -> Layout:
    """The layout of slots whose registers look like this."""
    writer = _Writer(cells)
    writer.add(b',{"start":"')
    writer.add_field("start", STAMP_LENGTH)
    writer.add(b'","end":"')
    writer.add_field("end", STAMP_LENGTH)
    writer.add(b'","measurements":[')
    writer.add_siblings(_tree(cells))
    writer.add(b"]}")
    return writer.layout()


class _Node(NamedTuple):
    """A JSON object: an item of `measurements`, a direction, or (without children) a cell.

    `cells` are those with readings inside it.
    """

    opening: bytes
    cells: tuple[int, ...]
    children: tuple["_Node", ...] = ()


def _parent(opening: str, children: Sequence[_Node]) -> _Node:
    return _Node(opening.encode(), tuple(cell for child in children for cell in child.cells), tuple(children))


def _tree(cells: Sequence[Cell]) -> list[_Node]:
    """The items of `measurements`: a register goes into the first without one of its direction and kind."""
    items: list[dict[str, dict[str, _Node]]] = []
    for place, cell in enumerate(cells):
        direction = DIRECTION.write(cell.register.direction)
        kind = REGISTER_KIND.write(cell.register.kind)
        item = next((item for item in items if kind not in item.get(direction, {})), None)
        if item is None:
            item = {}
            items.append(item)
        opening = f'"{kind}":{{"value":'.encode()
        item.setdefault(direction, {})[kind] = _Node(opening, (place,) if cell.valued else ())
    return [
        _parent("{", [_parent(f'"{name}":{{', list(kinds.values())) for name, kinds in item.items()])
        for item in items
    ]


class _Writer:
    """The template in the making, with its fields and blanks."""

    def __init__(self, cells: Sequence[Cell]) -> None:
        self._cells = cells
        self._text = bytearray()
        self._names: list[str] = []
        self._offsets: list[int] = []
        self._lengths: list[int] = []
        self._blanks: list[Blank] = []

    def add(self, text: bytes) -> None:
        self._text += text

    def add_field(self, name: str, length: int) -> None:
        self._lay(name, len(self._text), length)
        self._text += bytes(length)

    def add_siblings(self, nodes: Sequence[_Node], around: tuple[int, ...] = ()) -> None:
        """Add the nodes in which there are readings, with commas between; `around` are the cells of their parent."""
        earlier: tuple[int, ...] = ()
        for node in nodes:
            if not node.cells:
                continue
            start = len(self._text)
            if earlier:
                self._text += b","
                self._blank(earlier, start)
            self._text += node.opening
            if node.children:
                self.add_siblings(node.children, node.cells)
            else:
                self._add_value(*node.cells)
            self._text += b"}"
            if node.cells != around:  # otherwise it goes with its parent
                self._blank(node.cells, start)
            earlier += node.cells

    def _add_value(self, place: int) -> None:
        cell = self._cells[place]
        if cell.signed:
            self.add_field(f"sign{place}", 1)
        if cell.whole_digits == 1:
            self.add_field(f"small{place}", 1 + _DECIMALS)
        else:
            for group, digits in enumerate(cell.groups):
                self.add_field(f"whole{place}.{group}", digits)
            self.add_field(f"decimals{place}", _DECIMALS)
        self._text += f',"unit":"{UNIT.write(cell.register.unit)}","validationState":'.encode()
        if len(cell.valued) == 1:
            self._text += STATE_TEXTS[cell.valued[0]].encode()
        else:
            self.add_field(f"state{place}", max(len(STATE_TEXTS[code]) for code in cell.valued))

    def _blank(self, cells: tuple[int, ...], start: int) -> None:
        """What was added since `start` is not there where none of the cells has a reading."""
        if any(self._cells[cell].codes[0] >= State.READ for cell in cells):
            return  # one of them has always
        name = f"blank{len(self._blanks)}"
        self._lay(name, start, len(self._text) - start)
        self._blanks.append(Blank(name, cells))

    def _lay(self, name: str, offset: int, length: int) -> None:
        self._names.append(name)
        self._offsets.append(offset)
        self._lengths.append(length)

    def layout(self) -> Layout:
        """What was written."""
        fields = np.dtype(
            {
                "names": self._names,
                "formats": [f"V{length}" for length in self._lengths],
                "offsets": self._offsets,
                "itemsize": len(self._text),
            }
        )
        template = np.frombuffer(bytes(self._text), f"V{len(self._text)}")
        return Layout(template, fields, tuple(self._blanks))
