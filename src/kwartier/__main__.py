"""`python -m kwartier`: the command."""

from kwartier.cli.main import main

if __name__ == "__main__":
    main()
