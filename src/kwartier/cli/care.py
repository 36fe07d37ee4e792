"""`kwartier backup` and `kwartier restore`."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from kwartier.cli.bar import bar_shown
from kwartier.cli.console import Console, warn
from kwartier.cli.errors import MistakeError
from kwartier.cli.opening import print_fields, print_json
from kwartier.cli.options import DatabaseOption, JsonOption
from kwartier.clock import system_clock
from kwartier.services.backup import Manifest, backup_file, make_backup, restore_backup
from kwartier.settings import load_settings
from kwartier.wire.timestamps import write_timestamp

__all__ = ["backup", "restore"]


def backup(
    target: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|FILE.zip",
            help="A folder in which a file is made, named by now; or the file, whose name ends in .zip.",
        ),
    ],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Back a platform up while it serves: registry, audit, signing keys and readings. The pepper is not in it."""
    settings, moment = load_settings({"database": database}), system_clock()
    pepper, file = settings.pepper.get_secret_value(), backup_file(target, moment)
    with bar_shown() as tell:
        made = make_backup(settings.database, pepper, file, moment, tell)
    size = file.stat().st_size
    if as_json:
        print_json(_described(made, file) | {"size_bytes": size})
    else:
        print_fields(_shown(made, file) | {"size": f"{size:,} bytes".replace(",", " ")})
        Console(soft_wrap=True).print("It holds the keys that sign tokens: keep it as safe as the database.")
    if pepper:
        warn(
            "warning: the pepper is not in the backup: keep the setting `pepper` elsewhere, or no credentials work"
        )


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new database from a backup, on either engine. Nothing is kept of it if anything goes wrong."""
    settings = load_settings({"database": database})
    if not file.is_file():
        raise MistakeError(f"there is no file {file}")
    with bar_shown() as tell:
        made = restore_backup(file, settings.database, system_clock(), tell)
    if as_json:
        print_json(_described(made, file))
    else:
        print_fields(_shown(made, file))
    _warn_of_the_pepper(made, settings.pepper.get_secret_value())
    warn(
        f"warning: what was erased after {write_timestamp(made.moment)} is back: repeat the erasures made since "
        f"(`kwartier readings erasures` of the platform that was)"
    )


def _warn_of_the_pepper(made: Manifest, pepper: str) -> None:
    if made.pepper is not None and not pepper:
        warn(
            "warning: the setting `pepper` is empty, and the platform had one: without it no credentials work"
        )
    elif made.pepper is None and pepper:
        warn(
            "warning: the setting `pepper` is not empty, and the platform had none: with it no credentials work"
        )
    elif made.pepper is not None and not made.pepper.fits(pepper):
        warn("warning: the setting `pepper` is not that of the platform: with it no credentials work")


def _described(made: Manifest, file: Path) -> dict[str, Any]:
    return {
        "file": str(file),
        "version": made.version,
        "moment": write_timestamp(made.moment),
        "revisions": dict(made.revisions),
        "rows": made.rows,
        "members": [asdict(member) for member in made.members],
    }


def _shown(made: Manifest, file: Path) -> dict[str, str]:
    rows = {f"{one.schema}/{one.table}": one.rows for one in made.members if one.rows}
    counts = {name: f"{count:,} rows".replace(",", " ") for name, count in rows.items()}
    return {"file": str(file), "moment": write_timestamp(made.moment)} | counts
