"""Where a new database may be made: in a folder that is there, or the user's own data folder."""

from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from kwartier.cli.errors import MistakeError
from kwartier.settings import Settings

__all__ = ["check_folder"]

_FILE: Final = "sqlite:///"


def check_folder(settings: Settings) -> None:
    """See whether a database of a file that was chosen has a folder: a mistyped path is not to make an empty platform.

    Raises:
        MistakeError: the folder is missing.
    """
    url = settings.database
    if "database" not in settings.model_fields_set or not url.startswith(_FILE):
        return
    folder = Path(url.removeprefix(_FILE).partition("?")[0]).parent
    if not folder.is_dir() and folder != user_data_path("kwartier"):
        raise MistakeError(f"database {url}: there is no folder {folder}; make it, or mend the path")
