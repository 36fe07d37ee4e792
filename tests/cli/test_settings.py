"""Where settings come from, and which of them wins."""

from pathlib import Path

import pytest

from kwartier.settings import Settings, SettingsError, load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder without settings of the developer's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_an_option_beats_a_variable_beats_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options come first, then variables, then the file, then the default."""
    (tmp_path / "kwartier.toml").write_text("port = 1\nworkers = 2\nrate_limit = 3\n", encoding="utf-8")
    monkeypatch.setenv("KWARTIER_PORT", "11")
    monkeypatch.setenv("KWARTIER_WORKERS", "12")
    settings = load_settings({"port": 21, "workers": None})
    assert (settings.port, settings.workers, settings.rate_limit) == (21, 12, 3)
    assert settings.token_lifetime == 3600


def test_the_file_may_be_named_or_lie_in_the_users_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a file in the current folder the user's is read; a named file comes before both."""
    folder = tmp_path / "config" / "kwartier"
    folder.mkdir(parents=True)
    (folder / "kwartier.toml").write_text("port = 5\n", encoding="utf-8")
    assert load_settings().port == 5
    (tmp_path / "other.toml").write_text("port = 6\n", encoding="utf-8")
    monkeypatch.setenv("KWARTIER_CONFIG", str(tmp_path / "other.toml"))
    assert load_settings().port == 6


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """What stands there and can't be read is not passed over: it may have the pepper."""
    folder = tmp_path / "config" / "kwartier"
    folder.mkdir(parents=True)
    (folder / "kwartier.toml").symlink_to("kwartier.toml")
    with pytest.raises(SettingsError, match=r"^settings file .*/kwartier/kwartier\.toml: Too many levels"):
        load_settings()
    (tmp_path / "kwartier.toml").mkdir()
    with pytest.raises(SettingsError, match=r"^settings file kwartier\.toml: Is a directory$"):
        load_settings()


@pytest.mark.parametrize(
    ("options", "address"),
    [
        ({}, "http://127.0.0.1:8484"),
        ({"host": "::1", "port": 9}, "http://[::1]:9"),
        ({"public_url": "https://metering.example/"}, "https://metering.example"),
    ],
)
def test_the_public_address(options: dict[str, object], address: str) -> None:
    """Addresses that are printed and signed begin with the public one, by default that of listening."""
    assert load_settings(options).public_address == address


def test_a_pepper_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A2: a secret setting does not appear when settings are printed."""
    monkeypatch.setenv("KWARTIER_PEPPER", "black-pepper")
    assert "black-pepper" not in repr(load_settings())


def test_a_wrong_value_is_told_by_its_name() -> None:
    """The error names the setting and what is wrong with it."""
    with pytest.raises(SettingsError, match="setting port"):
        load_settings({"port": -1})


def test_every_setting_has_a_meaning() -> None:
    """Every setting is described, for the table in the docs."""
    assert all(field.description for field in Settings.model_fields.values())
