"""The command `kwartier`, also as `python -m kwartier`."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command, or say what is missing where only the base was installed."""
    try:
        from kwartier.cli.main import main as run  # noqa: PLC0415 - the base installation has no server packages
    except ModuleNotFoundError as error:
        sys.stderr.write(f"kwartier: {error.name} is missing: pip install 'kwartier[server]'\n")
        sys.exit(1)
    run()


if __name__ == "__main__":
    main()
