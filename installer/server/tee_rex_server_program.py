"""Where the frozen server starts."""

from tee_rex_server.cli import main

if __name__ == "__main__":
    main()
