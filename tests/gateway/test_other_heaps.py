"""The heap of a serving process, where the C library knows nothing of it; that it works is seen in processes."""

import pytest

from kwartier.serving.heap import share_heap


@pytest.mark.parametrize("library", [object(), None])
def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch, library: object) -> None:
    """DESIGN 11: a platform serves all the same where there is nothing to ask for, or no library to ask."""

    def loaded(_name: str | None) -> object:
        if library is None:
            raise OSError
        return library

    monkeypatch.setattr("ctypes.CDLL", loaded)
    share_heap()
