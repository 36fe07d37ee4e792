"""What settings say of themselves."""

from kwartier.settings import Settings


def test_the_password_of_a_database_is_not_shown() -> None:
    """A2: an address of a database, which may hold a password, does not appear when settings are printed."""
    settings = Settings(database="postgresql://eva:black-pepper@db.test/kwartier")
    assert "black-pepper" in settings.database
    for shown in (repr(settings), str(settings)):
        assert "black-pepper" not in shown
        assert "port=8484" in shown
