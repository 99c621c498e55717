"""Where the frozen command line starts."""

from tee_rex.cli.main import main

if __name__ == "__main__":
    main()
