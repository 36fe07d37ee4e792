import pytest

from kwartier.domain.errors import InvalidValueError
from kwartier.domain.operators import ABOUT, OperatorScope, read_scopes, write_scopes


def test_every_scope_is_explained() -> None:
    """C1: the table of scopes has a sentence for each, all different, and every name begins alike."""
    assert set(ABOUT) == set(OperatorScope)
    assert len(set(ABOUT.values())) == len(OperatorScope) > 1
    assert all(about.endswith(".") for about in ABOUT.values())
    assert all(scope.value.startswith("backoffice.") for scope in OperatorScope)


def test_scopes_are_read_and_written_as_oauth_does() -> None:
    """C1: scopes stand with spaces between them, in any order, doubles once; they are written in one order."""
    read = read_scopes("backoffice.write  backoffice.read backoffice.write")
    assert read == {OperatorScope.READ, OperatorScope.WRITE}
    assert write_scopes(read) == "backoffice.read backoffice.write"
    assert read_scopes(write_scopes(OperatorScope)) == set(OperatorScope)


@pytest.mark.parametrize("text", ["", " ", "backoffice", "backoffice.read openid", "BACKOFFICE.READ"])
def test_other_scopes_are_refused(text: str) -> None:
    """C1: what is no scope of operators is refused, with those that there are."""
    with pytest.raises(InvalidValueError, match=r"backoffice\.audit"):
        read_scopes(text)
